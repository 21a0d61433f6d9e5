"""Happenings in the order of their time, and how two of them lie to each other, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fusion_memory.core.knowledge import Fact, Granularity
from fusion_memory.core.records import brief


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened or is to happen, in the order of its time."""

    start: datetime
    end: datetime
    granularity: Granularity
    certain: bool
    recurrence: str | None
    fact: Fact

    def __repr__(self) -> str:
        return f"TimelineEntry({self.start:%Y-%m-%d}, {self.granularity.value}: {brief(self.fact.text)!r})"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two happenings lie in time: ``relation`` is before, after, overlaps, during, contains, equal or unknown.

    ``gap_days`` is the time between the end of the earlier and the start of the later one; 0 when they touch
    or overlap, None when a time is unknown.
    """

    first: TimelineEntry | None
    second: TimelineEntry | None
    relation: str
    gap_days: float | None
    certain: bool = True
