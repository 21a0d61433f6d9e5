"""Repeated times: the rule in the form of RFC 5545, and the days of its next occurrence.

Why it exists: "every other Friday" and 每月15号 are facts with a rhythm, not dates. Must not know: any word of
any language, clock times, or the clock (the day to start from is an argument).
"""

from collections.abc import Iterator
from datetime import date
from typing import Final, Literal, NamedTuple, TypeAlias

from fusion_memory.core.knowledge import Granularity
from fusion_memory.text.calendar_spans import Days, resolve
from fusion_memory.text.date_values import Calendar, Nth, Relative, Spec, Unit, Weekday

Frequency: TypeAlias = Literal["MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_UNITS: Final[dict[Frequency, Unit]] = {
    "MINUTELY": "day",
    "HOURLY": "day",
    "DAILY": "day",
    "WEEKLY": "week",
    "MONTHLY": "month",
    "YEARLY": "year",
}
_EXACT: Final = {
    "MINUTELY": Granularity.MINUTE,
    "HOURLY": Granularity.HOUR,
    "DAILY": Granularity.DAY,
    "WEEKLY": Granularity.WEEK,
    "MONTHLY": Granularity.MONTH,
    "YEARLY": Granularity.YEAR,
}
_LOOK_AHEAD: Final = {"WEEKLY": 2, "MONTHLY": 13, "YEARLY": 9}  # 29 February may be eight years away


class Repeat(NamedTuple):
    """Every `interval` units of a frequency, on the days that the other fields narrow it to.

    Attributes:
        weekdays: days of the week, Monday 0.
        nth: with one weekday, which of the month; -1 is the last.
        month_day: a day of the month; `month`: a month of the year; `season`: spring 0 to winter 3.
        quarters: whether three months were told as a quarter.
        certain: false when the words are vague (biweekly).
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nth: int | None = None
    month_day: int | None = None
    month: int | None = None
    season: int | None = None
    quarters: bool = False
    certain: bool = True


def rule(repeat: Repeat, clock: int | None = None) -> str:
    """The RFC 5545 rule; `clock` is a time of the day in minutes."""
    parts = [f"FREQ={repeat.frequency}"]
    if repeat.interval > 1:
        parts.append(f"INTERVAL={repeat.interval}")
    if repeat.season is not None:
        first = 3 + 3 * repeat.season
        parts.append("BYMONTH=" + ",".join(str((month - 1) % 12 + 1) for month in range(first, first + 3)))
    elif repeat.month is not None:
        parts.append(f"BYMONTH={repeat.month}")
    if repeat.month_day is not None:
        parts.append(f"BYMONTHDAY={repeat.month_day}")
    if repeat.weekdays:
        which = "" if repeat.nth is None else str(repeat.nth)
        parts.append("BYDAY=" + ",".join(which + WEEKDAYS[day] for day in repeat.weekdays))
    if clock is not None:
        parts.append(f"BYHOUR={clock // 60 % 24};BYMINUTE={clock % 60}")
    return ";".join(parts)


def granularity(repeat: Repeat) -> Granularity:
    """How exactly one occurrence is told."""
    if repeat.frequency == "WEEKLY" and repeat.weekdays == (5, 6):
        return Granularity.SPAN
    if repeat.weekdays or repeat.month_day is not None:
        return Granularity.DAY
    if repeat.season is not None:
        return Granularity.SPAN
    if repeat.month is not None:
        return Granularity.MONTH
    if repeat.quarters:
        return Granularity.QUARTER
    return _EXACT[repeat.frequency]


def occurrences(repeat: Repeat, today: date) -> Iterator[Days]:
    """The days of the next occurrences, the one that holds today first; the interval is not counted."""
    if repeat.frequency in ("MINUTELY", "HOURLY", "DAILY"):
        specs: list[Spec] = [Relative("day", 0), Relative("day", 1)]
    elif repeat.frequency == "WEEKLY" and repeat.weekdays == (5, 6):
        specs = [Weekday(5, week_offset=week, days=2) for week in range(2)]
    else:
        units = range(_LOOK_AHEAD[repeat.frequency])
        specs = [spec for offset in units for spec in _in_unit(repeat, today, offset)]
    for spec in specs:
        days = resolve(spec, today)
        if days is not None and days.end > today:
            yield days


def _in_unit(repeat: Repeat, today: date, offset: int) -> list[Spec]:
    """What the rule picks out of the week, month or year `offset` units from today's."""
    if repeat.frequency == "WEEKLY":
        chosen: list[Spec] = [Weekday(day, week_offset=offset) for day in sorted(repeat.weekdays)]
        return chosen or [Relative("week", offset)]
    if repeat.frequency == "YEARLY":
        named = Calendar(
            year=today.year + offset - 1, month=repeat.month, day=repeat.month_day, season=repeat.season
        )
        within: Spec = named if repeat.month or repeat.season is not None else Relative("year", offset)
    elif repeat.month_day is not None:
        return [Calendar(month_offset=offset, day=repeat.month_day)]
    else:
        within = Relative("quarter" if repeat.quarters else "month", offset)
    if repeat.nth is not None:
        return [Nth(day, repeat.nth, within) for day in repeat.weekdays]
    return [within]


def joined(first: Repeat, last: Repeat) -> Repeat | None:
    """Two rules said as one: weekly, on Mondays; every month, on the first; `None` when they are two."""
    if first.frequency != last.frequency:
        return None
    narrow = last if _narrowed(last) else first
    if _narrowed(first) and _narrowed(last):
        if first.frequency != "WEEKLY" or first.nth is not None:
            return None
        days = tuple(sorted({*first.weekdays, *last.weekdays}))
        narrow = narrow._replace(weekdays=days)
    return narrow._replace(interval=max(first.interval, last.interval))


def _narrowed(repeat: Repeat) -> bool:
    fields = (repeat.month_day, repeat.month, repeat.season, repeat.nth)
    return bool(repeat.weekdays) or any(field is not None for field in fields)


def narrowed(repeat: Repeat, spec: Spec) -> Repeat | None:
    """A rule with the day said beside it: each month on the 1st, every year on 3 May, weekly on Friday."""
    both: Repeat | None = None
    match repeat.frequency, spec:
        case "MONTHLY", Calendar(day=int(day), month=None, year=None):
            both = repeat._replace(month_day=day)
        case "YEARLY", Calendar(month=int(month), year=None, part=None, week=None):
            both = repeat._replace(month=month, month_day=spec.day)
        case "YEARLY", Calendar(season=int(season), year=None):
            both = repeat._replace(season=season)
        case "YEARLY", Nth(within=Calendar(month=int(month), year=None)):
            both = repeat._replace(month=month, weekdays=(spec.day,), nth=spec.nth)
        case "MONTHLY", Nth():
            both = repeat._replace(weekdays=(spec.day,), nth=spec.nth)
        case "WEEKLY", Weekday(week_offset=None):
            both = repeat._replace(weekdays=(5, 6) if spec.days > 1 else (spec.day,))
    return both
