"""Two intervals of time: which comes first, and how far apart they are."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.text.intervals import Interval, gap_days, relation


def days(first: int, last: int) -> Interval:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    return Interval(start + timedelta(days=first), start + timedelta(days=last))


@pytest.mark.parametrize(
    ("first", "second", "word", "gap"),
    [
        (days(0, 1), days(3, 4), "before", 2),
        (days(0, 1), days(1, 2), "before", 0),
        (days(5, 6), days(0, 2), "after", 3),
        (days(0, 2), days(1, 3), "overlaps", 0),
        (days(1, 3), days(0, 2), "overlaps", 0),
        (days(1, 2), days(0, 3), "during", 0),
        (days(0, 2), days(0, 3), "during", 0),
        (days(0, 3), days(1, 2), "contains", 0),
        (days(0, 3), days(1, 3), "contains", 0),
        (days(0, 3), days(0, 3), "equal", 0),
    ],
)
def test_relations_and_gaps(first, second, word, gap):
    assert relation(first, second) == word
    assert gap_days(first, second) == gap


def test_zones_do_not_matter():
    shanghai = Interval(*(datetime.fromisoformat(f"2026-03-0{day}T00:00:00+08:00") for day in (1, 2)))
    greenwich = Interval(*(datetime.fromisoformat(f"2026-0{day}T16:00:00+00:00") for day in ("2-28", "3-01")))
    assert relation(shanghai, greenwich) == "equal"


def test_an_interval_must_have_a_length():
    with pytest.raises(ValueError, match="end after its start"):
        relation(days(1, 1), days(0, 2))


OPPOSITE = {
    "before": "after",
    "after": "before",
    "overlaps": "overlaps",
    "during": "contains",
    "contains": "during",
    "equal": "equal",
}
INTERVALS = st.tuples(st.integers(-20, 20), st.integers(1, 20)).map(lambda pair: days(pair[0], pair[0] + pair[1]))


@given(INTERVALS, INTERVALS)
def test_the_other_way_round_is_the_opposite(first, second):
    assert relation(second, first) == OPPOSITE[relation(first, second)]
    assert gap_days(first, second) == gap_days(second, first)
    assert gap_days(first, second) == 0 or relation(first, second) in ("before", "after")
