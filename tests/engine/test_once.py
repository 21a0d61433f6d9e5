"""A request under a key is done once, whatever happens between its arrivals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

import pytest

from fusion_memory.core.errors import InvalidOption
from fusion_memory.core.once import Arrival, KeptResponse, OnceTerms
from fusion_memory.core.scope import Bounds, Principal, Scope
from fusion_memory.engine.service import MemoryService

ANA, BEN = Scope(user_id="ana"), Scope(user_id="ben")
FIRST, OTHER = blake2b(b"first").digest(), blake2b(b"other").digest()
TERMS = OnceTerms("here", 60, 3_600)
ANSWER = KeptResponse(201, b'{"ids":["mem_1"],"text":"CANARY-5523"}', {"content-type": "application/json"})


class MovedClock:
    def __init__(self) -> None:
        self.present = datetime(2026, 3, 14, 12, tzinfo=UTC)

    def now(self):
        return self.present

    def monotonic(self):
        return 0.0

    def move(self, **by):
        self.present += timedelta(**by)


@pytest.fixture
def clock():
    return MovedClock()


@pytest.fixture
def memory(clock, tmp_path):
    with MemoryService(tmp_path / "m.db", embedder=None, llm=None, reranker=None, clock=clock) as service:
        service.add("I keep ants.", ANA)
        yield service


def arrive(memory, key="k", digest=FIRST, terms=TERMS):
    return memory.begin_once(key, digest, terms)


def done(memory, key="k", reached=frozenset({ANA}), **more):
    begun = arrive(memory, key)
    return memory.finish_once(key, begun.ticket, ANSWER, reached, **more)


def test_the_answer_comes_back(memory):
    begun = arrive(memory)
    assert begun.arrival is Arrival.NEW
    assert memory.finish_once("k", begun.ticket, ANSWER, {ANA})
    again = arrive(memory)
    assert (again.arrival, again.response) == (Arrival.DONE, ANSWER)


def test_another_request_under_the_key(memory):
    assert done(memory)
    assert arrive(memory, digest=OTHER).arrival is Arrival.ANOTHER


def test_while_it_is_under_way(memory, clock):
    first = arrive(memory)
    clock.move(seconds=10)
    waiting = arrive(memory)
    assert (waiting.arrival, waiting.retry_after_s) == (Arrival.UNDER_WAY, 50)
    assert arrive(memory, digest=OTHER).arrival is Arrival.ANOTHER
    memory.abandon_once("k", first.ticket)
    assert arrive(memory).arrival is Arrival.NEW


def test_an_attempt_that_was_lost_is_done_again_at_the_time_of_the_first(memory, clock):
    first, began = arrive(memory), clock.now()
    clock.move(seconds=61)
    second = arrive(memory)
    assert (second.arrival, second.first_at) == (Arrival.NEW, began)
    assert not memory.finish_once("k", first.ticket, ANSWER, {ANA}), "the first one lost its turn"
    assert memory.finish_once("k", second.ticket, ANSWER, {ANA})


def test_a_process_that_is_gone_keeps_nobody_waiting(memory):
    arrive(memory)
    asked = OnceTerms("there", 60, 3_600, lambda holder: holder == "here")
    assert arrive(memory, terms=asked).arrival is Arrival.NEW


def test_answers_expire(memory, clock):
    assert done(memory)
    clock.move(seconds=3_601)
    assert arrive(memory, digest=OTHER).arrival is Arrival.NEW


def test_keys_are_each_callers_own(memory):
    assert done(memory)
    here = memory.acting_as(Principal("local", within=Bounds(workspace_id="acme")))
    assert arrive(here).arrival is Arrival.NEW
    assert arrive(memory.acting_as(Principal("another"))).arrival is Arrival.NEW


def test_it_survives_the_process(memory, clock, tmp_path):
    assert done(memory)
    memory.close()
    with MemoryService(tmp_path / "m.db", embedder=None, llm=None, reranker=None, clock=clock) as reopened:
        assert arrive(reopened).response == ANSWER


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def test_erasing_a_subject_erases_the_answers_about_it(memory, tmp_path):
    ids = memory.add(["I keep bees.", "I keep hens."], ANA).ids
    memory.add("I keep cats.", BEN)
    assert done(memory)
    assert done(memory, "of ben", {BEN})
    memory.forget(ANA, ids[:1])
    assert arrive(memory).arrival is Arrival.GONE
    assert arrive(memory, digest=OTHER).arrival is Arrival.GONE, "nothing tells the request any more"
    assert arrive(memory, "of ben").response == ANSWER
    memory.forget(BEN, everything=True)
    memory.close()
    assert b"CANARY-5523" not in bytes_of(tmp_path)
    assert blake2b(b"first").digest() not in bytes_of(tmp_path)


def test_an_answer_overtaken_by_an_erasure_is_not_kept(memory):
    memory.add("I keep bees.", ANA)
    begun = arrive(memory)
    memory.forget(ANA, everything=True)
    assert not memory.finish_once("k", begun.ticket, ANSWER, {ANA})
    assert arrive(memory).arrival is Arrival.GONE
    begun = arrive(memory, "erasing")
    assert memory.finish_once("erasing", begun.ticket, ANSWER, {ANA}, plain=True)


@pytest.mark.parametrize(
    "reached",
    [frozenset(), frozenset({ANA, BEN}), frozenset({Scope(workspace_id="*")}), frozenset({Scope(user_id="x")})],
)
def test_an_answer_that_no_one_erasure_would_reach_is_not_kept(memory, reached):
    memory.add("I keep bees.", ANA)
    memory.add("I keep hens.", BEN)
    assert not done(memory, reached=reached)
    assert arrive(memory).arrival is Arrival.GONE
    if len(reached) == 1:
        assert done(memory, "plain", reached, plain=True), "it holds ids and counts only"


def test_a_long_answer_is_not_kept(memory):
    begun = arrive(memory)
    assert not memory.finish_once("k", begun.ticket, KeptResponse(200, b"x" * 2_000_000), {ANA})


@pytest.mark.parametrize("key", ["", "  ", "x" * 256, "a\nb"])
def test_a_key_that_is_none(memory, key):
    with pytest.raises(InvalidOption):
        arrive(memory, key)


def test_the_key_itself_is_not_kept(memory, tmp_path):
    assert done(memory, "sk-CANARY-KEY")
    memory.close()
    assert b"sk-CANARY-KEY" not in bytes_of(tmp_path)
