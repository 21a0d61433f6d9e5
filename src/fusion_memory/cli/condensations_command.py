"""``condensations``: what sessions came to, as memory cards, with their history."""

from __future__ import annotations

from collections.abc import Sequence

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.fact_rows import days
from fusion_memory.cli.failure import PROGRAM, Refusal
from fusion_memory.cli.listing import MOST_LISTED
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Output
from fusion_memory.core.cards import Condensation

DEFAULT_LIMIT = 100


@command("condensations")
@click.option("--refresh", is_flag=True)
@click.option("--history", is_flag=True)
@click.option("--as-of", metavar="TIME")
@click.option("--limit", "-k", type=int, metavar="N")
@with_call
def condensations(call: Call, refresh: bool, history: bool, as_of: str | None, limit: int | None) -> None:
    """Show or make the memory cards of sessions."""
    if refresh and (history or as_of is not None or limit is not None):
        raise Refusal("condensations.refresh_alone", f"{PROGRAM} condensations --refresh")
    scope = call.reach()
    most = DEFAULT_LIMIT if limit is None else limit
    with call.memory() as memory:
        if refresh:
            found = memory.condense(scope)
        else:
            found = memory.condensations(scope, limit=most, history=history, as_of=as_of)
    call.out.show(found, lambda: _show(call.out, found))
    if not refresh and len(found) == most < MOST_LISTED:
        call.out.note("summaries.more", count=most)


def _show(out: Output, found: Sequence[Condensation]) -> None:
    if not found:
        out.note("condensations.nothing")
    for number, one in enumerate(found):
        if number:
            out.line()
        out.table(Table([_title(out, one)]))
        out.verbatim(one.text)


def _title(out: Output, one: Condensation) -> list[Cell]:
    made = out.words("summaries.made", version=one.version, cause=named(out.lang, "cause", one.cause.value))
    saved = out.words(
        "condensations.saved", tokens=one.tokens, source_tokens=one.source_tokens, share=f"{one.saved:.0%}"
    )
    return [
        Cell(one.session_id, "strong"),
        Cell(days(one.first_said_at, one.last_said_at)),
        Cell(out.words("condensations.sources", count=len(one.sources), messages=one.messages), "dim"),
        Cell(saved, "dim"),
        Cell(made, "dim"),
    ]
