"""A model that fails costs quality for a while, never memory: events are durable, vectors are caught up with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import numpy as np
import pytest
from faults import ANA

from fusion_memory import MemoryService
from fusion_memory.core.errors import DimensionMismatch, FusionMemoryError, ModelError, ModelTimeout
from fusion_memory.core.records import EmbeddingSpace
from fusion_memory.testing.embedder import FailingEmbedder, FlakyEmbedder, HashingEmbedder
from fusion_memory.testing.soundness import defects

pytestmark = pytest.mark.campaign

DIMENSION = 32
TEXTS = ["The violin is in the blue case.", "小提琴在蓝色的盒子里。"]


class Later:
    """A clock that tests move."""

    def __init__(self):
        self.moment = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self):
        return self.moment

    def monotonic(self):
        return self.moment.timestamp()


class WrongEmbedder(HashingEmbedder):
    """A model whose answers are not what they should be."""

    def __init__(self, spoil):
        super().__init__(DIMENSION)
        self._spoil = spoil

    def _embed(self, texts):
        return self._spoil(super()._embed(texts))


def with_nan(vectors):
    vectors[-1, 0] = np.nan
    return vectors


def with_infinity(vectors):
    vectors[0, 1] = np.inf
    return vectors


def with_zeroes(vectors):
    vectors[-1] = 0.0
    return vectors


def wider(vectors):
    return np.hstack([vectors, vectors])


def narrower(vectors):
    return vectors[:, :-1]


def one_too_few(vectors):
    return vectors[:-1]


def flat(vectors):
    return vectors.ravel()


def raising(error):
    def spoil(_vectors):
        raise error

    return spoil


HANDLED = {
    "fails": FailingEmbedder(dimension=DIMENSION),
    "times out": FailingEmbedder(ModelTimeout("It took too long."), dimension=DIMENSION),
}
UNGUARDED = {
    "not a number": WrongEmbedder(with_nan),
    "infinite": WrongEmbedder(with_infinity),
    "zeroes": WrongEmbedder(with_zeroes),
    "too many dimensions": WrongEmbedder(wider),
    "too few dimensions": WrongEmbedder(narrower),
    "a vector missing": WrongEmbedder(one_too_few),
    "not a matrix": WrongEmbedder(flat),
    "an error of its own": WrongEmbedder(raising(RuntimeError("CUDA is lost"))),
    "an error of the system": WrongEmbedder(raising(OSError(12, "Cannot allocate memory"))),
}

FAILURES = HANDLED | UNGUARDED


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failing_model_costs_no_memory(tmp_path, failure):
    clock = Later()
    with MemoryService(tmp_path / "memory.db", embedder=FAILURES[failure], clock=clock) as memory:
        done = memory.add(TEXTS, ANA)
        assert (done.inserted, done.pending, len(done.degraded)) == (2, 2, 1)
        stats = memory.stats(ANA)
        assert (stats.memories, stats.pending, stats.vectors) == (2, 2, 0)
        for words, text in zip(("violin", "小提琴"), TEXTS, strict=True):
            result = memory.search(words, ANA)
            assert result[0].text == text
            assert result.degraded
    clock.moment += timedelta(hours=2)
    with MemoryService(tmp_path / "memory.db", embedder=HashingEmbedder(DIMENSION), clock=clock) as memory:
        assert memory.catch_up() == 2
        stats = memory.stats(ANA)
        assert (stats.pending, stats.vectors) == (0, 2)
        assert not memory.search("violin", ANA).degraded
    assert defects(tmp_path / "memory.db") == []


@pytest.mark.parametrize("failure", FAILURES)
def test_care_with_a_failing_model_is_a_named_error(tmp_path, failure):
    with MemoryService(tmp_path / "memory.db", embedder=None) as memory:
        memory.add(TEXTS, ANA)
    with MemoryService(tmp_path / "memory.db", embedder=FAILURES[failure]) as memory:
        for deed in (memory.catch_up, memory.reindex):
            with pytest.raises(ModelError):
                deed()
        checks = {check.name: check.status for check in memory.health()}
        assert checks["embedder"] == "fail"
    with MemoryService(tmp_path / "memory.db", embedder=HashingEmbedder(DIMENSION)) as memory:
        memory.reindex()
        assert memory.stats(ANA).vectors == 2
        assert [hit.text for hit in memory.search("violin", ANA, recipe="vector", limit=1)] == [TEXTS[0]]
    assert defects(tmp_path / "memory.db") == []


def test_a_model_that_fails_now_and_then_is_caught_up_with_by_itself(tmp_path):
    clock = Later()
    flaky = FlakyEmbedder(HashingEmbedder(DIMENSION), [False, True, True, False, True] * 6)
    with MemoryService(tmp_path / "memory.db", embedder=flaky, clock=clock) as memory:
        for number in range(20):
            memory.add(f"Entry {number} of the logbook. 第{number}天", ANA)
            clock.moment += timedelta(minutes=90)
        for _ in range(3):
            memory.add(f"Calm seas at {clock.moment}.", ANA)
            clock.moment += timedelta(minutes=90)
        stats = memory.stats(ANA)
        assert (stats.memories, stats.pending) == (23, 0)
        assert stats.vectors == stats.spans
    assert defects(tmp_path / "memory.db") == []


def test_a_hanging_model_holds_up_nobody_else(tmp_path):
    hung, release = Event(), Event()

    def hang(vectors):
        hung.set()
        release.wait(30)
        return vectors

    with (
        MemoryService(tmp_path / "memory.db", embedder=WrongEmbedder(hang)) as stuck,
        MemoryService(tmp_path / "memory.db", embedder=HashingEmbedder(DIMENSION)) as other,
    ):
        call = Thread(target=stuck.add, args=(TEXTS, ANA))
        call.start()
        assert hung.wait(30)
        assert [hit.text for hit in other.search("小提琴", ANA, recipe="keyword")] == [TEXTS[1]], (
            "durable before vectors"
        )
        assert other.add("The cello is in the red case.", ANA).inserted == 1
        assert stuck.stats(ANA).memories == 3
        assert [hit.text for hit in stuck.search("cello", ANA, recipe="keyword")] == [
            "The cello is in the red case."
        ]
        release.set()
        call.join(30)
        assert stuck.stats(ANA).pending == 0
    assert defects(tmp_path / "memory.db") == []


def test_another_model_is_refused_until_it_has_its_own_vectors(tmp_path):
    with MemoryService(tmp_path / "memory.db", embedder=HashingEmbedder(DIMENSION)) as memory:
        memory.add(TEXTS, ANA)
    with MemoryService(tmp_path / "memory.db", embedder=HashingEmbedder(48)) as memory:
        with pytest.raises(DimensionMismatch):
            memory.search("violin", ANA)
        assert memory.add("The cello is in the red case.", ANA).inserted == 1
        memory.reindex()
        assert len(memory.search("case", ANA, recipe="vector")) == 3
    assert defects(tmp_path / "memory.db") == []


def test_a_model_that_cannot_tell_its_space_costs_no_memory(tmp_path):
    class Unreachable(HashingEmbedder):
        @property
        def space(self) -> EmbeddingSpace:
            raise ModelTimeout("The endpoint does not answer.")

    with MemoryService(tmp_path / "memory.db", embedder=Unreachable(DIMENSION)) as memory:
        done = memory.add(TEXTS, ANA)
        assert (done.inserted, done.pending) == (2, 2)
        assert memory.search("violin", ANA)[0].text == TEXTS[0]
        with pytest.raises(FusionMemoryError):
            memory.reindex()
    assert defects(tmp_path / "memory.db") == []
