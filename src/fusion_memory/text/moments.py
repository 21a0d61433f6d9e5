"""What a time expression of a statement means, put together from its pieces and resolved to an interval.

Why it exists: a date, a clock time and a rhythm may be told in any order, and a bare weekday looks back or
ahead with the tense. Must not know: any word of any language, text, or the clock (the moment is an argument).
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple, TypeAlias, assert_never

from fusion_memory.core.knowledge import Granularity, TimeRole
from fusion_memory.text.calendar_spans import Days, resolve
from fusion_memory.text.clock_times import AT_NOON, MIDDAY, Hours, settled, stretch, within
from fusion_memory.text.date_values import (
    Between,
    Bounded,
    Calendar,
    Nth,
    Relative,
    Rolling,
    Shifted,
    Spec,
    Weekday,
)
from fusion_memory.text.recurrence import Repeat, granularity, joined, narrowed, occurrences, rule


class Ago(NamedTuple):
    """A moment `minutes` from now, negative for the past, told to the minute or the hour."""

    minutes: int
    exact: Granularity


class Instant(NamedTuple):
    """A date with a clock time as machines write them; `offset` is its distance from UTC in minutes, if told."""

    day: date
    hours: Hours
    offset: int | None = None


class Moment(NamedTuple):
    """The pieces of one time: a date, a time of day, a rhythm or a distance from now, and how it stands.

    `until` is the end of a stretch that begins here; `only` refuses the moment in a clause about the past
    (`"future"`) or about the future (`"past"`): 三天后 in a story, "in three days" for how long it took.
    """

    spec: Spec | None = None
    hours: Hours | None = None
    repeat: Repeat | None = None
    ago: Ago | None = None
    instant: Instant | None = None
    until: "Moment | None" = None
    role: TimeRole = TimeRole.AT
    certain: bool = True
    only: str = ""


Meaning: TypeAlias = Moment | Hours | Repeat | Spec | Ago | Instant


class Told(NamedTuple):
    """A resolved time; `recurrence` is an RFC 5545 rule."""

    start: datetime
    end: datetime
    granularity: Granularity
    certain: bool
    recurrence: str | None = None


_BACK: Final = frozenset({"past", "told"})


def moment(meaning: Meaning) -> Moment:
    """What a rule of a grammar means, as a moment of one piece."""
    match meaning:
        case Moment():
            return meaning
        case Hours():
            return Moment(hours=meaning)
        case Repeat():
            return Moment(repeat=meaning)
        case Ago():
            return Moment(ago=meaning)
        case Instant():
            return Moment(instant=meaning)
        case _:
            return Moment(spec=meaning)


def beside(first: Moment, last: Moment) -> Moment | None:
    """One moment told in two neighbouring pieces; `None` when they are two moments."""
    if first.until is not None:
        inner = beside(first.until, last) if last.hours and not last.spec else None
        return inner and first._replace(until=inner)
    if any(piece.until or piece.ago or piece.instant for piece in (first, last)):
        return None
    hours = _hours(first.hours, last.hours)
    day = _day(first, last)
    if (hours is None and (first.hours or last.hours)) or day is None or not _takes(day, hours):
        return None
    certain = first.certain and last.certain
    return day._replace(hours=hours, role=max(first.role, last.role, key=_ROLES.index), certain=certain)


def _takes(day: Moment, hours: Hours | None) -> bool:
    """Whether a date can have a time of day: a month has none."""
    if hours is None or (day.spec is None and day.repeat is None):
        return True
    if day.repeat is not None:
        return day.repeat.frequency in ("DAILY", "WEEKLY") or granularity(day.repeat) is Granularity.DAY
    return day.spec is not None and exactness(day.spec) is Granularity.DAY


_ROLES: Final = [TimeRole.AT, TimeRole.UNTIL, TimeRole.SINCE, TimeRole.BY]


def _hours(first: Hours | None, last: Hours | None) -> Hours | None:
    if first is None or last is None:
        return first or last
    if first == AT_NOON and last.open:
        return within(MIDDAY, last)
    if first.weak and not last.weak:
        return within(first, last)
    if last.weak and not first.weak:
        return within(last, first)
    return None


def _day(first: Moment, last: Moment) -> Moment | None:
    """The date or rhythm of two pieces."""
    if first.repeat and last.repeat:
        both = joined(first.repeat, last.repeat)
        return both and Moment(repeat=both)
    repeat, spec = first.repeat or last.repeat, first.spec or last.spec
    if first.spec and last.spec:
        same = _same_day(first.spec, last.spec)
        return Moment(spec=same) if same and not repeat else None
    if repeat and spec:
        both = narrowed(repeat, spec)
        return both and Moment(repeat=both)
    return Moment(spec=spec, repeat=repeat)


def _same_day(first: Spec, last: Spec) -> Spec | None:
    """A weekday and a date name one day: Saturday, May 9."""
    for one, other in ((first, last), (last, first)):
        if isinstance(one, Weekday) and one.week_offset is None and isinstance(other, Calendar) and other.day:
            return other
    return None


def through(first: Moment, last: Moment) -> Moment | None:
    """The stretch from one moment to another, or `None`."""
    if first.until or last.until or not _plain(first) or not _plain(last):
        return None
    if last.hours and not last.spec:
        if first.hours is None or last.repeat:
            return None
        hours = stretch(first.hours, last.hours)
        return hours and first._replace(hours=hours)
    if first.repeat or last.repeat or first.spec is None or last.spec is None:
        return first._replace(until=last) if first.instant and last.instant else None
    if first.hours is None and last.hours is None:
        return first._replace(spec=_between(first.spec, last.spec))
    return first._replace(until=last)


def _between(first: Spec, last: Spec) -> Between:
    """From one expression to another; a weekday after one with a week of its own is the next such day after it."""
    if isinstance(first, Weekday) and isinstance(last, Weekday) and not _open(first) and _open(last):
        return Between(first, Shifted(first, "day", (last.day - first.day) % 7 + last.days - 1))
    return Between(first, last)


def _plain(part: Moment) -> bool:
    return part.ago is None and not isinstance(part.spec, Between | Rolling)


def bare(part: Moment) -> bool:
    """Whether a moment is a time of day without a date."""
    return part.hours is not None and part.spec is None and part.repeat is None


def directed(spec: Spec, *, past: bool) -> Spec:
    """An expression that leaves its year or week unsaid, pointed back or ahead."""
    pointed: Spec = spec
    match spec:
        case Calendar():
            pointed = _directed_date(spec, past=past)
        case Weekday(week_offset=None, direction=None):
            pointed = spec._replace(direction="last" if past else "next")
        case Weekday(direction="this"):
            pointed = spec._replace(direction=None if past else "coming")
        case Relative(recent=True) if not past:
            pointed = spec._replace(recent=False)
        case Nth():
            pointed = spec._replace(within=directed(spec.within, past=past))
        case Shifted():
            pointed = spec._replace(spec=directed(spec.spec, past=past))
        case Between():
            pointed = _directed_span(spec, past=past)
    return pointed


def _directed_date(spec: Calendar, *, past: bool) -> Calendar:
    unsaid = not _dated_by(spec) and spec.month_offset is None
    if unsaid and spec.direction is None:
        return spec if past else spec._replace(direction="coming")
    if spec.season is not None and spec.direction == "this":
        return spec._replace(direction=None if past else "coming")
    return spec


def _directed_span(spec: Between, *, past: bool) -> Between:
    first, last = spec.first, spec.last
    if isinstance(first, Calendar) and isinstance(last, Calendar) and (_dated_by(first) or _dated_by(last)):
        return spec
    if isinstance(first, Weekday) and isinstance(last, Weekday) and _open(first) and _open(last):
        gap = (last.day - first.day) % 7 + last.days - 1
        known = directed(last if past else first, past=past)
        return Between(Shifted(known, "day", -gap), known) if past else Between(known, Shifted(known, "day", gap))
    return Between(directed(first, past=past), directed(last, past=past))


def _open(day: Weekday) -> bool:
    return day.week_offset is None and day.direction is None


def _dated_by(day: Calendar) -> bool:
    return day.year is not None or day.year_offset is not None


def leaning(part: Moment) -> bool:
    """Whether the tense of the clause decides which time is meant, or whether it is one."""
    return bool(
        part.only
        or bare(part)
        or (part.spec and directed(part.spec, past=False) != directed(part.spec, past=True))
        or (part.until and leaning(part.until))
    )


def exactness(spec: Spec) -> Granularity:
    """How exactly an expression tells its days."""
    match spec:
        case Relative(part=None):
            return Granularity(spec.unit)
        case Nth() | Shifted() | Calendar(day=int()):
            return Granularity.DAY
        case Weekday():
            return Granularity.DAY if spec.days == 1 else Granularity.SPAN
        case Calendar(part=None, week=None, season=None):
            if spec.month or spec.month_offset is not None:
                return Granularity.MONTH
            return Granularity.QUARTER if spec.quarter else Granularity.YEAR
        case Calendar() | Relative() | Rolling() | Between() | Bounded():
            return Granularity.SPAN
        case _:
            assert_never(spec)


def told(part: Moment, said_at: datetime, tense: str, anchor: date | None = None) -> Told | None:
    """The interval of a moment.

    Args:
        part: what was recognised.
        said_at: when it was said, with a time zone.
        tense: `"past"`, `"told"` when only the telling is past, `"future"`, or empty when the clause does not
            tell; then the future is guessed.
        anchor: the day that a time without a date belongs to, if the sentence named one.

    Returns:
        `None` when there is no such time (30 February), or not in this tense.
    """
    if part.only and tense and part.only != ("past" if tense in _BACK else tense):
        return None
    try:
        found = _told(part, said_at, tense, anchor)
    except (ValueError, OverflowError):
        return None
    if found is None or found.end <= found.start:
        return None
    return found if part.certain else found._replace(certain=False)


def _told(part: Moment, said_at: datetime, tense: str, anchor: date | None) -> Told | None:
    found: Told | None = None
    if part.until is not None:
        found = _span(part, part.until, said_at, tense, anchor)
    elif part.ago is not None:
        found = _from_now(part.ago, said_at)
    elif part.instant is not None:
        found = _instant(part.instant, said_at)
    elif part.repeat is not None:
        found = _repeated(part.repeat, part.hours, said_at)
    elif part.spec is not None:
        found = _dated(part.spec, part.hours, said_at, tense)
    elif part.hours is not None and not part.hours.weak:
        found = _today(settled(part.hours), said_at, tense, anchor)
    return found


def _span(part: Moment, until: Moment, said_at: datetime, tense: str, anchor: date | None) -> Told | None:
    first, last = (_told(end, said_at, tense, anchor) for end in (part._replace(until=None), until))
    if first is None or last is None:
        return None
    clock = last.granularity in (Granularity.HOUR, Granularity.MINUTE)
    end = last.start if clock else last.end
    return Told(first.start, end, Granularity.SPAN, first.certain and last.certain)


def _from_now(ago: Ago, said_at: datetime) -> Told:
    start = (said_at + timedelta(minutes=ago.minutes)).replace(second=0, microsecond=0)
    if ago.exact is Granularity.HOUR:
        start = start.replace(minute=0)
        return Told(start, start + timedelta(hours=1), ago.exact, certain=True)
    return Told(start, start + timedelta(minutes=1), ago.exact, certain=True)


def _instant(instant: Instant, said_at: datetime) -> Told:
    start, end = _clocked(instant.day, instant.hours, said_at)
    if instant.offset is not None:
        there = said_at.utcoffset() or timedelta()
        shift = there - timedelta(minutes=instant.offset)
        start, end = start + shift, end + shift
    return Told(start, end, instant.hours.exact, certain=True)


def _repeated(repeat: Repeat, hours: Hours | None, said_at: datetime) -> Told | None:
    settled_hours = settled(hours) if hours else None
    clock = settled_hours.first if settled_hours and not settled_hours.weak else None
    if repeat.frequency in ("HOURLY", "MINUTELY"):
        exact = Granularity.HOUR if repeat.frequency == "HOURLY" else Granularity.MINUTE
        now = _from_now(Ago(0, exact), said_at)
        return now._replace(recurrence=rule(repeat), certain=repeat.certain)
    for days in occurrences(repeat, said_at.date()):
        exact = granularity(repeat)
        start, end = (datetime.combine(day, time.min, said_at.tzinfo) for day in (days.start, days.end))
        if settled_hours:
            start, end = _clocked(days.start, settled_hours, said_at)
            exact = settled_hours.exact
        if end > said_at:
            sure = repeat.certain and (settled_hours is None or settled_hours.certain)
            return Told(start, end, exact, sure, rule(repeat, clock))
    return None


def _dated(spec: Spec, hours: Hours | None, said_at: datetime, tense: str) -> Told | None:
    days = _nearer(spec, said_at.date()) if tense == "told" else None
    days = days or resolve(directed(spec, past=tense in _BACK), said_at.date())
    if days is None:
        return None
    certain = days.certain if _sure(spec) else bool(tense) and (tense != "told" or not isinstance(spec, Calendar))
    if hours is None:
        start, end = (datetime.combine(day, time.min, said_at.tzinfo) for day in (days.start, days.end))
        return Told(start, end, exactness(spec), certain)
    if days.end - days.start != timedelta(days=1):
        return None
    known = settled(hours)
    return Told(*_clocked(days.start, known, said_at), known.exact, certain and known.certain)


def _nearer(spec: Spec, today: date) -> Days | None:
    """A day of a year that is not told, where only the telling is past: the nearest one, behind or ahead."""
    if not isinstance(spec, Calendar):
        return None
    both = [days for past in (True, False) if (days := resolve(directed(spec, past=past), today))]
    return min(both, key=lambda days: abs(days.start - today), default=None)


def _sure(spec: Spec) -> bool:
    """Whether an expression names its time whatever the tense."""
    return directed(spec, past=True) == directed(spec, past=False)


def _today(hours: Hours, said_at: datetime, tense: str, anchor: date | None) -> Told:
    day = anchor or said_at.date()
    start, end = _clocked(day, hours, said_at)
    if anchor is None and tense in _BACK and start > said_at:
        start, end = _clocked(day - timedelta(days=1), hours, said_at)
    elif anchor is None and tense == "future" and end <= said_at:
        start, end = _clocked(day + timedelta(days=1), hours, said_at)
    return Told(start, end, hours.exact, certain=False)


def _clocked(day: date, hours: Hours, said_at: datetime) -> tuple[datetime, datetime]:
    """Wall-clock minutes of a day as aware times."""
    midnight = datetime.combine(day, time.min)  # wall clock: the zone is added after the minutes
    first, last = (midnight + timedelta(minutes=minutes) for minutes in (hours.first, hours.last))
    return first.replace(tzinfo=said_at.tzinfo), last.replace(tzinfo=said_at.tzinfo)


def days_of(part: Moment, found: Told) -> Iterator[date]:
    """The day that a later time without a date may belong to."""
    if part.spec is not None and part.hours is None and found.granularity is Granularity.DAY:
        yield found.start.date()
