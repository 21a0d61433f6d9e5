"""``timeline`` and ``compare``: what happened when, and how two happenings lie in time."""

from __future__ import annotations

from collections.abc import Sequence

import click

from fusion_memory.cli.cells import Cell
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.fact_rows import SHOWN_CHARS
from fusion_memory.cli.listing import MOST_LISTED, Line, listing
from fusion_memory.cli.moments import moment_of
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Output
from fusion_memory.core.records import brief
from fusion_memory.core.timeline import Comparison, TimelineEntry

DEFAULT_LIMIT = 100
HOURS = 24
UNKNOWN = "unknown"


@command("timeline")
@click.option("--entity", metavar="NAME")
@click.option("--start", metavar="TIME")
@click.option("--end", metavar="TIME")
@click.option("--as-of", metavar="TIME")
@click.option("--limit", "-k", type=int, default=DEFAULT_LIMIT, metavar="N")
@with_call
def timeline(
    call: Call, entity: str | None, start: str | None, end: str | None, as_of: str | None, limit: int
) -> None:
    """Show what happened when."""
    scope = call.scope()
    with call.memory() as memory:
        found = memory.timeline(entity, scope, start, end, call.across_sessions, as_of=as_of, limit=limit)
    call.out.show(found, lambda: _show_entries(call.out, found))
    if len(found) == limit < MOST_LISTED:
        call.out.note("timeline.more", count=limit)


@command("compare")
@click.argument("event_a", metavar="EVENT_A")
@click.argument("event_b", metavar="EVENT_B")
@with_call
def compare(call: Call, event_a: str, event_b: str) -> None:
    """Say how two happenings lie in time."""
    scope = call.reach()
    with call.memory() as memory:
        found = memory.compare_events(event_a, event_b, scope)
    call.out.show(found, lambda: _show_comparison(call.out, found, (event_a, event_b)))


def _show_entries(out: Output, entries: Sequence[TimelineEntry]) -> None:
    if not entries:
        out.note("timeline.nothing")
    listing(out, [_line(out, entry) for entry in entries])


def _line(out: Output, entry: TimelineEntry, *before: Cell) -> Line:
    words = entry.fact.when.words if entry.fact.when else ""
    again = [out.words("timeline.again", words=words, rule=entry.recurrence)] if entry.recurrence else []
    kind = Cell(named(out.lang, "type", entry.fact.type.value), "dim")
    lead = [*before, Cell(moment_of(out, entry)), kind]
    return Line(lead, entry.fact.id, Cell(brief(entry.fact.text, SHOWN_CHARS)), again)


def _show_comparison(out: Output, found: Comparison, asked: tuple[str, str]) -> None:
    sides = [(out.words("compare.a"), found.first, asked[0]), (out.words("compare.b"), found.second, asked[1])]
    lines = [_line(out, entry, Cell(name)) if entry else _missing(out, name, words) for name, entry, words in sides]
    listing(out, lines)
    out.line()
    out.line(out.words(f"compare.{found.relation}"), "warn" if found.relation == UNKNOWN else "strong")
    if found.gap_days:
        out.line(_gap(out, found.gap_days))
    if found.relation != UNKNOWN and not found.certain:
        out.note("compare.uncertain")


def _missing(out: Output, name: str, words: str) -> Line:
    return Line([Cell(name), Cell("-"), Cell("-")], "", Cell(out.words("compare.nothing", words=words), "warn"))


def _gap(out: Output, days: float) -> str:
    if days == int(days):
        return out.words("compare.days", count=int(days))
    return out.words("compare.hours", count=round(days * HOURS))
