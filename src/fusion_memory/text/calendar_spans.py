"""What a date expression means, independent of language, and the half-open span of days it names.

Why it exists: English and Chinese grammars only recognise; meaning is one small set of values resolved in
one place, which extraction can reuse. Must not know: any word of any language, time zones, or the clock
(`today` is an argument).
"""

from datetime import date, timedelta
from typing import Final, NamedTuple, assert_never

from fusion_memory.text.date_values import (
    Between,
    Bounded,
    Calendar,
    Direction,
    Nth,
    Part,
    Relative,
    Rolling,
    Shifted,
    Spec,
    Unit,
    Weekday,
)

EARLIEST: Final = date(2, 1, 1)
LATEST: Final = date(9998, 1, 1)
"""Ends of spans open to one side; a year inside Python's range, so that time zones cannot overflow them."""


class Days(NamedTuple):
    """The days `[start, end)`; `certain` is false when a year or direction had to be guessed."""

    start: date
    end: date
    certain: bool = True


def resolve(spec: Spec, today: date) -> Days | None:
    """The days an expression names, seen from `today`; `None` when there are none (30 February, year 0)."""
    try:
        days = _resolve(spec, today)
    except (ValueError, OverflowError):
        return None
    return days if days and EARLIEST <= days.start < days.end <= LATEST else None


def _resolve(spec: Spec, today: date) -> Days | None:
    days: Days | None
    match spec:
        case Relative():
            days = _relative(spec, today)
        case Rolling():
            days = _rolling(spec, today)
        case Weekday():
            days = _weekday(spec, today)
        case Calendar():
            days = _calendar(spec, today)
        case Nth():
            days = _nth(spec, today)
        case Shifted():
            days = _shifted(spec, today)
        case Between():
            days = _between(spec, today)
        case Bounded():
            days = _bounded(spec, today)
        case _:
            assert_never(spec)
    return days


def _relative(spec: Relative, today: date) -> Days:
    start, end = _part(spec.unit, *_unit_span(spec.unit, today, spec.offset), spec.part)
    if spec.recent and start > today:
        start, end = _part(spec.unit, *_unit_span(spec.unit, today, spec.offset - 1), spec.part)
    return Days(start, end, not spec.recent)


def _months_on(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


_MONTHS: Final[dict[Unit, int]] = {"month": 1, "quarter": 3, "year": 12}


def _unit_span(unit: Unit, today: date, offset: int) -> tuple[date, date]:
    """The whole unit `offset` units from the one that contains today; weeks begin on Monday."""
    if unit == "day":
        start = today + timedelta(days=offset)
        return start, start + timedelta(days=1)
    if unit == "week":
        monday = today + timedelta(days=7 * offset - today.weekday())
        return monday, monday + timedelta(days=7)
    months = _MONTHS[unit]
    index = (today.year * 12 + today.month - 1) // months + offset
    year, month = divmod(index * months, 12)
    start = date(year, month + 1, 1)
    return start, _months_on(start, months)


# Part → (from, to) counted in days of a week or month, or in months of a quarter or year; None is the end.
_BY_DAYS: Final[dict[Unit, dict[Part, tuple[int, int | None]]]] = {
    "week": {
        Part.EARLY: (0, 3),
        Part.MIDDLE: (1, 5),
        Part.LATE: (3, 7),
        Part.FIRST_HALF: (0, 4),
        Part.SECOND_HALF: (3, 7),
    },
    "month": {
        Part.EARLY: (0, 10),
        Part.MIDDLE: (10, 20),
        Part.LATE: (20, None),
        Part.FIRST_HALF: (0, 15),
        Part.SECOND_HALF: (15, None),
    },
}
_BY_MONTHS: Final[dict[Unit, dict[Part, tuple[int, int | None]]]] = {
    "quarter": {
        Part.EARLY: (0, 1),
        Part.MIDDLE: (1, 2),
        Part.LATE: (2, 3),
        Part.FIRST_HALF: (0, 2),
        Part.SECOND_HALF: (1, 3),
    },
    "year": {
        Part.EARLY: (0, 3),
        Part.MIDDLE: (4, 8),
        Part.LATE: (9, 12),
        Part.FIRST_HALF: (0, 6),
        Part.SECOND_HALF: (6, 12),
    },
}


def _part(unit: Unit, start: date, end: date, part: Part | None) -> tuple[date, date]:
    if part is None:
        return start, end
    if unit in _BY_DAYS:
        first, last = _BY_DAYS[unit][part]
        return start + timedelta(days=first), end if last is None else start + timedelta(days=last)
    if unit in _BY_MONTHS:
        first, last = _BY_MONTHS[unit][part]
        return _months_on(start, first), end if last is None else _months_on(start, last)
    return start, end


def _rolling(spec: Rolling, today: date) -> Days:
    tomorrow = today + timedelta(days=1)
    count = abs(spec.size)
    if spec.unit in ("day", "week"):
        stretch = timedelta(days=count * (1 if spec.unit == "day" else 7))
    else:
        shifted = _months_on(today.replace(day=1), -count * _MONTHS[spec.unit])
        stretch = today.replace(day=1) - shifted
    if spec.size < 0:
        return Days(tomorrow, tomorrow + stretch, not spec.vague)
    return Days(tomorrow - stretch, tomorrow - timedelta(days=spec.skip_days), not spec.vague)


def _weekday(spec: Weekday, today: date) -> Days:
    back = (today.weekday() - spec.day) % 7
    if spec.week_offset is not None:
        distance = 7 * spec.week_offset + spec.day - today.weekday()
    elif spec.direction == "last":
        distance = -(back or 7)
    elif spec.direction == "next":
        distance = 7 - back
    elif spec.direction == "coming":
        distance = -back % 7
    elif spec.direction == "this":
        distance = spec.day - today.weekday()
    else:
        distance = -back
    day = today + timedelta(days=distance)
    certain = spec.week_offset is not None or spec.direction in ("last", "this")
    return Days(day, day + timedelta(days=spec.days), certain)


def _calendar(spec: Calendar, today: date) -> Days | None:
    if spec.month_offset is not None:
        first = _unit_span("month", today, spec.month_offset)[0]
        spec = spec._replace(year=first.year, month=first.month)
    year = spec.year if spec.year_offset is None else today.year + spec.year_offset
    if year is not None:
        return Days(*_named(spec, year))
    if spec.direction == "this":
        return Days(*_named(spec, today.year))
    if spec.day is not None and spec.month is None:
        return _day_of_some_month(spec, today)
    candidates = []
    for guess in range(today.year - 8, today.year + 9):  # 29 February may be eight years away
        try:
            candidates.append(_named(spec, guess))
        except ValueError:
            continue
    return _choose(candidates, spec.direction, today)


def _day_of_some_month(spec: Calendar, today: date) -> Days | None:
    candidates = []
    for offset in range(-2, 4):
        start, end = _unit_span("month", today, offset)
        if (end - start).days >= (spec.day or 0):
            candidates.append(_in_month(spec, start))
    return _choose(candidates, spec.direction, today)


def _choose(candidates: list[tuple[date, date]], direction: Direction | None, today: date) -> Days | None:
    if direction in ("next", "coming"):
        later = [span for span in candidates if span[direction == "coming"] > today]
        return Days(*later[0], certain=False) if later else None
    done = [span for span in candidates if (span[1] if direction == "last" else span[0]) <= today]
    return Days(*done[-1], certain=False) if done else None


def _named(spec: Calendar, year: int) -> tuple[date, date]:
    """The span of a calendar expression in a given year (winter reaches into the next)."""
    if spec.month is not None:
        return _in_month(spec, date(year, spec.month, 1))
    if spec.quarter is not None:
        start = date(year, 3 * spec.quarter - 2, 1)
        return _part("quarter", start, _months_on(start, 3), spec.part)
    if spec.season is not None:
        start = date(year, 3 + 3 * spec.season, 1)
        return start, _months_on(start, 3)
    return _part("year", date(year, 1, 1), date(year + 1, 1, 1), spec.part)


def _in_month(spec: Calendar, start: date) -> tuple[date, date]:
    end = _months_on(start, 1)
    if spec.day is not None:
        day = start.replace(day=spec.day)
        return day, day + timedelta(days=1)
    if spec.week is not None:
        first = end - timedelta(days=7) if spec.week < 0 else start + timedelta(days=7 * (spec.week - 1))
        return first, min(end, first + timedelta(days=7))
    return _part("month", start, end, spec.part)


def _nth(spec: Nth, today: date) -> Days | None:
    days = _resolve(spec.within, today)
    if days is None:
        return None
    if spec.nth < 0:
        last = days.end - timedelta(days=1)
        day = last - timedelta(days=(last.weekday() - spec.day) % 7)
    else:
        day = days.start + timedelta(days=(spec.day - days.start.weekday()) % 7 + 7 * (spec.nth - 1))
    return days._replace(start=day, end=day + timedelta(days=1)) if days.start <= day < days.end else None


def _shifted(spec: Shifted, today: date) -> Days | None:
    days = _resolve(spec.spec, today)
    if days is None:
        return None
    if spec.unit in _MONTHS:
        first = _months_on(days.start.replace(day=1), spec.steps * _MONTHS[spec.unit])
        day = first + timedelta(days=min(days.start.day, (_months_on(first, 1) - first).days) - 1)
    else:
        day = days.start + timedelta(days=spec.steps * (7 if spec.unit == "week" else 1))
    return days._replace(start=day, end=day + timedelta(days=1))


def _between(spec: Between, today: date) -> Days | None:
    first, last = spec.first, spec.last
    if isinstance(first, Calendar) and isinstance(last, Calendar):
        first, last = _share_year(first, last, today)
    opening, closing = _resolve(first, today), _resolve(last, today)
    if opening is None or closing is None or closing.end <= opening.start:
        return None
    return Days(opening.start, closing.end, opening.certain and closing.certain)


def _share_year(first: Calendar, last: Calendar, today: date) -> tuple[Calendar, Calendar]:
    """Give the end that has no year the year of the other one, or the next where the span crosses New Year."""
    if first.month is None or last.month is None:
        return first, last
    crosses = (first.month, first.day or 0) > (last.month, last.day or 31)
    if not _has_year(last):
        if _has_year(first):
            return first, _in_year_of(first, last, +crosses)
        opening = _calendar(first, today)
        if opening is not None:  # the span, not each of its ends, is the latest one that has begun
            last = last._replace(year=opening.start.year + crosses)
    elif not _has_year(first):
        first = _in_year_of(last, first, -crosses)
    return first, last


def _has_year(spec: Calendar) -> bool:
    return spec.year is not None or spec.year_offset is not None


def _in_year_of(said: Calendar, other: Calendar, shift: int) -> Calendar:
    return other._replace(
        year=None if said.year is None else said.year + shift,
        year_offset=None if said.year_offset is None else said.year_offset + shift,
    )


def _bounded(spec: Bounded, today: date) -> Days | None:
    days = _resolve(spec.spec, today)
    if days is None:
        return None
    match spec.kind:
        case "before":
            return days._replace(start=EARLIEST, end=days.start)
        case "until":
            return days._replace(start=EARLIEST)
        case "after":
            return days._replace(start=days.end, end=LATEST)
        case "since":
            return days._replace(end=max(days.end, today + timedelta(days=1)))
        case _:
            assert_never(spec.kind)
