"""Times on a screen, as exactly as they were told: a day, a month, a stretch, a deadline, a guess."""

from __future__ import annotations

from datetime import datetime, timedelta

from fusion_memory.cli.output import Output
from fusion_memory.core.knowledge import Granularity, TimeRole
from fusion_memory.core.timeline import TimelineEntry

FORMS = {
    Granularity.MINUTE: "%Y-%m-%d %H:%M",
    Granularity.HOUR: "%Y-%m-%d %H:00",
    Granularity.DAY: "%Y-%m-%d",
    Granularity.MONTH: "%Y-%m",
    Granularity.YEAR: "%Y",
}
LAST = timedelta(microseconds=1)
"""Ends are not part of a stretch; a person names the last day that is."""


def moment_of(out: Output, entry: TimelineEntry) -> str:
    """When something happened or is to happen: ``2026-03``, ``by 2026-03-06``, ``about 2026-03-10``."""
    time = stretch(entry.start, entry.end, entry.granularity)
    role = entry.fact.when.role if entry.fact.when else TimeRole.AT
    if role is not TimeRole.AT:
        time = out.words(f"time.{role.value}", time=time)
    return time if entry.certain else out.words("time.about", time=time)


def stretch(start: datetime, end: datetime, granularity: Granularity) -> str:
    """A stretch of time as exactly as it was told; both days count where two are named."""
    if granularity is Granularity.QUARTER:
        return f"{start:%Y} Q{(start.month + 2) // 3}"
    form = FORMS.get(granularity)
    return start.strftime(form) if form else _from_to(start, end)


def _from_to(start: datetime, end: datetime) -> str:
    last = max(start, end - LAST)
    if start.date() != last.date():
        return f"{start:%Y-%m-%d}..{last:%Y-%m-%d}"
    whole = end - start >= timedelta(days=1)
    return f"{start:%Y-%m-%d}" if whole else f"{start:%Y-%m-%d %H:%M}..{end:%H:%M}"
