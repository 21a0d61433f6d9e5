"""Batching: when a batch is due, and that no message is lost or handed over twice, whatever the store does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.core.errors import (
    EmptyText,
    InvalidInput,
    InvalidOption,
    InvalidScope,
    ServiceClosed,
    TextTooLong,
)
from fusion_memory.core.layers import CADENCES, Cadence, Cause
from fusion_memory.core.scope import Scope
from fusion_memory.ingestion.batching import BatchProcessor

ANA, BEN = Scope(user_id="ana", session_id="s1"), Scope(user_id="ben", session_id="s1")
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.present = NOON

    def now(self):
        return self.present

    def monotonic(self):
        return (self.present - NOON).total_seconds()

    def pass_(self, seconds):
        self.present += timedelta(seconds=seconds)


class Shelf:
    """A store and a record that remember what they were given and fail on demand."""

    def __init__(self):
        self.batches = []
        self.recorded = []
        self.failing = False

    def store(self, batch):
        if self.failing:
            raise OSError("the disk is full")
        self.batches.append(batch)
        return len(batch.messages)

    def record(self, scope, messages):
        if self.failing == "record":
            raise OSError("the disk is full")
        first = len(self.recorded)
        self.recorded += [(scope, message) for message in messages]
        return [f"mem_{number}" for number in range(first, len(self.recorded))]

    def contents(self):
        return [content(message) for batch in self.batches for message in batch.messages]


def content(message):
    return message if isinstance(message, str) else message["content"]


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def held(shelf, clock):
    return BatchProcessor(shelf.store, durable=False, clock=clock)


@pytest.fixture
def durable(shelf, clock):
    return BatchProcessor(shelf.store, record=shelf.record, clock=clock)


def test_ten_messages_are_a_batch(held, shelf):
    for number in range(9):
        done = held.buffer_conversation(ANA, f"m{number}")
        assert done.flushes == ()
        assert (done.ids, done.waiting) == ((), number + 1)
    done = held.buffer_conversation(ANA, "m9")
    assert [flush.cause for flush in done.flushes] == [Cause.MESSAGES]
    assert done.flushes[0].outcome == 10
    assert done.waiting == held.waiting() == 0
    assert shelf.contents() == [f"m{number}" for number in range(10)]


def test_twelve_hundred_tokens_are_a_batch(held, shelf):
    assert held.buffer_conversation(ANA, "记" * 1_000).flushes == ()
    done = held.buffer_conversation(ANA, "住" * 1_000)
    assert [flush.cause for flush in done.flushes] == [Cause.TOKENS]
    assert shelf.batches[0].tokens >= 1_200


def test_a_conversation_given_at_once_stays_together(held, shelf):
    held.buffer_conversation(ANA, [f"m{number}" for number in range(25)])
    assert [len(batch.messages) for batch in shelf.batches] == [25]


def test_scopes_do_not_mix(held, shelf):
    for number in range(5):
        held.buffer_conversation(ANA, f"a{number}")
        held.buffer_conversation(BEN, f"b{number}")
    assert shelf.batches == []
    held.flush(BEN)
    assert {batch.scope for batch in shelf.batches} == {BEN}
    assert shelf.contents() == [f"b{number}" for number in range(5)]
    assert held.waiting() == held.waiting(ANA) == 5


def test_silence_makes_a_batch(held, shelf, clock):
    held.buffer_conversation(ANA, "one")
    clock.pass_(200)
    held.buffer_conversation(BEN, "two")
    assert held.flush_idle() == ()
    clock.pass_(100)
    assert [(flush.cause, flush.batch.scope) for flush in held.flush_idle()] == [(Cause.IDLE, ANA)]


def test_after_silence_the_old_conversation_goes_before_the_new(held, shelf, clock):
    held.buffer_conversation(ANA, "old")
    clock.pass_(1_000)
    done = held.buffer_conversation(ANA, ["new", "newer"])
    assert [(flush.cause, len(flush.batch.messages)) for flush in done.flushes] == [(Cause.IDLE, 1)]
    assert done.waiting == 2


def test_the_end_of_a_session_and_of_the_processor(shelf, clock):
    with BatchProcessor(shelf.store, durable=False, clock=clock) as held:
        held.buffer_conversation(ANA, "one")
        assert held.end_session(ANA).cause is Cause.SESSION_END
        assert held.end_session(ANA) is None
        held.buffer_conversation(ANA, "two")
        held.buffer_conversation(BEN, "three")
    assert [batch.cause for batch in shelf.batches] == [Cause.SESSION_END, Cause.CLOSE, Cause.CLOSE]
    with pytest.raises(ServiceClosed):
        held.buffer_conversation(ANA, "four")


def test_a_cadence_may_ignore_the_end_of_a_session(shelf, clock):
    held = BatchProcessor(shelf.store, durable=False, clock=clock, cadence=CADENCES["memos"])
    held.buffer_conversation(ANA, "one")
    assert held.end_session(ANA) is None
    assert held.flush(ANA).cause is Cause.REQUEST
    assert held.flush(ANA) is None


def test_a_failing_store_keeps_the_batch(held, shelf):
    held.buffer_conversation(ANA, [f"m{number}" for number in range(9)])
    shelf.failing = True
    with pytest.raises(OSError, match="disk is full") as raised:
        held.buffer_conversation(ANA, "m9")
    assert "taken in" in raised.value.__notes__[0]
    with pytest.raises(OSError, match="disk is full"):
        held.flush(ANA)
    assert held.waiting(ANA) == 10
    shelf.failing = False
    held.buffer_conversation(ANA, "m10")
    assert shelf.contents() == [f"m{number}" for number in range(11)]


def test_a_failing_idle_flush_still_takes_the_new_messages_in(held, shelf, clock):
    held.buffer_conversation(ANA, "old")
    clock.pass_(1_000)
    shelf.failing = True
    with pytest.raises(OSError, match="disk is full"):
        held.buffer_conversation(ANA, "new")
    assert held.waiting(ANA) == 2


def test_one_failing_scope_does_not_keep_the_others_waiting(shelf, clock):
    def store(batch):
        if batch.scope == ANA:
            raise OSError("no")
        return shelf.store(batch)

    held = BatchProcessor(store, durable=False, clock=clock)
    held.buffer_conversation(ANA, "one")
    held.buffer_conversation(BEN, "two")
    with pytest.raises(OSError, match="no") as raised:
        held.close()
    assert "1 of 2 scopes" in raised.value.__notes__[0]
    assert shelf.contents() == ["two"]
    assert held.waiting() == 1
    with pytest.raises(OSError, match="no"):
        held.close()


def test_durable_messages_are_recorded_before_they_wait(durable, shelf):
    done = durable.buffer_conversation(ANA, ["one", {"role": "assistant", "content": "two"}])
    assert done.ids == ("mem_0", "mem_1")
    assert [scope for scope, _ in shelf.recorded] == [ANA, ANA]
    assert shelf.batches == []
    durable.flush(ANA)
    assert shelf.batches[0].ids == ("mem_0", "mem_1")
    assert shelf.batches[0].messages == ("one", {"role": "assistant", "content": "two"})


def test_durable_when_recording_fails_nothing_was_taken_in(durable, shelf):
    shelf.failing = "record"
    with pytest.raises(OSError, match="disk is full"):
        durable.buffer_conversation(ANA, "one")
    assert durable.waiting() == 0


def test_durable_needs_a_record(shelf):
    with pytest.raises(InvalidOption):
        BatchProcessor(shelf.store)


def test_held_messages_say_when_they_came(held, shelf, clock):
    held.buffer_conversation(ANA, "untimed")
    clock.pass_(60)
    held.buffer_conversation(ANA, [{"content": "timed", "timestamp": "2020-01-01"}, {"content": "later"}])
    held.flush(ANA)
    assert [message.get("time") for message in shelf.batches[0].messages] == [
        NOON,
        None,
        NOON + timedelta(seconds=60),
    ]


def test_a_message_that_cannot_be_stored_never_joins_a_batch(held):
    for bad, error in [
        ("  ", EmptyText),
        ({"role": "user"}, InvalidInput),
        ({"content": "x", "session_id": "other"}, InvalidScope),
        ("x" * 1_000_001, TextTooLong),
    ]:
        with pytest.raises(error):
            held.buffer_conversation(ANA, ["fine", bad])
    assert held.waiting() == 0


def test_what_the_caller_changes_later_does_not_change_what_waits(held, shelf):
    message = {"content": "as said"}
    held.buffer_conversation(ANA, message)
    message["content"] = "changed"
    held.flush(ANA)
    assert shelf.contents() == ["as said"]


def test_nothing_given_nothing_done(held, shelf):
    assert held.buffer_conversation(ANA, []).waiting == 0
    assert held.flush_all() == ()
    assert shelf.batches == []


def test_many_threads_lose_nothing_and_hand_nothing_over_twice(shelf, clock):
    held = BatchProcessor(shelf.store, durable=False, clock=clock, cadence=Cadence(messages=7))
    start = Barrier(6)

    def talk(number):
        start.wait()
        for index in range(100):
            held.buffer_conversation(ANA if index % 2 else BEN, f"{number}-{index}")
            if index % 10 == 0:
                held.flush_all()

    threads = [Thread(target=talk, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held.close()
    assert sorted(shelf.contents()) == sorted(f"{n}-{i}" for n in range(6) for i in range(100))
    for number in range(6):
        own = [text for text in shelf.contents() if text.startswith(f"{number}-")]
        for parity in (0, 1):
            order = [int(text.partition("-")[2]) for text in own if int(text.partition("-")[2]) % 2 == parity]
            assert order == sorted(order), "one voice in one scope keeps its order"


def test_messages_arriving_during_a_flush_wait_for_the_next(shelf, clock):
    inside, go_on = Event(), Event()

    def store(batch):
        inside.set()
        assert go_on.wait(10)
        return shelf.store(batch)

    held = BatchProcessor(store, durable=False, clock=clock)
    held.buffer_conversation(ANA, "one")
    flushing = Thread(target=held.flush, args=(ANA,))
    flushing.start()
    assert inside.wait(10)
    assert held.buffer_conversation(ANA, "two").waiting == 2, "one is still on its way"
    go_on.set()
    flushing.join()
    assert held.waiting(ANA) == 1
    held.flush(ANA)
    assert shelf.contents() == ["one", "two"]


@given(st.lists(st.sampled_from(["say", "flush", "break", "mend", "idle", "end"]), max_size=60))
def test_whatever_happens_every_message_is_stored_once_in_order(deeds):
    shelf, clock, said = Shelf(), Clock(), []
    held = BatchProcessor(shelf.store, durable=False, clock=clock, cadence=Cadence(messages=3, idle_s=10))
    for deed in deeds:
        try:
            match deed:
                case "say":
                    said.append(f"m{len(said)}")
                    held.buffer_conversation(ANA, said[-1])
                case "flush":
                    held.flush_all()
                case "end":
                    held.end_session(ANA)
                case "idle":
                    clock.pass_(11)
                    held.flush_idle()
                case _:
                    shelf.failing = deed == "break"
        except OSError:
            assert shelf.failing
        assert [*shelf.contents(), *(f"m{n}" for n in range(len(said) - held.waiting(), len(said)))] == said
    shelf.failing = False
    held.close()
    assert shelf.contents() == said


@pytest.mark.parametrize(
    ("cadence", "messages", "tokens", "idle_s", "cause"),
    [
        (Cadence(), 0, 9_999, 9_999, None),
        (Cadence(), 10, 0, 0, Cause.MESSAGES),
        (Cadence(), 9, 1_199, 299, None),
        (Cadence(), 1, 1_200, 0, Cause.TOKENS),
        (Cadence(), 1, 0, 300, Cause.IDLE),
        (Cadence(0, 0, 0), 99, 9_999, 9_999, None),
        (CADENCES["each"], 1, 0, 0, Cause.MESSAGES),
    ],
)
def test_when_a_cadence_is_due(cadence, messages, tokens, idle_s, cause):
    assert cadence.cause(messages, tokens, idle_s) is cause
