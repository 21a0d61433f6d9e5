from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.core.clock import SystemClock, from_ms, parse_time, to_ms
from fusion_memory.core.errors import InvalidTime
from fusion_memory.core.ids import RandomIds

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


@given(st.datetimes(timezones=st.just(UTC)))
def test_milliseconds_survive_the_round_trip(moment):
    assert from_ms(to_ms(moment)) == moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@pytest.mark.parametrize(
    "given_time",
    [
        NOON,
        datetime(2026, 3, 14, 12),  # noqa: DTZ001 (a time without zone counts as UTC)
        "2026-03-14T12:00:00Z",
        "2026-03-14T13:00:00+01:00",
        " 2026-03-14 12:00 ",
        NOON.astimezone(timezone(timedelta(hours=8))),
    ],
)
def test_times_are_read_as_utc(given_time):
    assert parse_time(given_time) == NOON


@pytest.mark.parametrize("bad", ["soon", "", "2026-13-40", 12345, ["2026"]])
def test_what_is_no_time_is_refused(bad):
    with pytest.raises(InvalidTime):
        parse_time(bad)


def test_no_time_stays_none():
    assert parse_time(None) is None


def test_ids_sort_by_time_and_do_not_repeat():
    ids = RandomIds()
    made = [ids.new("mem", NOON + timedelta(milliseconds=i)) for i in range(500)]
    assert made == sorted(made)
    assert len(set(made)) == 500
    assert all(len(one) == len("mem_") + 26 for one in made)


def test_the_system_clock_is_in_utc_and_moves_on():
    clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.monotonic() <= clock.monotonic()
