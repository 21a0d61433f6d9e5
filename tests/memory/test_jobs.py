"""Jobs: claimed by one worker at a time, finished under its fence or not at all; work on events the same."""

import json
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from fusion_memory.core.jobs import JobState
from fusion_memory.core.scope import Access, Action, Principal, Scope
from fusion_memory.ingestion.encode import EncoderOptions
from fusion_memory.memory import jobs, outbox
from fusion_memory.memory.jobs import LAST, NewJob
from fusion_memory.storage.connect import open_database
from fusion_memory.testing.notebook import Notebook
from fusion_memory.testing.reader import claim as told

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LEASE = timedelta(seconds=60)
ANA = Access(Principal.local(), Scope(user_id="ana"), Action.WRITE)
BEN = Access(Principal.local(), Scope(user_id="ben"), Action.WRITE)
ALL = Access(Principal.local(), Scope(workspace_id="*"), Action.ADMIN)
KINDS = ["rebuild", "care"]


@pytest.fixture
def database(tmp_path):
    opened = open_database(tmp_path / "memory.db")
    yield opened
    opened.close()


def submit(database, name, access=ANA, **options):
    with database.write() as tx:
        return jobs.submit(tx, access, NewJob(name, options.pop("kind", "rebuild"), **options), NOW)


def claim(database, after=0.0, worker="w", kinds=KINDS):
    at = NOW + timedelta(seconds=after)
    with database.write() as tx:
        return jobs.claim(tx, worker, kinds, at, at + LEASE)


def state(database, name):
    with database.read() as tx:
        return jobs.find(tx, name).state


def test_the_job_that_waited_longest_is_claimed_first_and_by_one_only(database):
    assert [submit(database, name) for name in ("one", "two")] == ["one", "two"]
    first, second = claim(database), claim(database)
    assert (first.job_id, second.job_id, claim(database)) == ("one", "two", None)
    assert (first.scope, first.attempts, first.fence) == (ANA.scope, 1, 1)
    assert state(database, "one") is JobState.RUNNING


def test_of_equal_open_jobs_of_an_owner_there_is_one(database):
    assert submit(database, "one", key="k") == "one"
    assert submit(database, "two", key="k") is None
    assert submit(database, "three", BEN, key="k") == "three"
    assert submit(database, "four", ALL, key="k") == "four"
    assert submit(database, "five", ALL, key="k") is None
    held = claim(database)
    assert submit(database, "six", key="k") is None, "also while it runs"
    with database.write() as tx:
        assert jobs.finish(tx, held, {}, NOW)
        assert jobs.open_of_key(tx, ANA, "k") is None
    assert submit(database, "seven", key="k") == "seven"


def test_a_silent_worker_is_taken_over_and_can_then_change_nothing(database):
    submit(database, "one")
    slow = claim(database)
    assert claim(database, after=59) is None
    quick = claim(database, after=60, worker="other")
    assert (quick.job_id, quick.fence, quick.attempts) == ("one", 2, 2)
    with database.write() as tx:
        assert not jobs.beat(tx, slow, NOW + LEASE)
        assert not jobs.finish(tx, slow, {"claims": 1}, NOW)
        assert not jobs.put_off(tx, slow, "error", NOW)
        assert not jobs.bury(tx, slow, "error", NOW)
        assert not jobs.release(tx, slow, NOW)
        assert jobs.finish(tx, quick, {"claims": 2}, NOW)
        assert not jobs.finish(tx, quick, {"claims": 3}, NOW)
    with database.read() as tx:
        found = jobs.find(tx, "one")
    assert (found.state, found.counts, found.attempts) == (JobState.DONE, {"claims": 2}, 2)


def test_a_heart_that_beats_keeps_the_job(database):
    submit(database, "one")
    held = claim(database)
    with database.write() as tx:
        assert jobs.beat(tx, held, NOW + timedelta(seconds=120), done=3, total=9)
    assert claim(database, after=119) is None
    with database.read() as tx:
        assert (jobs.find(tx, "one").done, jobs.find(tx, "one").total) == (3, 9)


def test_a_job_that_kills_its_workers_is_given_up(database):
    submit(database, "one", max_attempts=2)
    assert claim(database) is not None
    assert claim(database, after=60) is not None
    assert claim(database, after=120) is None
    with database.read() as tx:
        found = jobs.find(tx, "one")
    assert (found.state, found.reason) == (JobState.DEAD, "abandoned")


def test_what_failed_waits_and_what_was_given_back_was_not_begun(database):
    submit(database, "one")
    held = claim(database)
    with database.write() as tx:
        jobs.put_off(tx, held, "model_timeout", NOW + timedelta(seconds=30))
    assert claim(database, after=29) is None
    held = claim(database, after=30)
    assert held.attempts == 2
    with database.write() as tx:
        jobs.release(tx, held, NOW)
    assert claim(database).attempts == 2


def test_persons_cancel_and_try_again(database):
    submit(database, "one", key="k")
    held = claim(database)
    with database.write() as tx:
        assert jobs.cancel(tx, "one", NOW)
        assert not jobs.cancel(tx, "one", NOW)
        assert not jobs.finish(tx, held, {}, NOW), "the worker learns that it is not its job any more"
        assert jobs.retry(tx, "one", NOW)
    held = claim(database)
    assert held.attempts == 1
    with database.write() as tx:
        assert not jobs.retry(tx, "one", NOW), "it runs"
        jobs.bury(tx, held, "storage", NOW)
    submit(database, "two", key="k")
    with database.write() as tx:
        assert not jobs.retry(tx, "one", NOW), "the same is queued already"
    assert state(database, "one") is JobState.DEAD


def test_only_the_kinds_that_are_wanted_are_claimed(database):
    submit(database, "one", kind="care")
    submit(database, "two", kind="backup")
    assert claim(database, kinds=["rebuild"]) is None
    assert claim(database, kinds=["backup", "rebuild"]).job_id == "two"


def test_an_owner_sees_its_own_jobs_page_by_page_and_a_narrower_scope_those_asked_there(database):
    for number in range(5):
        submit(database, f"a{number}")
    submit(database, "b", BEN)
    submit(database, "all", ALL)
    narrow = Access(ANA.principal, Scope(user_id="ana", session_id="s"), Action.WRITE)
    submit(database, "narrow", narrow)
    with database.read() as tx:
        first = jobs.page(tx, ANA, None, None, LAST, 4)
        rest = jobs.page(tx, ANA, None, None, first[-1].job_no, 4)
        assert [row.job.id for row in (*first, *rest)] == ["narrow", "a4", "a3", "a2", "a1", "a0"]
        assert len(jobs.page(tx, ALL, None, None, LAST, 10)) == 8
        assert jobs.page(tx, ALL, JobState.DONE, None, LAST, 10) == []
        own = [jobs.find(tx, name) for name in ("a0", "narrow", "b", "all")]
    assert [jobs.shown(ANA, job) for job in own] == [True, True, False, False]
    assert [jobs.shown(narrow, job) for job in own] == [False, True, False, False]
    assert all(jobs.shown(ALL, job) for job in own)


def test_old_jobs_are_dropped_and_open_ones_never(database):
    for name, access in (("one", ANA), ("two", BEN), ("open", ANA)):
        submit(database, name, access)
    for _ in range(2):
        held = claim(database)
        with database.write() as tx:
            jobs.finish(tx, held, {}, NOW)
    later = NOW + timedelta(days=20)
    with database.write() as tx:
        assert jobs.prune(tx, ANA, NOW) == 0
        assert jobs.prune(tx, ANA, later) == 1
        assert jobs.prune(tx, ALL, later) == 1
    assert state(database, "open") is JobState.QUEUED


def test_many_workers_of_one_file_do_each_job_once(tmp_path):
    """The effect is written in the transaction that finishes the job, as a worker does."""
    path, count = tmp_path / "memory.db", 60
    with_jobs = open_database(path)
    with with_jobs.write() as tx:
        for number in range(count):
            jobs.submit(tx, ANA, NewJob(f"job_{number}", "rebuild"), NOW)
    together, done = Barrier(4), []

    def work(name):
        own = open_database(path)
        together.wait(30)
        while (held := claim(own, worker=name)) is not None:
            with own.write() as tx:
                assert jobs.finish(tx, held, {"by": int(name)}, NOW)
            done.append(held.job_id)
        own.close()

    threads = [Thread(target=work, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == sorted(f"job_{number}" for number in range(count))
    with with_jobs.read() as tx:
        assert jobs.counts(tx) == {"queued": 0, "running": 0, "done": count, "dead": 0, "cancelled": 0}
    with_jobs.close()


def test_a_payload_holds_what_it_was_given_and_no_more(database):
    submit(database, "one", kind="care", options={"task": "housekeeping"})
    with database.read() as tx:
        row = tx._connection.execute("SELECT scope, payload, principal FROM jobs").fetchone()
    assert [json.loads(row[0]), json.loads(row[1]), row[2]] == [
        {"user_id": "ana"},
        {"task": "housekeeping"},
        "local",
    ]


class TestWorkOnEvents:
    """The outbox: what one worker has claimed, another one leaves alone until the lease runs out."""

    @pytest.fixture
    def book(self, tmp_path):
        book = Notebook(tmp_path / "memory.db", options=EncoderOptions(mode="offline"))
        yield book
        book.close()

    def claimed(self, book, after=0.0, grace=0.0):
        at = book.clock.now() + timedelta(seconds=after)
        young = timedelta(seconds=grace)
        return outbox.claim(
            book.database, lambda tx: outbox.due(tx, at, 10, outbox.EXTRACT, young), at, timedelta(seconds=60)
        )

    def test_claimed_work_is_left_alone_until_the_lease_runs_out(self, book):
        book.say("I like tea")
        (first,) = self.claimed(book)
        assert self.claimed(book, after=59) == []
        (second,) = self.claimed(book, after=60)
        assert (second.job_no, second.fence) == (first.job_no, first.fence + 1)
        with book.database.write() as tx:
            assert outbox.renew(tx, [first], book.clock.now()) == []
            outbox.release(tx, [first])
        assert self.claimed(book, after=61) == [], "who lost the lease cannot give it back"
        with book.database.write() as tx:
            outbox.release(tx, [second])
        assert len(self.claimed(book, after=61)) == 1

    def test_of_two_that_saw_the_same_work_one_gets_it(self, book):
        book.say("I like tea")
        now = book.clock.now()
        with book.database.read() as tx:
            seen = outbox.due(tx, now, 10, outbox.EXTRACT)
        assert [len(outbox.claim(book.database, lambda _tx: seen, now)) for _ in range(2)] == [1, 0]

    def test_what_was_just_added_is_left_to_who_added_it(self, book):
        book.say("I like tea")
        assert self.claimed(book, after=9, grace=10) == []
        assert len(self.claimed(book, after=10, grace=10)) == 1

    def test_work_done_twice_is_written_once(self, book):
        book.say("I like tea", told("likes", "tea"))
        with book.database.read() as tx:
            due = outbox.due(tx, book.clock.now(), 10, outbox.EXTRACT)
        batches = [book.encoder.read(due) for _ in range(2)]
        for batch in batches:
            with book.database.write() as tx:
                book.encoder.write(tx, batch)
        assert [fact.times_seen for fact in book.facts()] == [1]
        assert book.report().balanced
