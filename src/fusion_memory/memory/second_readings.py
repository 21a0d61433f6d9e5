"""What became of every event that a language model was to read a second time, and what its calls cost.

The law of :mod:`fusion_memory.memory.encodings` holds without it: the rules have read everything already. Here the
like holds again: asked = read + withheld + failed + pending.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from fusion_memory.core.clock import to_ms
from fusion_memory.core.scope import Access
from fusion_memory.memory import events, outbox, owners
from fusion_memory.memory.outbox import Job
from fusion_memory.storage.interface import Transaction
from fusion_memory.text.similarity import shingles
from fusion_memory.text.stopwords import CHINESE, ENGLISH

REFINE: Final = "refine"
"""The kind of job: an event is due for the model."""


class SecondState(StrEnum):
    """The model read it, was not to see it, or failed on it for good."""

    READ = "read"
    WITHHELD = "withheld"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What became of one event; ``reason`` is a code, never content."""

    event_no: int
    owner_no: int
    state: SecondState
    reason: str
    version: str
    claims: int = 0


@dataclass(frozen=True, slots=True)
class Spent:
    """What calls cost: tokens as the model counts them, else estimated."""

    calls: int = 0
    failures: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Balance:
    """The law for a scope; an event that has both an outcome and an open job, or a job twice, breaks it."""

    asked: int
    read: int
    withheld: int
    failed: int
    pending: int

    @property
    def balanced(self) -> bool:
        """Whether every event that the model was to read is accounted for once."""
        return self.asked == self.read + self.withheld + self.failed + self.pending


def due(tx: Transaction, at: datetime, count: int) -> list[Job]:
    """The oldest jobs of all owners that may run now: those whose event the rules are done with."""
    return [Job(*row) for row in tx.rows("second_reading_due", at=to_ms(at), count=count)]


def record(tx: Transaction, reading: SecondReading, at: datetime) -> None:
    """Note what became of an event; a later reading takes the place of an earlier one."""
    tx.run(
        "second_reading_record",
        event_no=reading.event_no,
        owner_no=reading.owner_no,
        state=reading.state.value,
        reason=reading.reason,
        version=reading.version,
        claims=reading.claims,
        at=to_ms(at),
    )
    if reading.state is SecondState.READ:
        tx.run("encoding_seen_by_model", event_no=reading.event_no, claims=reading.claims)


def known(tx: Transaction, event_no: int) -> bool:
    """Whether it is settled what became of an event."""
    return tx.one("second_reading_of", event_no=event_no) is not None


def forget_claims(tx: Transaction, owner_no: int, event_no: int) -> None:
    """Take out what a model read from an event before, so that reading it again doubles nothing.

    What a person corrected or took back stays.
    """
    made, kept = tx.one("model_decisions_kept", owner_no=owner_no, event_no=event_no) or (0, 0)
    if made:
        tx.run("model_decisions_drop", owner_no=owner_no, event_no=event_no)
        tx.run("model_tellings_drop", owner_no=owner_no, event_no=event_no)
    tx.run("encoding_unseen_by_model", event_no=event_no, claims=kept)


def ask_again(tx: Transaction, access: Access, at: datetime, *, only_lost: bool = False) -> int:
    """Make events of the scope due for the model again that it read or failed on; how many.

    Args:
        tx: a write transaction.
        access: whose.
        at: from when on they are due.
        only_lost: only those that were read anew by the rules since, so that what the model read is gone.
    """
    owner_no = owners.find(tx, access)
    where = {"owner_no": owner_no, **owners.narrowing(access)}
    found = [row[0] for row in tx.rows("second_readings_to_repeat", only_lost=int(only_lost), **where)]
    _ask(tx, owner_no, found, at)
    return len(found)


def leaning_on(tx: Transaction, owner_no: int, event_nos: Sequence[int]) -> list[int]:
    """Other events of the same threads of which a model said something with words of these events.

    A model reads messages together: whom "she" means may stand in the message before. When that one is erased, what
    was read with its help has to go too.
    """
    beside = tx.rows("model_claims_beside", owner_no=owner_no, event_nos=list(event_nos))
    if not beside:
        return []
    told = " ".join(event.content for _, _, event in events.by_numbers(tx, event_nos))
    words = shingles(told) - ENGLISH - CHINESE
    return sorted({row[0] for row in beside if (shingles(row[1]) & words) - shingles(row[2])})


def read_anew(tx: Transaction, owner_no: int, event_nos: Sequence[int], at: datetime) -> None:
    """Take out what a model read from some events and ask it again."""
    for event_no in event_nos:
        forget_claims(tx, owner_no, event_no)
    _ask(tx, owner_no, event_nos, at)


def speakers(tx: Transaction, owner_no: int) -> frozenset[str]:
    """The names of those who speak for themselves in an owner's memories."""
    return frozenset(row[0] for row in tx.rows("speakers_of_owner", owner_no=owner_no))


def balance(tx: Transaction, access: Access) -> Balance:
    """How many events of the scope the model was to read, and what became of them."""
    row = tx.one("second_reading_asked", owner_no=owners.find(tx, access), **owners.narrowing(access))
    return Balance(*(row or (0, 0, 0, 0, 0)))


def counts(tx: Transaction, access: Access) -> Mapping[str, int]:
    """How many events of the scope were read, withheld and failed, and why: ``state`` and ``state: reason``."""
    found: dict[str, int] = {}
    rows = tx.rows("second_reading_balance", owner_no=owners.find(tx, access), **owners.narrowing(access))
    for state, reason, count in rows:
        found[state] = found.get(state, 0) + count
        if reason:
            found[f"{state}: {reason}"] = count
    return found


def spend(tx: Transaction, purpose: str, spent: Spent, at: datetime) -> None:
    """Note what a round of work cost."""
    tx.run(
        "model_usage_record",
        at=to_ms(at),
        purpose=purpose,
        calls=spent.calls,
        failures=spent.failures,
        input_tokens=spent.input_tokens,
        output_tokens=spent.output_tokens,
        seconds=spent.seconds,
    )


def _ask(tx: Transaction, owner_no: int, event_nos: Sequence[int], at: datetime) -> None:
    tx.run_many("second_reading_forget", [{"event_no": event_no} for event_no in event_nos])
    outbox.enqueue(tx, owner_no, event_nos, at, REFINE)


def spent(tx: Transaction, purpose: str | None = None) -> Spent:
    """What all calls of a purpose, or all calls, cost so far."""
    row = tx.one("model_usage_sum", purpose=purpose)
    return Spent(*row) if row else Spent()
