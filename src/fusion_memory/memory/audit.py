"""The audit trail: what was done and by whom, append-only, each row's hash covering the one before.

It holds ids and counts, never content, so that it survives erasure without undoing it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.storage.interface import Transaction, Value

GENESIS = bytes(16)
PAGE_ROWS = 500


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing done within a scope: when, what, to which ids, with which counts."""

    at: datetime
    action: str
    subject: tuple[str, ...]
    detail: Mapping[str, Any]


def record(
    tx: Transaction, access: Access, action: str, subject: list[str], detail: Mapping[str, Any], at: datetime
) -> None:
    """Append one row in the transaction of the deed itself."""
    last = tx.one("audit_last_hash")
    previous = last[0] if last else GENESIS
    columns: dict[str, Value] = {
        "at": to_ms(at),
        "principal": access.principal.id,
        "action": action,
        "owner_no": owners.find(tx, access),
        "subject": json.dumps(subject),
        "detail": json.dumps(dict(detail), sort_keys=True),
    }
    tx.run("audit_append", **columns, previous=previous, hash=_chain(previous, columns))


def of_owner(tx: Transaction, access: Access, count: int) -> list[AuditEntry]:
    """The latest deeds concerning the scope's owner, oldest first."""
    rows = tx.rows("audit_of_owner", owner_no=owners.find(tx, access), count=count)
    return [AuditEntry(from_ms(r[0]), r[1], tuple(json.loads(r[2])), json.loads(r[3])) for r in reversed(rows)]


def broken_at(tx: Transaction) -> int | None:
    """The number of the first row that does not follow from the one before, or None."""
    previous, after = GENESIS, 0
    names = ("at", "principal", "action", "owner_no", "subject", "detail")
    while rows := tx.rows("audit_page", after=after, count=PAGE_ROWS):
        for row in rows:
            columns = dict(zip(names, row[1:7], strict=True))
            if row[7] != previous or row[8] != _chain(previous, columns):
                return int(row[0])
            previous = row[8]
        after = rows[-1][0]
    return None


def _chain(previous: bytes, columns: Mapping[str, Value]) -> bytes:
    canonical = json.dumps(sorted(columns.items()), ensure_ascii=False, separators=(",", ":"))
    return blake2b(previous + canonical.encode(), digest_size=16).digest()
