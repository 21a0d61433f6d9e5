"""Facts on a screen: when they hold, where they stand, what they say, and the words they rest on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from fusion_memory.cli.cells import Cell
from fusion_memory.cli.explaining import named
from fusion_memory.cli.listing import Line, listing
from fusion_memory.cli.output import Output
from fusion_memory.core.knowledge import Evidence, Fact, FactState
from fusion_memory.core.records import brief

SHOWN_CHARS = 400
QUOTED_CHARS = 200
STYLES = {
    FactState.CURRENT: "good",
    FactState.UPCOMING: "strong",
    FactState.QUARANTINED: "warn",
    FactState.RETRACTED: "bad",
}

Lead = Callable[[Fact], Sequence[Cell]]
"""The cells that stand before the words of a fact."""


def fact_table(out: Output, facts: Sequence[Fact], lead: Lead, *, evidence: bool = False) -> None:
    """A line for each fact, with the sayings it rests on below it when they are wanted."""
    listing(out, [fact_line(fact, lead(fact), evidence=evidence) for fact in facts])


def fact_line(fact: Fact, lead: Sequence[Cell], *, evidence: bool = False) -> Line:
    """One fact as a line."""
    below = [evidence_line(one) for one in fact.evidence] if evidence else []
    return Line(lead, fact.id, Cell(brief(fact.text, SHOWN_CHARS)), below)


def standing(out: Output, fact: Fact) -> list[Cell]:
    """When a fact holds, where it stands, and what kind of knowledge it is."""
    state = Cell(named(out.lang, "state", fact.state.value), STYLES.get(fact.state, "dim"))
    return [valid(fact), state, Cell(named(out.lang, "type", fact.type.value), "dim")]


def valid(fact: Fact) -> Cell:
    """When a fact holds, in days: ``2026-03-02..2026-05-01``; without an end as far as is known."""
    return Cell(days(fact.valid_from, fact.valid_to))


def days(start: datetime, end: datetime | None) -> str:
    """From one day to another, or on."""
    return f"{start:%Y-%m-%d}..{end:%Y-%m-%d}" if end else f"{start:%Y-%m-%d}.."


def evidence_line(one: Evidence) -> str:
    """When, who, the words, and the id of the memory."""
    return f"{one.said_at:%Y-%m-%d} {one.speaker or one.role}: {brief(one.quote, QUOTED_CHARS)} ({one.event_id})"
