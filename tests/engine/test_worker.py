"""The worker: queued work is done, failures are tried again and then given up, and it ends without losing any."""

import threading
from datetime import timedelta

import pytest
from test_scheduling import ANA, BEN, Later

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import AccessDenied, EmbeddingFailed, InvalidOption, NotFound
from fusion_memory.core.jobs import JobState
from fusion_memory.core.schedule_settings import CareSettings
from fusion_memory.core.scope import Action, Bounds, Principal
from fusion_memory.core.service_errors import BadCursor, Conflicting
from fusion_memory.core.settings import EncodingSettings, Settings
from fusion_memory.engine import job_kinds, job_running
from fusion_memory.engine.job_kinds import JobKind
from fusion_memory.testing.embedder import HashingEmbedder

QUIET = CareSettings(preset="off", attempts=3)


@pytest.fixture
def clock():
    return Later()


@pytest.fixture
def memory(tmp_path, clock):
    with MemoryService(tmp_path / "memory.db", embedder=None, settings=Settings(care=QUIET), clock=clock) as opened:
        yield opened


@pytest.fixture
def kind(monkeypatch):
    """Plants a kind of job, ``probe``, that does what the test says."""

    def plant(work):
        known = {**job_kinds.KINDS, "probe": JobKind(lambda _parts, _settings, running: work(running))}
        monkeypatch.setattr(job_kinds, "KINDS", known)

    return plant


def test_a_submitted_job_is_done_once_and_says_what_it_did(memory):
    memory.add("I like tea.", ANA)
    job = memory.submit_job("rebuild", ANA)
    assert (job.state, job.attempts, job.principal) == (JobState.QUEUED, 0, "local")
    assert memory.submit_job("rebuild", ANA).id == job.id, "the same is open already"
    assert memory.worker().once() == {"rebuild.done": 1}
    done = memory.job(job.id, ANA)
    assert (done.state, done.counts["memories"], done.attempts) == (JobState.DONE, 1, 1)
    assert memory.worker().once() == {}
    assert memory.submit_job("rebuild", ANA).id != job.id


def test_a_failure_is_tried_again_later_and_given_up_with_its_reason(memory, clock, kind):
    def fail(_running):
        raise EmbeddingFailed("secret words of the user")

    kind(fail)
    job = memory.submit_job("probe", ANA)
    for attempt in (1, 2):
        assert memory.worker().once() == {"probe.retried": 1}
        found = memory.job(job.id, ANA)
        assert (found.state, found.attempts, found.reason) == (JobState.QUEUED, attempt, "embedding_failed")
        assert memory.worker().once() == {}, "not before its time"
        clock.moment = found.available_at
    assert memory.worker().once() == {"probe.failed": 1}
    dead = memory.job(job.id, ANA)
    assert (dead.state, dead.reason) == (JobState.DEAD, "embedding_failed")
    assert "secret" not in repr(memory.jobs(ANA))
    again = memory.retry_job(job.id, ANA)
    assert (again.state, again.attempts) == (JobState.QUEUED, 0)


def test_what_another_try_does_not_change_is_given_up_at_once(memory, kind):
    def fail(_running):
        raise InvalidOption("There is no such thing.")

    kind(fail)
    memory.submit_job("probe", ANA)
    assert memory.worker().once() == {"probe.failed": 1}


def test_a_defect_of_a_job_stops_no_other(memory, kind):
    def fail(_running):
        raise ZeroDivisionError

    kind(fail)
    memory.add("I like tea.", ANA)
    broken, fine = memory.submit_job("probe", ANA), memory.submit_job("rebuild", ANA)
    memory.worker().once()
    assert memory.job(broken.id, ANA).reason == "ZeroDivisionError"
    assert memory.job(fine.id, ANA).state is JobState.DONE


def test_a_job_may_finish_in_the_transaction_of_its_work(memory, kind):
    def count(running):
        parts = memory._parts
        with parts.database.write() as tx:
            running.finish_with(tx, {"counted": 1})
        return {}

    kind(count)
    job = memory.submit_job("probe", ANA)
    memory.worker().once()
    assert (memory.job(job.id, ANA).state, memory.job(job.id, ANA).counts) == (JobState.DONE, {"counted": 1})


def test_a_cancelled_job_stops_at_its_next_step_and_its_work_is_rolled_back(memory, kind):
    def work(running):
        memory.cancel_job(running.claimed.job_id, ANA)
        with memory._parts.database.write() as tx:
            running.finish_with(tx, {"counted": 1})
        return {}

    kind(work)
    job = memory.submit_job("probe", ANA)
    assert memory.worker().once() == {"probe.lost": 1}
    assert memory.job(job.id, ANA).state is JobState.CANCELLED


def test_a_worker_that_is_told_to_end_gives_back_what_it_cannot_finish(memory, kind):
    def work(running):
        mine.end()
        running.step(done=1)
        return {}

    kind(work)
    mine = memory.worker()
    job = memory.submit_job("probe", ANA)
    mine.run()
    found = memory.job(job.id, ANA)
    assert (found.state, found.attempts, found.reason) == (JobState.QUEUED, 0, None)


def test_a_lease_is_kept_while_the_job_runs(memory, kind, clock, monkeypatch):
    monkeypatch.setattr(job_running, "BEATS_PER_LEASE", 2_000)
    beaten = threading.Event()

    def work(running):
        first = memory._parts.clock.now()
        clock.sleep(seconds=50)
        while not beaten.wait(0.01):
            with memory._parts.database.read() as tx:
                row = tx._connection.execute("SELECT lease_until, done FROM jobs").fetchone()
            if row[0] >= (first + timedelta(seconds=110)).timestamp() * 1_000 and row[1] == 7:
                beaten.set()
            running.step(done=7, total=9)
        return {}

    kind(work)
    job = memory.submit_job("probe", ANA)
    assert memory.worker().once() == {"probe.done": 1}
    assert memory.job(job.id, ANA).total == 9


def test_the_thread_wakes_up_for_what_this_and_another_service_queue(tmp_path):
    settings = Settings(care=QUIET)
    with (
        MemoryService(tmp_path / "memory.db", embedder=None, settings=settings) as one,
        MemoryService(tmp_path / "memory.db", embedder=None, settings=settings) as other,
    ):
        one.add("I like tea.", ANA)
        one.start_worker()
        one.start_worker()
        assert sum(thread.name == "fusion-memory-worker" for thread in threading.enumerate()) == 1
        for service in (one, other):
            job = service.submit_job("rebuild", ANA)
            pause = threading.Event()
            for _ in range(1_000):
                if service.job(job.id, ANA).state is JobState.DONE:
                    break
                pause.wait(0.02)
            assert service.job(job.id, ANA).state is JobState.DONE
        thread = one._opened.worker
    assert not thread.alive


def test_the_worker_catches_up_what_an_add_left_due(tmp_path, clock):
    settings = Settings(care=QUIET, encoding=EncodingSettings(mode="offline"))
    path = tmp_path / "memory.db"
    with MemoryService(path, embedder=None, settings=settings, clock=clock) as memory:
        memory.add("I live in Porto.", ANA)
    with MemoryService(path, embedder=HashingEmbedder(32), settings=settings, clock=clock) as memory:
        assert memory.worker().once() == {}, "it is left to who added it for a moment"
        clock.sleep(seconds=10)
        assert memory.worker(("embed",)).once() == {"embed.processed": 1}
        assert memory.worker().once() == {"extract.processed": 1}
        assert [fact.object for fact in memory.facts(ANA)] == ["Porto"]


def test_only_the_kinds_that_are_named_are_done(memory):
    memory.submit_job("rebuild", ANA)
    assert memory.worker(("care", "backup")).once() == {}
    with pytest.raises(InvalidOption, match="kind of work 'nonsense'"):
        memory.worker(("nonsense",))


def test_jobs_are_listed_page_by_page_and_only_to_their_owner(memory):
    memory.add("I like tea.", ANA)
    for _ in range(5):
        memory.submit_job("rebuild", ANA)
        memory.worker().once()
    foreign = memory.submit_job("rebuild", BEN)
    first = memory.jobs(ANA, limit=3)
    rest = memory.jobs(ANA, limit=3, cursor=first.cursor)
    ids = [job.id for job in (*first.jobs, *rest.jobs)]
    assert (len(ids), len(set(ids)), rest.cursor) == (5, 5, None)
    assert foreign.id not in ids
    assert [job.id for job in memory.jobs(state="queued").jobs] == [foreign.id]
    for call in (memory.job, memory.cancel_job, memory.retry_job):
        with pytest.raises(NotFound):
            call(foreign.id, ANA)
    with pytest.raises(Conflicting):
        memory.cancel_job(ids[0], ANA)
    for cursor in ("", "x", "j", "j-1", "j1.5", "j" + "9" * 30, "j１"):
        with pytest.raises(BadCursor):
            memory.jobs(ANA, cursor=cursor)
    with pytest.raises(InvalidOption, match="state"):
        memory.jobs(ANA, state="asleep")


@pytest.mark.parametrize(
    ("kind_", "scope", "options"),
    [
        ("nonsense", ANA, {}),
        ("rebuild", None, {}),
        ("reindex", ANA, {}),
        ("care", ANA, {}),
        ("care", ANA, {"task": "nonsense"}),
        ("rebuild", ANA, {"path": "/etc/passwd"}),
    ],
)
def test_what_is_no_job_is_refused_when_it_is_submitted(memory, kind_, scope, options):
    with pytest.raises(InvalidOption):
        memory.submit_job(kind_, scope, options)
    assert memory.jobs().jobs == ()


def test_rights_are_asked_when_work_is_submitted(memory):
    reader = memory.acting_as(Principal("reader", frozenset({Action.READ})))
    tenant = memory.acting_as(Principal("tenant", within=Bounds(workspace_id="acme")))
    job = memory.submit_job("rebuild", ANA)
    for call in (
        lambda: reader.submit_job("rebuild", ANA),
        lambda: reader.cancel_job(job.id, ANA),
        reader.jobs,
        lambda: reader.jobs(Scope(workspace_id="*")),
        reader.start_worker,
        lambda: tenant.submit_job("reindex"),
        tenant.jobs,
        lambda: tenant.job(job.id, ANA),
        lambda: tenant.run_care("housekeeping"),
        tenant.care_schedule,
    ):
        with pytest.raises(AccessDenied):
            call()
    assert reader.job(job.id, ANA).id == job.id


def test_care_runs_now_when_a_person_asks(memory, clock):
    memory.add("I like tea.", ANA)
    memory.submit_job("rebuild", ANA)
    memory.worker().once()
    clock.sleep(days=15)
    (job,) = memory.run_care("housekeeping")
    assert (job.state, job.counts) == (JobState.DONE, {"counters": 0, "jobs": 1, "requests": 0})
    assert memory.jobs(ANA).jobs == ()
    with pytest.raises(InvalidOption, match="whole database"):
        memory.run_care("housekeeping", ANA)
    with pytest.raises(InvalidOption, match="no care task"):
        memory.run_care("nonsense")
    assert "housekeeping" in memory.care_tasks()


def test_a_backup_is_verified_and_the_latest_few_stay(memory, clock, tmp_path):
    for _ in range(6):
        (job,) = memory.run_care("backup")
        assert job.state is JobState.DONE
        clock.sleep(days=7)
    assert len(list((tmp_path / "backups").iterdir())) == 4


def test_off_leaves_the_work_to_others(tmp_path):
    for mode, alive in (("off", False), ("auto", False), ("on", True)):
        settings = Settings(care=CareSettings(worker=mode, preset="off"))
        with MemoryService(tmp_path / f"{mode}.db", embedder=None, settings=settings) as memory:
            if mode == "off":
                memory.start_worker()
            assert (memory._opened.worker is not None and memory._opened.worker.alive) is alive
