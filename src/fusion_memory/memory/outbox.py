"""The outbox: work that derived data still needs. A job leaves in the transaction that does its work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fusion_memory.core.clock import to_ms
from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.storage.interface import Transaction

EMBED = "embed"
EXTRACT = "extract"


@dataclass(frozen=True, slots=True)
class Job:
    """One job: its key, the event it is about, how often it was tried."""

    job_no: int
    event_no: int
    owner_no: int
    attempts: int


def enqueue(tx: Transaction, owner_no: int, event_nos: Sequence[int], at: datetime, kind: str = EMBED) -> None:
    """Ask for work on events; an equal open job is not doubled."""
    stamp = to_ms(at)
    tx.run_many(
        "outbox_enqueue",
        [{"kind": kind, "event_no": number, "owner_no": owner_no, "at": stamp} for number in event_nos],
    )


def due(tx: Transaction, at: datetime, count: int, kind: str = EMBED) -> list[Job]:
    """The oldest jobs that may run now, of all owners."""
    return [Job(*row) for row in tx.rows("outbox_due", kind=kind, at=to_ms(at), count=count)]


def of_events(tx: Transaction, event_nos: Sequence[int], kind: str = EMBED) -> list[Job]:
    """The open jobs of the given events."""
    return [Job(*row) for row in tx.rows("outbox_of_events", kind=kind, event_nos=list(event_nos))]


def finish(tx: Transaction, job_nos: Sequence[int]) -> None:
    """Take finished jobs out."""
    tx.run("outbox_done", job_nos=list(job_nos))


def postpone(tx: Transaction, job_nos: Sequence[int], error: str, until: datetime) -> None:
    """Keep failed jobs for later, with the reason."""
    tx.run("outbox_failed", job_nos=list(job_nos), error=error, available_at=to_ms(until))


def count(tx: Transaction, access: Access | None = None, kind: str = EMBED) -> int:
    """Open jobs of a scope's owner, or of everybody."""
    owner_no = owners.find(tx, access) if access else None
    row = tx.one("outbox_count", kind=kind, owner_no=owner_no)
    return row[0] if row else 0


def last_error(tx: Transaction) -> str | None:
    """Why the last failed job failed, or None."""
    row = tx.one("outbox_last_error")
    return row[0] if row else None
