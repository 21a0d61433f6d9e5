"""Embedding spaces: which vectors may be compared. One is active; a new one is built beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from fusion_memory.core.clock import to_ms
from fusion_memory.core.records import EmbeddingSpace
from fusion_memory.core.scope import Access
from fusion_memory.memory import outbox, owners
from fusion_memory.storage.interface import Transaction

PAGE_ROWS = 256
REACH_CHARS = 80
"""How much of what stands before a span is read with it. Measured in docs/adr/0005-vectors-in-context.md."""


@dataclass(frozen=True, slots=True)
class Unembedded:
    """A span that has no vector in a space yet, with the text and the voice to embed.

    ``before`` is the end of what precedes it: of its own turn, or of the turn before it in the conversation.
    """

    span_no: int
    owner_no: int
    speaker: str | None
    role: str
    text: str
    before: str | None = None


def active(tx: Transaction) -> tuple[int, EmbeddingSpace] | None:
    """The space that searches use, or None before the first vector."""
    row = tx.one("space_active")
    return (row[0], EmbeddingSpace(row[1], row[2], row[3])) if row else None


def find(tx: Transaction, space: EmbeddingSpace) -> int | None:
    """The key of a space, or None when the database has no such space."""
    row = tx.one("space_find", model=space.model, dimension=space.dimension, version=space.version)
    return int(row[0]) if row else None


def ensure(tx: Transaction, space: EmbeddingSpace, at: datetime) -> int:
    """The key of a space; a new one is active when it is the first, else under construction."""
    state = "building" if active(tx) else "active"
    tx.run(
        "space_create",
        model=space.model,
        dimension=space.dimension,
        version=space.version,
        state=state,
        created_at=to_ms(at),
    )
    number = find(tx, space)
    if number is None:
        raise RuntimeError("a space just created is missing")
    return number


def activate(tx: Transaction, space_no: int) -> None:
    """Switch searches to a space; the one before is retired and its vectors are dropped."""
    current = active(tx)
    if current and current[0] != space_no:
        tx.run("space_set_state", space_no=current[0], state="retired")
        tx.run("space_drop_vectors", space_no=current[0])
    tx.run("space_set_state", space_no=space_no, state="active")


def missing(tx: Transaction, space_no: int, after: int) -> list[Unembedded]:
    """The next page of spans without a vector in the space, beyond a span key."""
    rows = tx.rows("space_missing", space_no=space_no, after=after, count=PAGE_ROWS, reach=REACH_CHARS)
    return [Unembedded(*row) for row in rows]


def missing_of_owner(tx: Transaction, access: Access, space_no: int) -> list[Unembedded]:
    """A page of an owner's spans without a vector in the space."""
    where = {"owner_no": owners.find(tx, access), "space_no": space_no}
    rows = tx.rows("space_missing_of_owner", **where, count=PAGE_ROWS, reach=REACH_CHARS)
    return [Unembedded(*row) for row in rows]


def missing_of_events(tx: Transaction, space_no: int, event_nos: Iterator[int] | list[int]) -> list[Unembedded]:
    """The spans of events that have no vector in the space."""
    return [
        Unembedded(*row)
        for number in event_nos
        for row in tx.rows("space_missing_of_event", space_no=space_no, event_no=number, reach=REACH_CHARS)
    ]


def forget_context(tx: Transaction, owner_no: int, event_nos: Sequence[int], at: datetime) -> int:
    """Make vectors due again that were read after events about to be erased; for how many events. Call it first."""
    following = [row[0] for row in tx.rows("events_following", owner_no=owner_no, event_nos=list(event_nos))]
    if following:
        first = tx.rows("first_spans", owner_no=owner_no, event_nos=following)
        tx.run("vectors_in_context_drop", span_nos=[row[0] for row in first])
        outbox.enqueue(tx, owner_no, following, at)
    return len(following)
