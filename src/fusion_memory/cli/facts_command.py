"""``facts``: what is held to be true, or was, each with where it was said."""

from __future__ import annotations

from typing import Any

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.choices import known_states, known_types
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.fact_rows import SHOWN_CHARS, fact_table, standing
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.options import command
from fusion_memory.core.digests import CompactFacts
from fusion_memory.core.knowledge import Fact, FactState
from fusion_memory.core.records import brief

DEFAULT_LIMIT = 100


@command("facts")
@click.argument("words", nargs=-1, metavar="[QUERY]...")
@click.option("--subject", metavar="NAME")
@click.option("--entity", metavar="NAME")
@click.option("--type", "types", metavar="TYPE", multiple=True)
@click.option("--slot", metavar="NAME")
@click.option("--state", "states", metavar="STATE", multiple=True)
@click.option("--limit", "-k", type=int, default=DEFAULT_LIMIT, metavar="N")
@click.option("--after", metavar="ID")
@click.option("--as-of", metavar="TIME")
@click.option("--evidence", is_flag=True)
@click.option("--max-facts", type=int, metavar="N")
@with_call
def facts(
    call: Call,
    words: tuple[str, ...],
    evidence: bool,
    max_facts: int | None,
    **given: Any,  # noqa: ANN401 (option values)
) -> None:
    """Show facts."""
    if max_facts is not None:
        _compact(call, max_facts, evidence, narrowed=bool(words) or _narrowed(given))
        return
    if words and given["after"] is not None:
        raise Refusal("facts.no_pages", "fusion-memory facts --limit 1000 QUERY")
    wanted: dict[str, Any] = {
        "type": known_types("facts", given.pop("types")),
        "state": known_states("facts", given.pop("states")) or (FactState.CURRENT.value,),
    }
    scope = call.scope()
    with call.memory() as memory:
        question = " ".join(words) if words else None
        found = memory.facts(scope, question, allow_cross_session=call.across_sessions, **wanted, **given)
    call.out.show(found, lambda: _show(call, found, evidence=evidence))
    if len(found) == given["limit"] and not words:
        call.out.note("facts.more", after=found[-1].id)


def _narrowed(given: dict[str, Any]) -> bool:
    """Whether a filter was given that goes not with digests."""
    return given["limit"] != DEFAULT_LIMIT or any(value for name, value in given.items() if name != "limit")


def _compact(call: Call, max_facts: int, evidence: bool, *, narrowed: bool) -> None:
    if narrowed:
        raise Refusal("facts.compact_alone", "fusion-memory facts --max-facts 20")
    scope = call.reach()
    with call.memory() as memory:
        found = memory.compact_facts(scope, max_facts)
    call.out.show(found, lambda: _show_compact(call, found, evidence=evidence))


def _show_compact(call: Call, found: CompactFacts, *, evidence: bool) -> None:
    _show(call, found.facts, evidence=evidence)
    if found.digests:
        call.out.line()
        call.out.line(call.out.words("facts.digests"), "strong")
    for one in found.digests:
        counted = call.out.words("facts.digest", count=len(one.fact_ids), memories=len(one.sources))
        call.out.table(Table([[Cell(counted, "dim"), Cell(brief(one.text, SHOWN_CHARS))]]))


def _show(call: Call, found: tuple[Fact, ...], *, evidence: bool) -> None:
    if not found:
        call.out.note("facts.nothing")
    fact_table(call.out, found, lambda fact: standing(call.out, fact), evidence=evidence)
