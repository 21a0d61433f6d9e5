"""When tasks run: each moment of the calendar once, whatever clocks do; and the language of plans."""

import itertools
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.core.backoff import FIRST_S, LONGEST_S, delay
from fusion_memory.core.care_presets import PRESETS, entries_of
from fusion_memory.core.errors import InvalidSetting
from fusion_memory.core.schedules import AfterMessages, Daily, Every, is_due

BERLIN, CST = ZoneInfo("Europe/Berlin"), timezone(timedelta(hours=8))
ZONES = {"UTC": UTC, "+08:00": CST, "Europe/Berlin": BERLIN}
FIRST, LAST = datetime(2025, 1, 1), datetime(2027, 12, 31)  # noqa: DTZ001 (hypothesis adds the zone)
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
DAILY = st.builds(
    Daily,
    st.sets(st.times().map(lambda at: at.replace(microsecond=0)), min_size=1, max_size=5).map(
        lambda s: tuple(sorted(s))
    ),
    st.sampled_from([UTC, BERLIN, CST, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")]),
    st.integers(1, 9),
)
TRIGGERS = DAILY | st.builds(Every, st.timedeltas(timedelta(seconds=10), timedelta(days=20)))


@given(TRIGGERS, MOMENTS)
def test_the_latest_moment_and_the_one_that_follows_enclose_now(trigger, now):
    latest, following = trigger.latest(now), trigger.following(now)
    assert latest <= now < following
    assert trigger.latest(following) == following
    assert trigger.following(latest) == following


@given(TRIGGERS, MOMENTS, st.lists(st.timedeltas(timedelta(0), timedelta(days=3)), max_size=30))
def test_however_often_and_late_one_looks_no_moment_runs_twice_and_missed_ones_run_once(trigger, now, pauses):
    last, runs, missed = trigger.latest(now), [], 0
    for pause in pauses:
        before, now = now, now + pause
        missed += trigger.latest(now) > trigger.latest(before)
        due = is_due(trigger, last, now)
        if due is not None:
            assert last < due <= now
            runs.append(due)
            last = due
    assert len(set(runs)) == len(runs) == missed


@pytest.mark.parametrize(
    ("day", "runs"),
    [
        (date(2026, 3, 29), ["00:30", "01:30", "02:00"]),  # 02:30 does not exist: it is 03:30 summer time
        (date(2026, 10, 25), ["22:30", "00:30", "02:00"]),  # 02:30 exists twice: the first one counts
        (date(2026, 6, 1), ["22:30", "00:30", "01:00"]),
    ],
)
def test_every_time_of_a_day_comes_once_also_when_clocks_change(day, runs):
    trigger = Daily((time(0, 30), time(2, 30), time(3)), BERLIN)
    now, seen = datetime.combine(day, time(), tzinfo=BERLIN).astimezone(UTC) - timedelta(microseconds=1), []
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=BERLIN)
    while (now := trigger.following(now)) < end:
        seen.append(now)
    assert len(seen) == 3
    if day.month == 6:
        assert [f"{moment:%H:%M}" for moment in seen] == runs


def test_every_second_day_is_every_second_day_across_months_and_years():
    trigger = Daily((time(3),), CST, 2)
    now = datetime(2026, 1, 27, tzinfo=UTC)
    moments = [now := trigger.following(now) for _ in range(400)]
    assert {later - earlier for earlier, later in itertools.pairwise(moments)} == {timedelta(days=2)}
    assert {moment.astimezone(CST).time() for moment in moments} == {time(3)}


def test_the_presets_keep_the_rhythm_of_their_systems():
    by_name = {name: {e.task: e.trigger for e in entries_of(name, "", ZONES)} for name in PRESETS}
    five = by_name["vector-mind"]["resolver"]
    assert five == Daily((time(7), time(11), time(15), time(19), time(23)), CST)
    assert by_name["vector-mind"]["condensation"] == Daily((time(0, 30),), CST)
    assert by_name["vector-mind"]["closure"] == Daily((time(3),), CST, 2)
    assert by_name["openclaw"]["condensation"] == AfterMessages(8, timedelta(hours=2))
    assert by_name["memos"]["condensation"] == AfterMessages(4)
    assert by_name["memori"]["promotion"] == Every(timedelta(hours=6))
    assert by_name["memori"]["backup"] == Daily((time(3),), UTC, 7)
    assert by_name["off"] == {}
    assert all("housekeeping" in found for name, found in by_name.items() if name != "off")


def test_a_plan_replaces_what_the_preset_says_of_its_tasks_and_leaves_the_rest():
    plain = {e.task: e.when for e in entries_of("default", "", ZONES)}
    mine = entries_of(
        "default", "promotion every 2h;promotion daily 03:00; compaction  off", ZONES, "Europe/Berlin"
    )
    assert [e.when for e in mine if e.task == "promotion"] == ["every 2h", "daily 03:00"]
    assert next(e.trigger for e in mine if e.when == "daily 03:00") == Daily((time(3),), BERLIN)
    assert {e.task for e in mine} == plain.keys() - {"compaction"}


@pytest.mark.parametrize(
    "plan",
    [
        "promotion",
        "promotion every",
        "promotion every 6",
        "promotion every 0h",
        "promotion every 5s",
        "promotion every 99999999999999999999h",
        "promotion daily 25:00",
        "promotion daily 24:00",
        "promotion daily 3:00",
        "promotion daily 03:00 /0",
        "promotion daily 03:00 /400",
        "promotion after 0",
        "promotion after 0 idle 0h",
        "promotion after x",
        "Promotion every 6h",
        "promotion on Mondays",
        "每天 every 6h",
    ],
)
def test_what_is_no_entry_is_refused_with_one_that_is(plan):
    with pytest.raises(InvalidSetting, match="is no entry") as refused:
        entries_of("default", plan, ZONES)
    assert "every 6h" in refused.value.fix


def test_an_unknown_preset_is_refused_with_those_there_are():
    with pytest.raises(InvalidSetting) as refused:
        entries_of("hourly", "", ZONES)
    assert "vector-mind" in refused.value.fix


@given(st.integers(1, 100), st.text())
def test_waits_grow_up_to_a_bound_and_differ_between_jobs(attempts, key):
    whole = min(FIRST_S * 2 ** (attempts - 1), LONGEST_S)
    assert whole / 2 <= delay(attempts, key).total_seconds() <= whole
    assert delay(attempts, key) == delay(attempts, key)


def test_jobs_that_failed_together_do_not_come_back_together():
    waits = {delay(3, f"job_{number}") for number in range(100)}
    assert len(waits) == 100
