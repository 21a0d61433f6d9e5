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

from fusion_memory.core.audit import AuditFilter, AuditPage, AuditRecord, AuditVerdict
from fusion_memory.core.clock import from_ms, parse_time, to_ms
from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.storage.interface import Row, Transaction, Value

GENESIS = bytes(16)
PAGE_ROWS = 500
DENIED, REFUSED, LOGIN = "denied", "refused", "login"
"""What is recorded of calls that were not granted, of callers that nobody knew, and of keys in use."""

_COLUMNS = ("at", "principal", "action", "owner_no", "subject", "detail")
_LATER_COLUMNS = ("kind", "tenant", "request_id")
"""Columns that rows of older versions have not, and whose hashes do not cover them: there ``kind`` is NULL."""
_END_OF_TIME = 2**62


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
        "kind": access.principal.kind,
        "tenant": access.scope.workspace_id or "",
        "request_id": access.principal.request_id,
    }
    tx.run("audit_append", **columns, previous=previous, hash=_chain(previous, columns))


def of_owner(tx: Transaction, access: Access, count: int) -> list[AuditEntry]:
    """The latest deeds concerning the scope's owner, oldest first."""
    rows = tx.rows("audit_of_owner", owner_no=owners.find(tx, access), count=count)
    return [AuditEntry(from_ms(r[0]), r[1], tuple(json.loads(r[2])), json.loads(r[3])) for r in reversed(rows)]


def listed(
    tx: Transaction, access: Access | None, wanted: AuditFilter, limit: int, before: int | None
) -> AuditPage:
    """What was done, the latest first: in a workspace, of one owner, or with no ticket in the whole database."""
    since, until = parse_time(wanted.since), parse_time(wanted.until)
    where: dict[str, Value] = {
        "action": wanted.action,
        "principal": wanted.principal,
        "request_id": wanted.request_id,
        "since": to_ms(since) if since else -_END_OF_TIME,
        "until": to_ms(until) if until else _END_OF_TIME,
        "before": before if before is not None else _END_OF_TIME,
        "count": limit + 1,
    }
    if access is None:
        rows = tx.rows("audit_listed", **where)
    elif access.scope.of_workspace:
        rows = tx.rows("audit_listed_of_tenant", tenant=access.scope.workspace_id, **where)
    else:
        owner_no = owners.find(tx, access)
        rows = [] if owner_no == owners.NOBODY else tx.rows("audit_listed_of_owner", owner_no=owner_no, **where)
    records = tuple(_record(row) for row in rows[:limit])
    return AuditPage(records, records[-1].number if len(rows) > limit else None)


def verified(tx: Transaction, head: tuple[int, str] | None = None) -> AuditVerdict:
    """Read the whole chain; ``head`` is the number and the hash of a row that an operator kept elsewhere."""
    previous, last, count = GENESIS, 0, 0
    while rows := tx.rows("audit_page", after=last, count=PAGE_ROWS):
        for row in rows:
            number, link = int(row[0]), row[-1]
            if number != last + 1:
                return AuditVerdict(count, _head(last, previous), last + 1, "missing")
            if row[-2] != previous or link != _chain(previous, _covered(row)):
                return AuditVerdict(count, _head(last, previous), number, "altered")
            if head is not None and head[0] == number and head[1] != link.hex():
                return AuditVerdict(count, _head(last, previous), number, "head")
            previous, last, count = link, number, count + 1
    given = tx.one("audit_rows_given")
    if given and given[0] > last:
        return AuditVerdict(count, _head(last, previous), last + 1, "truncated")
    if head is not None and head[0] > last:
        return AuditVerdict(count, _head(last, previous), last + 1, "head")
    return AuditVerdict(count, _head(last, previous))


def broken_at(tx: Transaction) -> int | None:
    """The number of the first row that is not as it was, or None."""
    return verified(tx).broken_at


def _head(number: int, link: bytes) -> str:
    return f"{number}:{link.hex()}" if number else ""


def _covered(row: Row) -> dict[str, Value]:
    """What the hash of a row covers."""
    columns: dict[str, Value] = dict(zip(_COLUMNS, row[1:7], strict=True))
    later = dict(zip(_LATER_COLUMNS, row[7:10], strict=True))
    return columns if all(value is None for value in later.values()) else columns | later


def _record(row: Row) -> AuditRecord:
    number, at, principal, kind, action, tenant, request_id, subject, detail, link = row
    return AuditRecord(
        number,
        from_ms(at),
        principal,
        kind,
        action,
        tenant,
        request_id,
        tuple(json.loads(subject)),
        json.loads(detail),
        link.hex(),
    )


def _chain(previous: bytes, columns: Mapping[str, Value]) -> bytes:
    canonical = json.dumps(sorted(columns.items()), ensure_ascii=False, separators=(",", ":"))
    return blake2b(previous + canonical.encode(), digest_size=16).digest()
