"""Events: what was said, verbatim. Appended once per saying, read back as records, erased on request.

This file judges nothing about content; it keeps each identity once and seals each row with a hash.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.errors import InvalidInput
from fusion_memory.core.records import Event, EventKind, Trust, Turn
from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.storage.interface import Row, Transaction, Value
from fusion_memory.text.similarity import canonical

PAGE_ROWS = 500
SESSION_THREAD = "session_"
"""How the thread of a session begins; other threads are single calls."""

_TRUST_OF_ROLE = {
    "user": Trust.USER,
    "human": Trust.USER,
    "assistant": Trust.ASSISTANT,
    "agent": Trust.ASSISTANT,
    "tool": Trust.TOOL,
    "system": Trust.TOOL,
}


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A turn on its way into the ledger, with its id, its thread and what makes it one saying.

    ``identity`` is unique within an owner; ``content_hash`` finds the same words again. An event that
    is restored from elsewhere brings how often and when it was last seen, and whether it was taken back there;
    ``spare_id`` is the one it gets where its own is taken, so that its owner does not learn of somebody else's.
    """

    id: str
    turn: Turn
    thread: str
    identity: bytes
    content_hash: bytes
    said_at: datetime
    recorded_at: datetime
    times_seen: int = 1
    last_seen_at: datetime | None = None
    taken_back: bool = False
    spare_id: str | None = None

    @property
    def restored(self) -> bool:
        """Whether it comes from another database."""
        return self.last_seen_at is not None


@dataclass(frozen=True, slots=True)
class Stored:
    """Where an event stands: its key and id; ``inserted`` is False when it was there before."""

    event_no: int
    id: str
    inserted: bool


def append(tx: Transaction, access: Access, owner_no: int, new: NewEvent) -> Stored:
    """Append one event, or note another sighting of the same saying."""
    turn, scope = new.turn, access.scope
    columns: dict[str, Any] = {
        "kind": turn.kind.value,
        "role": turn.role,
        "speaker": turn.speaker,
        "content": turn.content,
        "client_id": turn.client_id,
        "said_at": to_ms(new.said_at),
        "recorded_at": to_ms(new.recorded_at),
        "origin": turn.origin,
    }
    row = tx.one(
        "event_append",
        **columns,
        event_id=new.id,
        owner_no=owner_no,
        workspace_id=scope.workspace_id,
        user_id=scope.user_id,
        agent_id=scope.agent_id,
        run_id=scope.run_id,
        session_id=turn.session_id,
        app_id=scope.app_id,
        thread=new.thread,
        content_hash=new.content_hash,
        dedup_key=new.identity,
        trust=_trust(turn).value,
        metadata=json.dumps(dict(turn.metadata), ensure_ascii=False, sort_keys=True),
        row_hash=row_hash(new.id, columns),
        times_seen=new.times_seen,
        last_seen_at=to_ms(new.last_seen_at or new.recorded_at),
    )
    if row is not None:
        return Stored(row[0], row[1], inserted=True)
    known = _known(tx, owner_no, new)
    if known is not None:
        return known
    if new.spare_id is not None:
        return append(tx, access, owner_no, replace(new, id=new.spare_id, spare_id=None))
    raise InvalidInput(
        f"The memory id {new.id!r} belongs to another memory.",
        why="Ids are unique within a database.",
        fix="import into an empty database",
    )


def get(tx: Transaction, access: Access, event_id: str) -> Event | None:
    """One event of the scope, or None."""
    owner_no = owners.find(tx, access)
    row = tx.one("event_by_id", event_id=event_id, owner_no=owner_no, **owners.narrowing(access))
    return as_event(row) if row else None


def latest(tx: Transaction, access: Access, count: int) -> list[Event]:
    """The events of the scope said last, oldest first."""
    owner_no = owners.find(tx, access)
    rows = tx.rows("event_history", owner_no=owner_no, count=count, **owners.narrowing(access))
    return [as_event(row) for row in reversed(rows)]


def present(tx: Transaction, access: Access, now: datetime) -> datetime:
    """The present of an owner's memory: now, or the last thing said where that is later than the clock.

    What is said holds from when it is said; a recording from a clock that runs ahead is not the future.
    """
    row = tx.one("event_last_said", owner_no=owners.find(tx, access))
    return max(now, from_ms(row[0])) if row else now


def pages(tx: Transaction, access: Access, *, all_owners: bool = False) -> Iterator[Event]:
    """Every event of the scope, or of the whole database, in the order of recording."""
    owner_no = None if all_owners else owners.find(tx, access)
    ids: dict[str, str | None] = owners.narrowing(access)
    if all_owners:
        ids = dict.fromkeys(ids)
    after = 0
    while rows := tx.rows("event_page", after=after, owner_no=owner_no, count=PAGE_ROWS, **ids):
        yield from map(as_event, rows)
        after = rows[-1][0]


def taken_back(tx: Transaction, access: Access, *, all_owners: bool = False) -> frozenset[str]:
    """The ids of what was said and then asked not to be remembered, of the scope's owner or of everybody."""
    owner_no = None if all_owners else owners.find(tx, access)
    return frozenset(row[0] for row in tx.rows("events_taken_back", owner_no=owner_no))


def numbers(tx: Transaction, access: Access, ids: Sequence[str] | None) -> dict[int, str]:
    """Event keys to ids: of the given ids that exist in the scope, or of all its events."""
    owner_no, narrow = owners.find(tx, access), owners.narrowing(access)
    if ids is None:
        return dict(tx.rows("event_numbers", owner_no=owner_no, **narrow))
    return dict(tx.rows("events_by_ids", owner_no=owner_no, event_ids=list(ids), **narrow))


def by_numbers(tx: Transaction, event_nos: Sequence[int]) -> list[tuple[int, int, Event]]:
    """Events of any owner by their keys, in order: key, owner's key, event. For work on what is committed."""
    rows = tx.rows("events_by_numbers", event_nos=list(event_nos))
    return [(row[0], row[23], as_event(row)) for row in rows]


def erase(tx: Transaction, access: Access, event_nos: Sequence[int]) -> int:
    """Delete events and, by cascade, their spans, vectors and jobs. The keyword index goes first."""
    owner_no = owners.find(tx, access)
    erased = tx.run("events_erase", owner_no=owner_no, event_nos=list(event_nos))
    tx.run("owner_note_erasure", owner_no=owner_no)
    return erased


def damaged(tx: Transaction) -> list[str]:
    """Ids of events whose row no longer matches its hash."""
    wrong: list[str] = []
    after = 0
    while rows := tx.rows("event_row_hashes", after=after, count=PAGE_ROWS):
        names = ("content", "kind", "role", "speaker", "said_at", "recorded_at", "client_id", "origin")
        wrong += [r[1] for r in rows if row_hash(r[1], dict(zip(names, r[2:10], strict=True))) != r[10]]
        after = rows[-1][0]
    return wrong


def row_hash(event_id: str, columns: dict[str, Any]) -> bytes:
    """BLAKE2b-128 over the id and the immutable columns, in a canonical JSON form."""
    canonical = json.dumps([event_id, sorted(columns.items())], ensure_ascii=False, separators=(",", ":"))
    return blake2b(canonical.encode(), digest_size=16).digest()


def as_event(row: Row) -> Event:
    """The record of a row of the event statements."""
    return Event(
        id=row[1],
        content=row[2],
        kind=EventKind(row[3]),
        role=row[4],
        speaker=row[5],
        said_at=from_ms(row[6]),
        recorded_at=from_ms(row[7]),
        workspace_id=row[8],
        user_id=row[9],
        agent_id=row[10],
        run_id=row[11],
        session_id=row[12],
        app_id=row[13],
        thread=row[14],
        seq=row[15],
        client_id=row[16],
        origin=row[17],
        trust=Trust(row[18]),
        metadata=json.loads(row[19]),
        times_seen=row[20],
        last_seen_at=from_ms(row[21]),
        identity=row[22].hex(),
    )


def content_hash(text: str) -> bytes:
    """BLAKE2b-128 of the canonical text: equal for texts that differ in case, width or spacing only."""
    return blake2b(canonical(text).encode(), digest_size=16).digest()


def _known(tx: Transaction, owner_no: int, new: NewEvent) -> Stored | None:
    """The event that is there already; what is said again counts as seen again, what is restored does not."""
    key: dict[str, Value] = {"owner_no": owner_no, "dedup_key": new.identity}
    if not new.restored:
        row = tx.one("event_sighted", **key, at=to_ms(new.recorded_at))
    else:
        row = tx.one("event_known", **key)
    return Stored(row[0], row[1], inserted=False) if row else None


def _trust(turn: Turn) -> Trust:
    if turn.kind is EventKind.DOCUMENT:
        return Trust.DOCUMENT
    return _TRUST_OF_ROLE.get(turn.role, Trust.UNKNOWN)
