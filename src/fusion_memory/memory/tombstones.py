"""Tombstones: keyed digests of what was erased, in a table and in a file beside the database that outlives it.

An older backup still holds what was erased after it was taken. When it takes the place of the database, the file is
ahead of the table, and what its lines name is erased again. Must not know: why something was erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Final

from fusion_memory.core.clock import to_ms
from fusion_memory.core.ids import secret_key
from fusion_memory.core.scope import Owner
from fusion_memory.storage import sidecar
from fusion_memory.storage.interface import Database, Transaction
from fusion_memory.storage.sidecar import Mark

MEMORY: Final = "memory"
OWNER: Final = "owner"
PAGE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back although it was erased: memories by owner, and whole owners with the time of their erasure."""

    memories: dict[int, list[int]]
    owners: dict[int, int]

    def __bool__(self) -> bool:
        return bool(self.memories or self.owners)


def key_of(tx: Transaction) -> bytes | None:
    """The key of this database's digests; None before its first erasure."""
    row = tx.one("erasure_key")
    return row[0] if row else None


def ensure_key(tx: Transaction, database: Database) -> bytes:
    """The key, made on the first erasure; one that stands in the file beside the database is taken over."""
    known = key_of(tx)
    if known is None:
        path = database.beside(sidecar.SUFFIX)
        known = (sidecar.read(path).key if path else None) or secret_key()
        tx.run("erasure_key_set", key=known)
    return known


def digest(key: bytes, kind: str, value: str) -> bytes:
    """What stands for an id."""
    return blake2b(f"{kind}:{value}".encode("utf-8", "surrogatepass"), key=key, digest_size=16).digest()


def owner_digest(key: bytes, owner: Owner) -> bytes:
    """What stands for an owner."""
    return digest(key, OWNER, "\x1f".join((owner.workspace_id, owner.user_id, owner.agent_id, owner.run_id)))


def bury(
    tx: Transaction, key: bytes, ids: Iterable[str], at: datetime, receipt_no: int, owner: Owner | None = None
) -> None:
    """Note that memories, and with ``owner`` a whole owner, are erased; part of the erasing transaction."""
    marks = [(MEMORY, digest(key, MEMORY, one)) for one in ids]
    if owner is not None:
        marks.append((OWNER, owner_digest(key, owner)))
    tx.run_many(
        "tombstone_add",
        [{"digest": mark, "kind": kind, "at": to_ms(at), "receipt_no": receipt_no} for kind, mark in marks],
    )


def publish(database: Database, receipt_ids: Sequence[str]) -> None:
    """Add what some erasures buried to the file beside the database.

    Raises:
        StorageError: the file cannot be written.
    """
    path = database.beside(sidecar.SUFFIX)
    if path is None:
        return
    with database.read() as tx:
        key = key_of(tx)
        rows = [row for one in receipt_ids for row in tx.rows("tombstones_of_receipt", receipt_id=one)]
    if key is not None:
        sidecar.add(path, key, [Mark(*row) for row in rows])


def level(database: Database) -> int:
    """Bring the file beside the database up to what its table says, where it lags; how many lines were added.

    Raises:
        StorageError: the file cannot be written.
    """
    path = database.beside(sidecar.SUFFIX)
    if path is None:
        return 0
    with database.read() as tx:
        key, count = key_of(tx), tx.one("tombstones_count")
        if key is None or (count and (key, count[0]) == sidecar.glance(path)):
            return 0
        marks = [Mark(*row) for row in tx.rows("tombstones_all")]
    known = sidecar.read(path)
    fresh = [mark for mark in marks if mark.digest not in known.digests or _later(mark, known.marks)]
    if fresh or known.key is None:
        sidecar.add(path, key, fresh)
    return len(fresh)


def behind(database: Database) -> sidecar.Sidecar | None:
    """The file beside the database when it knows of erasures that the table does not; else None.

    Raises:
        StorageError: the file cannot be read.
    """
    path = database.beside(sidecar.SUFFIX)
    if path is None or not path.exists():
        return None
    with database.read() as tx:
        count = tx.one("tombstones_count")
        if count and sidecar.glance(path) == (key_of(tx), count[0]):
            return None
        known = sidecar.read(path)
        same = key_of(tx) == known.key
        mine = {row[2] for row in tx.rows("tombstones_all")} if same else frozenset()
    return known if known.digests - mine else None


def adopt(tx: Transaction, known: sidecar.Sidecar) -> None:
    """Take over the key and the lines of the file; tombstones under another key say nothing here and go."""
    if key_of(tx) != known.key:
        tx.run("tombstones_clear")
        tx.run("erasure_key_set", key=known.key)
    held = {row[2] for row in tx.rows("tombstones_all")}
    tx.run_many(
        "tombstone_add",
        [
            {"digest": mark.digest, "kind": mark.kind, "at": mark.at, "receipt_no": None}
            for mark in known.marks
            if mark.digest not in held
        ],
    )


def returned(tx: Transaction, known: sidecar.Sidecar) -> Returned:
    """What the database holds that the lines of the file say was erased."""
    if known.key is None:
        return Returned({}, {})
    memories: dict[int, list[int]] = {}
    for event_no, event_id, owner_no in _every_event(tx):
        if digest(known.key, MEMORY, event_id) in known.digests:
            memories.setdefault(owner_no, []).append(event_no)
    gone = {mark.digest: mark.at for mark in known.marks if mark.kind == OWNER}
    owners = {
        row[0]: gone[mark]
        for row in (tx.rows("owner_columns") if gone else ())
        if (mark := owner_digest(known.key, Owner(*row[1:5]))) in gone and row[5] <= gone[mark]
    }
    return Returned(memories, owners)


def present(tx: Transaction, key: bytes, digests: Sequence[bytes]) -> int:
    """How many of the memories behind some digests are in the database."""
    wanted = frozenset(digests)
    return sum(digest(key, MEMORY, event_id) in wanted for _, event_id, _ in _every_event(tx)) if wanted else 0


def _every_event(tx: Transaction) -> Iterator[tuple[int, str, int]]:
    after = 0
    while rows := tx.rows("event_ids", after=after, count=PAGE):
        yield from rows
        after = rows[-1][0]


def _later(mark: Mark, known: Sequence[Mark]) -> bool:
    """Whether an owner was erased once more: only then does a time matter."""
    return mark.kind == OWNER and all(old.at < mark.at for old in known if old.digest == mark.digest)
