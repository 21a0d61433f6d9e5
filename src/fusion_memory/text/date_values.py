"""What a date expression can mean, as a small set of values that belong to no language.

Why it exists: grammars recognise words and make these; `calendar_spans.resolve` turns them into days. Must not
know: any word of any language, the clock, or how a value is resolved. They are named tuples, not dataclasses:
a dozen of those would triple the time this room takes to import.
"""

from enum import Enum
from typing import Literal, NamedTuple, TypeAlias

Unit: TypeAlias = Literal["day", "week", "month", "quarter", "year"]
Direction: TypeAlias = Literal["last", "this", "next", "coming"]


class Part(Enum):
    """A stretch of a longer unit; thirds are the traditional ones (旬) for months and rough ones elsewhere."""

    EARLY = "early"
    MIDDLE = "middle"
    LATE = "late"
    FIRST_HALF = "first half"
    SECOND_HALF = "second half"


class Relative(NamedTuple):
    """The unit that lies `offset` units from the present one: yesterday is `("day", -1)`.

    With `recent`, a stretch that has not begun yet gives way to the one before it: the end of the month, said
    on the 5th, is last month's; the answer is uncertain.
    """

    unit: Unit
    offset: int
    part: Part | None = None
    recent: bool = False


class Rolling(NamedTuple):
    """The last `size` units up to and including today, or the next ones when `size` is negative.

    With `skip`, the latest days are left out ("a few days ago").
    """

    unit: Unit
    size: int
    skip_days: int = 0
    vague: bool = False


class Weekday(NamedTuple):
    """A day of the week, Monday 0: in the week `week_offset` away, or the nearest one in a direction.

    `last` is the latest such day before today, `coming` the first from today on; no direction is the latest up
    to today, uncertain. `days` counts the days taken from there on, 2 for a weekend.
    """

    day: int
    week_offset: int | None = None
    direction: Direction | None = None
    days: int = 1


class Calendar(NamedTuple):
    """A named stretch of the calendar; fields that were not said are `None`.

    One of `month`, `month_offset`, `quarter`, `season` or none (the whole year, or the `day` of some month) is
    set. `season` counts spring 0 to winter 3 in the northern meteorological sense. `direction` picks the year
    when none is said: `coming` is the first that is not over, none the latest that has begun.
    """

    year: int | None = None
    year_offset: int | None = None
    month: int | None = None
    month_offset: int | None = None
    quarter: int | None = None
    season: int | None = None
    day: int | None = None
    week: int | None = None
    part: Part | None = None
    direction: Direction | None = None


class Nth(NamedTuple):
    """The `nth` weekday `day` (Monday 0) of the stretch that `within` names; -1 is its last."""

    day: int
    nth: int
    within: "Spec"


class Shifted(NamedTuple):
    """The day `steps` days, weeks, months or years from the first day of another expression: a week from Friday."""

    spec: "Spec"
    unit: Unit
    steps: int


class Between(NamedTuple):
    """From the beginning of one expression to the end of another; a year said once holds for both."""

    first: "Spec"
    last: "Spec"


class Bounded(NamedTuple):
    """An expression opened to one side: `before` it, `after` it, `since` it (till today), `until` its end."""

    kind: Literal["before", "after", "since", "until"]
    spec: "Spec"


Spec: TypeAlias = Relative | Rolling | Weekday | Calendar | Nth | Shifted | Between | Bounded
