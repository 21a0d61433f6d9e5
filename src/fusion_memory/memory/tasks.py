"""The work on a scope's memories as people see it: what waits, what was put off, what was given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.reports import TaskReport
from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.memory.outbox import Job
from fusion_memory.storage.interface import Transaction

PENDING: Final = "pending"
POSTPONED: Final = "postponed"
DEAD: Final = "dead"
STATUSES: Final = (PENDING, POSTPONED, DEAD)


def listed(
    tx: Transaction, access: Access, status: str | None, at: datetime, limit: int, *, kinds: Sequence[str]
) -> tuple[TaskReport, ...]:
    """The work of these kinds on a scope, the oldest first; of one status, when one is named."""
    where = {"owner_no": owners.find(tx, access), "count": limit, **owners.narrowing(access)}
    found: list[TaskReport] = []
    if status != DEAD:
        for number, kind, memory_id, created, available, attempts, error in tx.rows("tasks_waiting", **where):
            due = from_ms(available)
            stand = POSTPONED if due > at else PENDING
            report = TaskReport(f"job_{number}", kind, stand, memory_id, from_ms(created), due, attempts, error)
            found.append(report)
    if status in (None, DEAD):
        found += [
            TaskReport(f"dead_{number}", kind, DEAD, memory_id, from_ms(created), None, 0, reason)
            for number, kind, memory_id, created, _, reason in tx.rows("tasks_dead", **where)
        ]
    return tuple(r for r in found if r.kind in kinds and status in (None, r.status))[:limit]


def jobs_of(tx: Transaction, access: Access, kind: str, limit: int) -> list[Job]:
    """The open jobs of a kind on a scope's memories, the oldest first, due or not."""
    where = {"owner_no": owners.find(tx, access), **owners.narrowing(access)}
    return [Job(*row) for row in tx.rows("jobs_of_scope", kind=kind, count=limit, **where)]


def due_of_owner(tx: Transaction, access: Access, kind: str, at: datetime) -> list[Job]:
    """The jobs of a kind that are due on all memories of a scope's owner, the oldest first."""
    rows = tx.rows("jobs_of_owner", owner_no=owners.find(tx, access), kind=kind, at=to_ms(at))
    return [Job(*row) for row in rows]
