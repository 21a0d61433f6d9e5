"""When a task runs: every so often, at times of the day in a zone, or after so many messages. Pure arithmetic.

Moments are counted on the calendar and not from the last run, so that neither a restart nor a slow run moves them:
an entry is due when its latest moment lies after the one it last ran for. However many were missed, it runs once.

A time of the day that does not exist on the day clocks go forward is taken as long after midnight as it would be
without the change; one that exists twice is taken the first time. So every day has each of its times once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

FORGIVEN = timedelta(days=2)
"""A mark further in the future than this was made by a clock that was wrong."""


@dataclass(frozen=True, slots=True)
class Every:
    """At the multiples of an interval, counted from 1970 in UTC."""

    interval: timedelta

    def latest(self, now: datetime) -> datetime:
        """The last moment that is not after now."""
        return _EPOCH + (now - _EPOCH) // self.interval * self.interval

    def following(self, now: datetime) -> datetime:
        """The first moment after now."""
        return self.latest(now) + self.interval


@dataclass(frozen=True, slots=True)
class Daily:
    """At times of the day in a zone, on every so-manieth day counted from 1 January of the year 1."""

    times: tuple[time, ...]
    zone: tzinfo
    days: int = 1

    def latest(self, now: datetime) -> datetime:
        """The last moment that is not after now."""
        day = now.astimezone(self.zone).date() + timedelta(days=1)
        while not (past := [moment for moment in self._of(day) if moment <= now]):
            day -= timedelta(days=1)
        return max(past)

    def following(self, now: datetime) -> datetime:
        """The first moment after now."""
        day = now.astimezone(self.zone).date() - timedelta(days=1)
        while not (coming := [moment for moment in self._of(day) if moment > now]):
            day += timedelta(days=1)
        return min(coming)

    def _of(self, day: date) -> list[datetime]:
        if day.toordinal() % self.days:
            return []
        return [datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC) for at in self.times]


@dataclass(frozen=True, slots=True)
class AfterMessages:
    """For every owner of its own: at so many new messages, or when some have waited so long for a further one.

    0 switches off either.
    """

    messages: int
    idle: timedelta = timedelta(0)


Trigger = Every | Daily | AfterMessages


def is_due(trigger: Every | Daily, last: datetime, now: datetime) -> datetime | None:
    """The moment for which an entry is to run now, or None; ``last`` is the one for which it ran before."""
    latest = trigger.latest(now)
    return latest if latest > last else None


def is_from_the_future(last: datetime, now: datetime) -> bool:
    """Whether a mark was made by a clock that went too fast, and would hold the entry up."""
    return last > now + FORGIVEN


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
