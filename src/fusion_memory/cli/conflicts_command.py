"""``conflicts``: claims that cannot both be true at one time, both sides with their evidence."""

from __future__ import annotations

from collections.abc import Sequence

import click

from fusion_memory.cli.cells import Cell
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.fact_rows import fact_line, valid
from fusion_memory.cli.listing import MOST_LISTED, Line, listing
from fusion_memory.cli.options import command
from fusion_memory.core.knowledge import Conflict

DEFAULT_LIMIT = 100


@command("conflicts")
@click.option("--as-of", metavar="TIME")
@click.option("--limit", "-k", type=int, default=DEFAULT_LIMIT, metavar="N")
@with_call
def conflicts(call: Call, as_of: str | None, limit: int) -> None:
    """Show what contradicts what."""
    scope = call.scope()
    with call.memory() as memory:
        found = memory.conflicts(scope, as_of=as_of, limit=limit, allow_cross_session=call.across_sessions)
    call.out.show(found, lambda: _show(call, found))
    if len(found) == limit < MOST_LISTED:
        call.out.note("conflicts.more", count=limit)


def _show(call: Call, found: Sequence[Conflict]) -> None:
    out = call.out
    if not found:
        out.note("conflicts.nothing")
    for place, conflict in enumerate(found):
        if place:
            out.line()
        matter = conflict.newer.slot or conflict.newer.predicate.replace("_", " ")
        clash = named(out.lang, "clash", conflict.kind)
        out.line(out.words("conflicts.title", subject=conflict.newer.subject, matter=matter, clash=clash), "strong")
        listing(out, _sides(call, conflict))


def _sides(call: Call, conflict: Conflict) -> list[Line]:
    words = call.out.words
    return [
        fact_line(conflict.newer, [valid(conflict.newer), Cell(words("conflicts.counts"), "good")], evidence=True),
        fact_line(conflict.older, [valid(conflict.older), Cell(words("conflicts.before"), "dim")], evidence=True),
    ]
