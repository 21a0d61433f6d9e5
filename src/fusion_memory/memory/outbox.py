"""The outbox: work that derived data still needs. A job leaves in the transaction that does its work.

Whoever works in the background claims jobs under a lease first, so that no two models are asked for one thing. A
lease that ran out costs work and nothing else: what is written is written once, whoever comes second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.storage.interface import Database, Transaction

EMBED = "embed"
EXTRACT = "extract"

LEASE: Final = timedelta(seconds=60)
"""How long claimed jobs are left to who claimed them; a round of them takes a second or two."""

GRACE: Final = timedelta(seconds=10)
"""What was just added is left so long to the call that added it, which does the work itself."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job: its key, the event it is about, how often it was tried, the fence of its claim (0 without one)."""

    job_no: int
    event_no: int
    owner_no: int
    attempts: int
    fence: int = 0


def enqueue(tx: Transaction, owner_no: int, event_nos: Sequence[int], at: datetime, kind: str = EMBED) -> None:
    """Ask for work on events; an equal open job is not doubled."""
    stamp = to_ms(at)
    tx.run_many(
        "outbox_enqueue",
        [{"kind": kind, "event_no": number, "owner_no": owner_no, "at": stamp} for number in event_nos],
    )


def due(tx: Transaction, at: datetime, count: int, kind: str = EMBED, grace: timedelta = timedelta(0)) -> list[Job]:
    """The oldest jobs that may run now and that nobody has claimed, of all owners; none younger than ``grace``."""
    before = to_ms(at - grace)
    return [Job(*row) for row in tx.rows("outbox_due", kind=kind, at=to_ms(at), before=before, count=count)]


def claim(
    database: Database, find: Callable[[Transaction], Sequence[Job]], at: datetime, lease: timedelta = LEASE
) -> list[Job]:
    """Claim the jobs that ``find`` finds and that nobody else was quicker to claim; nothing is written for none.

    Args:
        database: where they are.
        find: names the jobs that are wanted.
        at: the present.
        lease: how long they are left to the caller.
    """
    with database.read() as tx:
        wanted = [job.job_no for job in find(tx)]
    if not wanted:
        return []
    with database.write() as tx:
        rows = tx.rows("outbox_claim", job_nos=wanted, at=to_ms(at), until=to_ms(at + lease))
    return sorted((Job(*row) for row in rows), key=lambda job: job.job_no)


def renew(tx: Transaction, jobs: Sequence[Job], until: datetime) -> list[Job]:
    """Keep claimed jobs for longer; those that are still the caller's. Jobs that were never claimed pass."""
    held = {"until": to_ms(until)}
    return [
        job for job in jobs if not job.fence or tx.run("outbox_renew", job_no=job.job_no, fence=job.fence, **held)
    ]


def release(tx: Transaction, jobs: Sequence[Job]) -> None:
    """Give claimed jobs back that were not done."""
    tx.run_many("outbox_release", [{"job_no": job.job_no, "fence": job.fence} for job in jobs if job.fence])


def next_due(tx: Transaction, kinds: Sequence[str], grace: timedelta) -> datetime | None:
    """When a job of these kinds may be claimed next; None when there is none."""
    row = tx.one("outbox_next", kinds=list(kinds), grace=grace // timedelta(milliseconds=1))
    return from_ms(row[0]) if row and row[0] is not None else None


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
