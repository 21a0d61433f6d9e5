"""What happened in the order of its time, and how two happenings lie to each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final

from fusion_memory.core.knowledge import Fact, FactState, FactType, Granularity
from fusion_memory.core.scope import Access
from fusion_memory.core.timeline import Comparison, TimelineEntry
from fusion_memory.engine.parts import Parts
from fusion_memory.engine.understanding import names_of
from fusion_memory.memory import events, facts
from fusion_memory.memory.facts import FactQuery
from fusion_memory.text.intervals import Interval, gap_days, relation
from fusion_memory.text.similarity import canonical, shingles

STANDING: Final = (FactState.CURRENT, FactState.SUPERSEDED, FactState.ENDED)
HAPPENINGS: Final = frozenset({FactType.EVENT, FactType.TASK, FactType.DECISION, FactType.ACTION})
"""What stands on a timeline at the moment it was said when its words tell no time."""

Between = tuple[datetime | None, datetime | None]


def timeline(
    parts: Parts, access: Access, entity: str | None, between: Between, as_of: datetime | None
) -> tuple[TimelineEntry, ...]:
    """The entries that touch a stretch of time, in its order; of one entity, when one is named."""
    with parts.database.read() as tx:
        now = events.present(tx, access, parts.clock.now())
        query = FactQuery(states=STANDING, as_of=as_of)
        names = names_of(tx, access, entity) if entity is not None else ()
        found = [entry for entry in map(_entry, facts.pages(tx, access, query, now)) if entry]
    wanted = [canonical(name) for name in names]
    kept = [entry for entry in found if _touches(entry, between) and _concerns(entry.fact, wanted)]
    return tuple(sorted(kept, key=lambda entry: (entry.start, entry.end, entry.fact.id)))


def compare(parts: Parts, access: Access, first: str, second: str) -> Comparison:
    """Two happenings, each meant by a fact id or by words; ``unknown`` when one is not found."""
    entries = timeline(parts, access, None, (None, None), None)
    one, other = _meant(entries, first), _meant(entries, second)
    if one is None or other is None:
        return Comparison(one, other, "unknown", None, certain=False)
    left, right = Interval(one.start, one.end), Interval(other.start, other.end)
    certain = one.certain and other.certain
    return Comparison(one, other, relation(left, right), gap_days(left, right), certain=certain)


def _entry(fact: Fact) -> TimelineEntry | None:
    """A fact on the timeline: by the time its words tell, else an event on the day it was said."""
    if fact.when is not None:
        when = fact.when
        return TimelineEntry(when.start, when.end, when.granularity, when.certain, when.recurrence, fact)
    if fact.type not in HAPPENINGS:
        return None
    day = datetime.combine(fact.said_at.date(), time.min, UTC)
    return TimelineEntry(day, day + timedelta(days=1), Granularity.DAY, False, None, fact)


def _touches(entry: TimelineEntry, between: Between) -> bool:
    start, end = between
    return (start is None or entry.end > start) and (end is None or entry.start < end)


def _concerns(fact: Fact, names: Sequence[str]) -> bool:
    if not names:
        return True
    words = canonical(f"{fact.subject} {fact.text} {fact.object}")
    return any(name in words for name in names)


def _meant(entries: Sequence[TimelineEntry], words: str) -> TimelineEntry | None:
    """The entry of a fact id, else the one that shares most of the words; the latest of equals."""
    for entry in entries:
        if entry.fact.id == words:
            return entry
    asked = shingles(words)
    scored = list(_scored(entries, asked))
    return max(scored, key=lambda pair: pair[0])[1] if scored else None


def _scored(
    entries: Sequence[TimelineEntry], asked: frozenset[str]
) -> Iterator[tuple[tuple[float, datetime], TimelineEntry]]:
    for entry in entries:
        shared = asked & shingles(f"{entry.fact.subject} {entry.fact.text} {entry.fact.object}")
        if shared:
            yield (len(shared) / len(asked), entry.start), entry
