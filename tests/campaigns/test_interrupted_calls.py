"""A call that ends between any two of its steps leaves all or nothing, and repeating it makes it whole."""

from __future__ import annotations

from contextlib import contextmanager, suppress

import pytest
from faults import ANA, refused, trial

from fusion_memory.core.errors import StorageError
from fusion_memory.ingestion import commit, embed, pipeline
from fusion_memory.memory import audit, erasure, events, outbox, owners, spaces, spans, traces
from fusion_memory.storage.sqlite.keyword import SqliteKeywordIndex
from fusion_memory.storage.sqlite.transaction import SqliteTransaction
from fusion_memory.storage.sqlite.vectors import SqliteVectorIndex
from fusion_memory.testing.embedder import HashingEmbedder
from fusion_memory.testing.workload import as_message, read_back

pytestmark = pytest.mark.campaign

TEXTS = ["The violin is in the blue case.", "小提琴在蓝色的盒子里。", "We moved the piano. " * 40]
STEPS = (
    (pipeline, "turns"),
    (pipeline, "require_text"),
    (pipeline, "prepare"),
    (commit, "segment"),
    (commit, "keyword_terms"),
    (owners, "ensure"),
    (events, "append"),
    (spans, "append"),
    (SqliteKeywordIndex, "put"),
    (outbox, "enqueue"),
    (audit, "record"),
    (pipeline, "commit"),
    (outbox, "of_events"),
    (spaces, "find"),
    (spaces, "ensure"),
    (spaces, "missing_of_events"),
    (embed, "passage_text"),
    (HashingEmbedder, "embed_passages"),
    (SqliteVectorIndex, "put"),
    (outbox, "finish"),
)
"""The write path in order. An interruption may come before and after each of them."""

ERASING = (
    (erasure, "reach"),
    (SqliteKeywordIndex, "remove"),
    (events, "erase"),
    (traces, "erase_mentioning"),
    (audit, "record"),
    (erasure, "erase"),
)


class Interruption(BaseException):
    """The process is going down, or somebody pressed Ctrl-C."""


@contextmanager
def interrupted(place, name, *, after):
    """A step that interrupts the call before or after its work; yields how often it was reached."""
    sound, reached = getattr(place, name), []

    def step(*args, **kwargs):
        reached.append(name)
        if after:
            sound(*args, **kwargs)
        raise Interruption(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, name, step)
        yield reached


@contextmanager
def interrupted_at_statement(nth):
    """The nth statement of all interrupts its call after it was executed; yields how many there were."""
    counted = []

    def counting(method):
        def run(self, statement, *args, **kwargs):
            result = method(self, statement, *args, **kwargs)
            counted.append(statement)
            if len(counted) == nth:
                raise Interruption(statement)
            return result

        return run

    with pytest.MonkeyPatch.context() as patch:
        for name in ("rows", "run", "run_many"):
            patch.setattr(SqliteTransaction, name, counting(getattr(SqliteTransaction, name)))
        yield counted


def message(call):
    return [as_message(call.number, place, text) for place, text in enumerate(call.texts)]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("place", "name"), STEPS, ids=[f"{p.__name__.split('.')[-1]}.{n}" for p, n in STEPS])
def test_an_addition_interrupted_at_a_step(tmp_path, place, name, after):
    with trial(tmp_path) as t:
        with t.open() as memory:
            call = t.begin(TEXTS)
            with interrupted(place, name, after=after) as reached, pytest.raises(Interruption):
                memory.add(message(call), ANA)
            assert reached, "the write path no longer has this step"
            there = len(read_back(memory))
            assert there in {0, len(TEXTS)}
            t.store(memory, call)
            assert memory.stats(ANA).memories == len(TEXTS)
            memory.catch_up()
            assert memory.stats(ANA).pending == 0
            assert memory.stats(ANA).vectors == memory.stats(ANA).spans
        t.assert_sound()


def test_an_addition_interrupted_at_any_statement(tmp_path, full):
    nth = 0
    while True:
        nth += 1 if full else 7
        with trial(tmp_path / str(nth)) as t:
            with t.open() as memory:
                t.work(memory, 3)
                call = t.begin(TEXTS)
                with interrupted_at_statement(nth) as counted, suppress(Interruption):
                    memory.add(message(call), ANA)
                t.store(memory, call)
            t.assert_sound()
        if len(counted) < nth:
            break
    assert nth > 20


@pytest.mark.parametrize(("place", "name"), ERASING, ids=[n for _, n in ERASING])
def test_an_erasure_interrupted_at_a_step(tmp_path, place, name):
    with trial(tmp_path) as t:
        with t.open() as memory:
            t.store(memory, t.begin(TEXTS))
            memory.search("violin", ANA)
            call = t.ledger.begin_forget(ANA, t.rng, 2)
            with interrupted(place, name, after=True) as reached, pytest.raises(Interruption):
                memory.forget(ANA, call.ids)
            assert reached
            assert memory.stats(ANA).memories == len(TEXTS), "nothing is erased before everything is"
            memory.forget(ANA, call.ids)
            t.ledger.returned(call)
        t.assert_sound()


def test_a_batch_interrupted_between_its_transactions_is_completed_by_repeating_it(tmp_path):
    with trial(tmp_path) as t:
        with t.open() as memory:
            call = t.begin([f"Entry {n} of the inventory. 清单" for n in range(600)])
            with pytest.raises(Interruption):
                memory.add_batch(message(call), ANA, progress=stop_after(2))
            assert memory.stats(ANA).memories == 512
            done = memory.add_batch(message(call), ANA)
            assert (done.inserted, len(done.duplicates)) == (88, 512)
            t.ledger.returned(call, done.ids)
        t.assert_sound()


def stop_after(groups):
    seen = []

    def progress(_count):
        seen.append(1)
        if len(seen) == groups:
            raise Interruption

    return progress


def test_what_is_refused_is_not_stored(tmp_path):
    """The promise of ``add``: a StorageError means that nothing of the call was stored."""
    kept = []
    for nth in range(1, 140, 9):
        with trial(tmp_path / str(nth)) as t, t.open() as memory:
            t.disk.arm("write", 13, nth, lasting=True)
            error = refused(lambda: memory.add(TEXTS, ANA))
            t.disk.repair()
            if isinstance(error, StorageError) and read_back(memory):
                kept.append(nth)
    assert kept == []
