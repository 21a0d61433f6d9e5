"""The schedule with a simulated clock: what falls due becomes jobs once, through restarts and among workers."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.consolidation import tasks as register
from fusion_memory.consolidation.care import CareReport
from fusion_memory.core.errors import InvalidSetting
from fusion_memory.core.schedule_settings import CareSettings
from fusion_memory.core.settings import EncodingSettings, Settings
from fusion_memory.engine import job_kinds, scheduling
from fusion_memory.engine import jobs_calls as calls

ANA, BEN = Scope(user_id="ana"), Scope(user_id="ben")


class Later:
    """A clock that tests move."""

    def __init__(self, moment=datetime(2026, 3, 27, 12, tzinfo=UTC)):
        self.moment = moment

    def now(self):
        return self.moment

    def monotonic(self):
        return self.moment.timestamp()

    def sleep(self, **time):
        self.moment += timedelta(**time)


class Sweeping:
    """A care task that notes for whom it ran."""

    name = "sweeping"

    def __init__(self):
        self.ran = []

    def run(self, care, access):
        self.ran.append((care.clock.now(), access.scope.user_id))
        return CareReport({"swept": 1})


@pytest.fixture
def sweeping(monkeypatch):
    task = Sweeping()
    known = {**register.TASKS, task.name: task}
    for module in (job_kinds, calls):
        monkeypatch.setattr(module, "TASKS", known)
    return task


@pytest.fixture
def clock():
    return Later()


@pytest.fixture
def opened(tmp_path, clock):
    def open_(plan, preset="off", zone=""):
        care = CareSettings(preset=preset, schedule=plan, time_zone=zone)
        settings = Settings(care=care, encoding=EncodingSettings(mode="off"))
        return MemoryService(tmp_path / "memory.db", embedder=None, settings=settings, clock=clock)

    return open_


def test_a_task_runs_for_every_owner_at_each_moment_and_once_for_all_that_were_missed(opened, clock, sweeping):
    with opened("sweeping every 6h") as memory:
        memory.add("I like tea.", ANA)
        memory.add("I like tea.", BEN)
        worker = memory.worker()
        worker.once()
        assert sweeping.ran == [], "a new schedule begins with the moment that comes"
        clock.sleep(hours=6)
        worker.once()
        worker.once()
        assert sorted(user for _, user in sweeping.ran) == ["ana", "ben"]
        clock.sleep(days=30)
        worker.once()
        assert len(sweeping.ran) == 4


def test_a_restart_neither_skips_nor_doubles(opened, clock, sweeping):
    rng, moments = Random(1), set()
    with opened("sweeping daily 00:30,12:30") as memory:
        memory.add("I like tea.", ANA)
        memory.worker().once()
    start = clock.now()
    while clock.now() < start + timedelta(days=20):
        clock.sleep(minutes=rng.randint(1, 600))
        with opened("sweeping daily 00:30,12:30") as memory:
            for _ in range(rng.randint(1, 3)):
                memory.worker().once()
    at = start.replace(hour=0, minute=30)
    while at <= clock.now():
        moments |= {at} if at > start else set()
        at += timedelta(hours=12)
    assert len(sweeping.ran) == len(moments), "every moment was seen: no pause is as long as the time between two"


def test_two_workers_of_one_file_submit_each_moment_once(opened, clock, sweeping):
    with opened("sweeping every 1h") as one, opened("sweeping every 1h") as other:
        one.add("I like tea.", ANA)
        workers = [memory.worker(("schedule",)) for memory in (one, other)]
        for _ in range(24):
            for worker in workers:
                worker.scheduler.tick()
            clock.sleep(minutes=30)
        assert len(one.jobs(ANA).jobs) == 1, "what is open is not queued again"
        one.worker().once()
        clock.sleep(hours=1)
        assert sum(worker.scheduler.tick() for worker in workers) == 1


def test_what_waits_for_messages_counts_each_message_once_for_its_owner(opened, clock, sweeping):
    with opened("sweeping after 8 idle 2h") as memory:
        worker = memory.worker()
        for number in range(7):
            memory.add(f"I like tea {number}.", ANA)
            worker.once()
        memory.add("I like tea.", BEN)
        worker.once()
        assert sweeping.ran == []
        memory.add("I like tea 8.", ANA)
        worker.once()
        assert [user for _, user in sweeping.ran] == ["ana"]
        clock.sleep(minutes=119)
        worker.once()
        assert len(sweeping.ran) == 1
        clock.sleep(minutes=1)
        worker.once()
        assert [user for _, user in sweeping.ran] == ["ana", "ben"], "one message was left alone for two hours"
        clock.sleep(days=3)
        worker.once()
        assert len(sweeping.ran) == 2, "nothing new, nothing to do"


def test_a_task_that_follows_messages_runs_for_those_who_said_something(opened, clock, sweeping, monkeypatch):
    monkeypatch.setattr(scheduling, "FOLLOWS_MESSAGES", frozenset({"sweeping"}))
    with opened("sweeping every 1h") as memory:
        memory.add("I like tea.", ANA)
        memory.add("I like tea.", BEN)
        worker = memory.worker()
        for said in (None, "I like rum.", None):
            worker.once()
            clock.sleep(hours=1)
            if said:
                memory.add(said, BEN)
        worker.once()
        assert [user for _, user in sweeping.ran] == ["ana", "ben", "ben"]


def test_messages_that_come_while_the_task_is_queued_are_not_forgotten(opened, clock, sweeping):
    with opened("sweeping after 2") as memory:
        scheduler = memory.worker().scheduler
        memory.add(["one", "two"], ANA)
        assert scheduler.tick() == 1
        memory.add(["three", "four"], ANA)
        assert scheduler.tick() == 0
        memory.worker().once()
        assert len(sweeping.ran) == 2


def test_summer_time_moves_no_run(opened, clock, sweeping):
    with opened("sweeping daily 02:30", zone="Europe/Berlin") as memory:
        memory.add("I like tea.", ANA)
        worker = memory.worker()
        for _ in range(24 * 8):
            worker.once()
            clock.sleep(minutes=30)
        runs = [moment for moment, _ in sweeping.ran]
        assert len(runs) == 4
        assert [f"{moment:%d %H:%M}" for moment in runs] == ["28 01:30", "29 01:30", "30 00:30", "31 00:30"]


def test_a_clock_that_was_wrong_for_a_while_does_not_stop_the_schedule(opened, clock, sweeping):
    with opened("sweeping every 1h") as memory:
        memory.add("I like tea.", ANA)
        worker = memory.worker()
        worker.once()
        clock.sleep(days=365)
        worker.once()
        clock.sleep(days=-365)
        worker.once()
        before = len(sweeping.ran)
        clock.sleep(hours=1)
        worker.once()
        assert len(sweeping.ran) == before + 1


def test_the_schedule_says_what_ran_and_what_will(opened, clock, sweeping):
    with opened("sweeping daily 03:00; nonsense every 1h; sweeping after 5") as memory:
        memory.add("I like tea.", ANA)
        memory.worker().once()
        clock.sleep(days=1)
        memory.worker().once()
        daily, unknown, waiting = memory.care_schedule()
        assert (daily.last_at, daily.next_at) == (
            datetime(2026, 3, 28, 3, tzinfo=UTC),
            datetime(2026, 3, 29, 3, tzinfo=UTC),
        )
        assert (unknown.available, unknown.next_at) == (False, None)
        assert (waiting.when, waiting.next_at) == ("after 5", None)


def test_off_means_off(opened, clock):
    with opened("") as memory:
        memory.add("I like tea.", ANA)
        clock.sleep(days=100)
        assert memory.care_schedule() == ()
        assert memory.worker().once() == {}


@pytest.mark.parametrize("zone", ["Mars/Olympus", "+99:99", "../../etc/passwd", "+"])
def test_an_unknown_zone_is_refused_when_a_worker_is_wanted(opened, zone):
    with opened("sweeping daily 03:00", zone=zone) as memory, pytest.raises(InvalidSetting, match="time zone"):
        memory.worker()
