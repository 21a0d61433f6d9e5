"""Times of the day: what "at 3", 下午三点半 and "Friday night" mean, independent of language.

Why it exists: a clock time is told in pieces (a part of the day, an hour, perhaps without am or pm) that only
together name a stretch of minutes. Must not know: any word of any language, dates, or the clock.
"""

from typing import Final, NamedTuple

from fusion_memory.core.knowledge import Granularity

NOON: Final = 12 * 60
DAY: Final = 24 * 60
_EARLIEST_GUESS: Final = 7  # "at 7" is in the morning, "at 6" in the evening


class Hours(NamedTuple):
    """The minutes `[first, last)` of a day; `last` may reach into the next one.

    Attributes:
        exact: how exactly it was told; a part of the day is told to the day.
        open: whether morning or afternoon was left unsaid.
        weak: whether the words tell a time only beside a date or a clock time ("in the morning").
        certain: false when morning or afternoon had to be guessed, or the words are vague.
    """

    first: int
    last: int
    exact: Granularity
    open: bool = False
    weak: bool = False
    certain: bool = True


MORNING: Final = Hours(6 * 60, NOON, Granularity.DAY, weak=True)
AFTERNOON: Final = Hours(NOON, 18 * 60, Granularity.DAY, weak=True)
EVENING: Final = Hours(18 * 60, DAY, Granularity.DAY, weak=True)
NIGHT: Final = Hours(18 * 60, 30 * 60, Granularity.DAY, weak=True)
SMALL_HOURS: Final = Hours(0, 6 * 60, Granularity.DAY, weak=True)
DUSK: Final = Hours(17 * 60, 19 * 60, Granularity.DAY, weak=True)
AT_NOON: Final = Hours(NOON, NOON + 60, Granularity.HOUR)
MIDDAY: Final = Hours(11 * 60, 15 * 60, Granularity.DAY, weak=True)
WHOLE_DAY: Final = Hours(0, DAY, Granularity.DAY)
"""The parts of a day as this package reads them; the night reaches to six in the morning."""


def at(hour: int, minute: int | None = None, *, half: str = "", open_: bool = False) -> Hours | None:
    """A clock time; `half` is `"am"`, `"pm"` or empty. `None` when no clock shows it."""
    if not (0 <= hour < 24 and 0 <= (minute or 0) < 60) or (half and not 1 <= hour <= 12):
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    first = hour * 60 + (minute or 0)
    unsaid = open_ and not half and 1 <= hour <= 12
    if minute is None:
        return Hours(first, first + 60, Granularity.HOUR, open=unsaid)
    return Hours(first, first + 1, Granularity.MINUTE, open=unsaid)


def within(part: Hours, clock: Hours) -> Hours:
    """A clock time in a part of the day: eight in the evening is 20:00."""
    if not clock.open:
        late = clock.first < part.first and clock.first + DAY < part.last  # three in the night is the next day
        return clock._replace(first=clock.first + DAY, last=clock.last + DAY) if late else clock
    low = 0 if part.last == NOON else part.first  # one in the morning is at night
    choices = range(clock.first % NOON, 2 * DAY, NOON)
    first = min(choices, key=lambda minute: max(low - minute, minute - part.last + 1, 0))
    return Hours(first, first + clock.last - clock.first, clock.exact)


def settled(hours: Hours) -> Hours:
    """A clock time with morning or afternoon guessed where it was left unsaid: office hours before the night's."""
    if not hours.open:
        return hours
    low = hours.first % NOON
    shift = NOON if low < _EARLIEST_GUESS * 60 else 0
    length = hours.last - hours.first
    return hours._replace(first=low + shift, last=low + shift + length, open=False, certain=False)


def stretch(first: Hours, last: Hours) -> Hours | None:
    """From one clock time to another; what one says of morning or afternoon holds for both."""
    if first.weak or last.weak:
        return None
    if first.open and not last.open:
        choices = [start for start in (first.first % NOON, first.first % NOON + NOON) if start < last.first]
        start, end = (choices or [first.first])[-1], last.first
    else:
        start, end = settled(first).first, last.first
        if last.open:
            end = next(end for end in range(last.first % NOON, 2 * DAY + NOON, NOON) if end > start)
    if end <= start:
        end += DAY
    return Hours(start, end, Granularity.SPAN, certain=not (first.open and last.open))
