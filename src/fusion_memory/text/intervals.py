"""How two intervals of time lie to each other: the words for it, and the days between them.

Why it exists: timelines and answers about order compare what was told, to the day or to the year, in one way.
Must not know: where the intervals come from, or the clock. Intervals are half-open, `[start, end)`; the relations
are those of Allen (1983), with "meets" counted as before and after, and starts, finishes as during and contains.
"""

from datetime import datetime
from typing import Final, Literal, NamedTuple, TypeAlias

RelationWord: TypeAlias = Literal["before", "after", "overlaps", "during", "contains", "equal"]

_DAY_SECONDS: Final = 86_400


class Interval(NamedTuple):
    """`[start, end)`, aware, `end` after `start`."""

    start: datetime
    end: datetime


def relation(first: Interval, second: Interval) -> RelationWord:
    """How the first interval lies to the second.

    Returns:
        before: it ends by the other's start. after: it starts at the other's end or later. equal: both ends are
        the same moments. during: it lies inside the other; contains: the other lies inside it. overlaps: neither
        lies inside the other, and they share some time.

    Raises:
        ValueError: an interval does not end after its start.
    """
    _check(first, second)
    word: RelationWord = "overlaps"
    if first.end <= second.start:
        word = "before"
    elif second.end <= first.start:
        word = "after"
    elif (first.start, first.end) == (second.start, second.end):
        word = "equal"
    elif second.start <= first.start and first.end <= second.end:
        word = "during"
    elif first.start <= second.start and second.end <= first.end:
        word = "contains"
    return word


def gap_days(first: Interval, second: Interval) -> float:
    """The days between the end of the earlier interval and the start of the later one; 0 if they touch or share.

    Raises:
        ValueError: an interval does not end after its start.
    """
    _check(first, second)
    gap = max(second.start.timestamp() - first.end.timestamp(), first.start.timestamp() - second.end.timestamp())
    return max(gap, 0.0) / _DAY_SECONDS


def _check(*intervals: Interval) -> None:
    if any(interval.end <= interval.start for interval in intervals):
        raise ValueError("an interval must end after its start")
