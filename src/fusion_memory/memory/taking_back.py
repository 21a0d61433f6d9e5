"""What somebody said just before and then asked not to have remembered: its facts are taken back.

Why it exists: "don't remember that", said after the message it means, must reach that message and no other. Must
not know: how the request is worded. The message itself stays, as every message that is not to be remembered; what
was read out of it is retracted, stays readable as such, and nobody reads the message again. Which message is meant
is decided once, when the request is read first; the books of the message then say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from fusion_memory.core.clock import to_ms
from fusion_memory.core.records import Event, Trust
from fusion_memory.core.scope import Access
from fusion_memory.memory import audit, condensations, encodings, outbox, owners, second_readings, settling
from fusion_memory.memory.encodings import TAKEN_BACK, EncodingState, Outcome
from fusion_memory.memory.second_readings import SecondReading, SecondState
from fusion_memory.memory.settling import Touched
from fusion_memory.storage.interface import Transaction, Value

PRIVATE: Final = "asked_not_to_remember"
"""Why an event is not read."""

LONGEST_BEFORE: Final = timedelta(minutes=30)
"""What was said longer ago than this was not said just before."""

LOOKED_BACK: Final = 2
"""Turns: the one before, and the one before an assistant's."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """One turn of a thread; ``again_at`` is when it was said again, word for word."""

    event_no: int
    event_id: str
    seq: int
    trust: str
    said_at: int
    role: str
    speaker: str | None
    agent_id: str | None
    run_id: str | None
    app_id: str | None
    again_at: int | None
    recorded_at: int

    @property
    def voice(self) -> tuple[str | None, ...]:
        """Who says it, and where."""
        return (self.role, self.speaker, self.agent_id, self.run_id, self.app_id)


def take_back(tx: Transaction, access: Access, event: Event, version: str, at: datetime) -> int:
    """Take back what the same voice said just before an event: the turn before, or the one before an answer to it.

    Args:
        tx: a write transaction.
        access: the place of the event; its owner is the owner of what is taken back.
        event: the message that asks for it.
        version: of the extraction, for the books.
        at: now.

    Returns:
        How many tellings were taken back; 0 when it is not sure which message is meant, or nothing was made of it.
    """
    owner_no = owners.find(tx, access)
    meant = _just_before(tx, owner_no, event) if owner_no is not None else None
    if owner_no is None or meant is None:
        return 0
    read_no_more(tx, owner_no, meant.event_no, version, at)
    touched, gone = Touched(), []
    for row in tx.rows("facts_of_event_take_back", owner_no=owner_no, event_no=meant.event_no, at=to_ms(at)):
        touched.add(row[:6])
        gone.append(row[6])
    if gone:
        settling.rederive(tx, owner_no, touched)
        audit.record(tx, access, "retract", gone, {"tellings": len(gone), "message": meant.event_id}, at)
    return len(gone)


def read_no_more(tx: Transaction, owner_no: int, event_no: int, version: str, at: datetime) -> None:
    """Neither rules nor a model read an event again, what they judged about it goes, and the books say why."""
    encodings.forget_decisions(tx, owner_no, [event_no])
    condensations.forget_event(tx, owner_no, event_no)
    outcome = Outcome(event_no, owner_no, EncodingState.EMPTY, TAKEN_BACK, "rules", version, 0)
    encodings.record(tx, outcome, at, replace=True)
    second = outbox.of_events(tx, [event_no], second_readings.REFINE)
    if second or second_readings.known(tx, event_no):
        withheld = SecondReading(event_no, owner_no, SecondState.WITHHELD, PRIVATE, version)
        second_readings.record(tx, withheld, at)
    unread = outbox.of_events(tx, [event_no], outbox.EXTRACT)
    outbox.finish(tx, [job.job_no for job in (*unread, *second)])


def decided(tx: Transaction, owner_no: int, event_no: int, at: datetime) -> None:
    """Note of a request from another database that it was done there: there is nothing else in it to read."""
    outcome = Outcome(event_no, owner_no, EncodingState.EMPTY, PRIVATE, "rules", "", 0)
    encodings.record(tx, outcome, at, replace=True)
    outbox.finish(tx, [job.job_no for job in outbox.of_events(tx, [event_no], outbox.EXTRACT)])


def _just_before(tx: Transaction, owner_no: int, event: Event) -> _Turn | None:
    """The turn that a request means, if that is sure."""
    voice = (event.role, event.speaker, event.agent_id, event.run_id, event.app_id)
    for turn in _preceding(tx, owner_no, event):
        if turn.voice == voice:
            return turn if _lately(turn, event) and not _erased_since(tx, owner_no, turn, event) else None
        if turn.trust != Trust.ASSISTANT:
            break
    return None


def _preceding(tx: Transaction, owner_no: int, event: Event) -> Iterator[_Turn]:
    """The last turns of the thread before an event, the last one first, until one is missing between them.

    What was said again counts by the last time. A number that is missing in a thread was erased.
    """
    expected = event.seq - 1
    here: dict[str, Value] = {"thread": event.thread, "seq": event.seq, "recorded_at": to_ms(event.recorded_at)}
    for row in tx.rows("turns_said_before", owner_no=owner_no, count=LOOKED_BACK, **here):
        turn = _Turn(*row)
        if turn.seq == expected:
            expected -= 1
        elif turn.again_at is None:
            return
        yield turn


def _lately(turn: _Turn, event: Event) -> bool:
    said_at = turn.said_at if turn.again_at is None else turn.again_at
    return to_ms(event.said_at - LONGEST_BEFORE) <= said_at <= to_ms(event.said_at)


def _erased_since(tx: Transaction, owner_no: int, turn: _Turn, event: Event) -> bool:
    """Whether something was erased between two turns: the last number of a thread is given again after that."""
    since = turn.recorded_at if turn.again_at is None else turn.again_at
    until = to_ms(event.recorded_at)
    return tx.one("erased_between", owner_no=owner_no, since=since, until=until) is not None
