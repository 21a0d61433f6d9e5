"""Jobs: rows that are claimed under a lease and finished under its fence, so that none is lost and none done twice.

A claim raises the row's fence; every later statement of the worker carries it and changes nothing once another
worker, or a person, has raised it again. This file must not know what jobs do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.jobs import Job, JobState
from fusion_memory.core.scope import Access, Scope
from fusion_memory.memory import owners
from fusion_memory.storage.interface import Row, Transaction

WHOLE_DATABASE: Final = "*"
"""The workspace that stands for the whole database; no memory is kept in it."""

LAST: Final = 2**62


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to submit; of equal open jobs of one owner, by ``key``, there is one."""

    job_id: str
    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    max_attempts: int = 5


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job in the hands of a worker: all it needs, and the fence that proves the claim."""

    job_no: int
    job_id: str
    kind: str
    scope: Scope
    options: Mapping[str, Any]
    fence: int
    attempts: int
    max_attempts: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A job as it is stored, with its number, by which lists are paged."""

    job: Job
    job_no: int


def is_whole_database(scope: Scope) -> bool:
    """Whether a scope stands for the whole database."""
    return scope.workspace_id == WHOLE_DATABASE


def submit(tx: Transaction, access: Access, new: NewJob, at: datetime) -> str | None:
    """Queue a job of the scope; its id, or None when an equal one is open."""
    owner_no = None if is_whole_database(access.scope) else owners.ensure(tx, access, at)
    added = tx.run(
        "job_submit",
        job_id=new.job_id,
        kind=new.kind,
        owner_no=owner_no,
        scope=_written(access.scope),
        payload=json.dumps(dict(new.options), sort_keys=True),
        key=new.key,
        max_attempts=new.max_attempts,
        available_at=to_ms(at),
        principal=access.principal.id,
        at=to_ms(at),
    )
    return new.job_id if added else None


def open_of_key(tx: Transaction, access: Access, key: str) -> str | None:
    """The id of the open job of a key in the scope's owner."""
    owner_no = None if is_whole_database(access.scope) else owners.find(tx, access)
    row = tx.one("job_open_of_key", owner_no=owner_no, key=key)
    return row[0] if row else None


def claim(tx: Transaction, worker: str, kinds: Sequence[str], at: datetime, until: datetime) -> Claimed | None:
    """Take the job that has waited longest, also one whose worker let its lease run out; None without one."""
    tx.run("job_bury_abandoned", at=to_ms(at))
    rows = tx.rows("job_claim", worker=worker, kinds=list(kinds), at=to_ms(at), until=to_ms(until))
    return _claimed(rows[0]) if rows else None


def take(tx: Transaction, worker: str, job_id: str, at: datetime, until: datetime) -> Claimed | None:
    """Take one certain job, when it may run now and nobody has it."""
    rows = tx.rows("job_take", worker=worker, job_id=job_id, at=to_ms(at), until=to_ms(until))
    return _claimed(rows[0]) if rows else None


def beat(
    tx: Transaction, claimed: Claimed, until: datetime, done: int | None = None, total: int | None = None
) -> bool:
    """Keep the lease, and note the progress; False when the job is not this worker's any more."""
    held = {"job_no": claimed.job_no, "fence": claimed.fence}
    return tx.run("job_beat", **held, until=to_ms(until), done=done, total=total) > 0


def finish(tx: Transaction, claimed: Claimed, counts: Mapping[str, int], at: datetime) -> bool:
    """Finish a job, in the transaction of its work where it has one; False when it is no more this worker's."""
    held = {"job_no": claimed.job_no, "fence": claimed.fence}
    return tx.run("job_finish", **held, counts=json.dumps(dict(counts), sort_keys=True), at=to_ms(at)) > 0


def put_off(tx: Transaction, claimed: Claimed, reason: str, until: datetime) -> bool:
    """Leave a job that failed for later, with the reason."""
    held = {"job_no": claimed.job_no, "fence": claimed.fence}
    return tx.run("job_put_off", **held, error=reason, available_at=to_ms(until)) > 0


def bury(tx: Transaction, claimed: Claimed, reason: str, at: datetime) -> bool:
    """Give a job up: a dead letter, with the reason."""
    held = {"job_no": claimed.job_no, "fence": claimed.fence}
    return tx.run("job_bury", **held, error=reason, at=to_ms(at)) > 0


def release(tx: Transaction, claimed: Claimed, at: datetime) -> bool:
    """Give a job back that was not done, as if it had not been begun."""
    return tx.run("job_release", job_no=claimed.job_no, fence=claimed.fence, at=to_ms(at)) > 0


def cancel(tx: Transaction, job_id: str, at: datetime) -> bool:
    """Cancel an open job; a worker that has it stops at its next step. False when it is finished."""
    return tx.run("job_cancel", job_id=job_id, at=to_ms(at)) > 0


def retry(tx: Transaction, job_id: str, at: datetime) -> bool:
    """Queue a job again that was given up, cancelled or put off; False when it runs, is done, or has a double."""
    return tx.run("job_retry", job_id=job_id, at=to_ms(at)) > 0


def find(tx: Transaction, job_id: str) -> Job | None:
    """The job of an id, whoever it belongs to."""
    row = tx.one("job_of_id", job_id=job_id)
    return _stored(row).job if row else None


def page(
    tx: Transaction, access: Access, state: JobState | None, kind: str | None, before: int, count: int
) -> list[Stored]:
    """Jobs numbered below ``before``, the latest first: of the scope's owner, or all for the whole database."""
    everywhere = is_whole_database(access.scope)
    rows = tx.rows(
        "job_page",
        everywhere=everywhere,
        owner_no=None if everywhere else owners.find(tx, access),
        before=before,
        state=state.value if state else None,
        kind=kind,
        count=count,
    )
    return [_stored(row) for row in rows]


def shown(access: Access, job: Job) -> bool:
    """Whether a job could have been asked for in the scope: all that narrows the scope narrowed the job."""
    if is_whole_database(access.scope):
        return True
    same = job.scope.owner == access.scope.owner and not is_whole_database(job.scope)
    return same and owners.covers(access, job.scope.narrowing)


def counts(tx: Transaction) -> dict[str, int]:
    """How many jobs there are in each state."""
    return {state.value: 0 for state in JobState} | dict(tx.rows("job_counts"))


def next_due(tx: Transaction, kinds: Sequence[str]) -> datetime | None:
    """When a job of these kinds falls due next, or a lease runs out."""
    row = tx.one("job_next", kinds=list(kinds))
    return from_ms(row[0]) if row and row[0] is not None else None


def prune(tx: Transaction, access: Access, before: datetime) -> int:
    """Drop what was finished, given up or cancelled before a moment; how many."""
    owner_no = None if is_whole_database(access.scope) else owners.find(tx, access)
    return tx.run("job_prune", before=to_ms(before), owner_no=owner_no)


def _written(scope: Scope) -> str:
    names = ("workspace_id", "user_id", "agent_id", "run_id", "session_id", "app_id")
    return json.dumps({name: value for name in names if (value := getattr(scope, name)) is not None})


def _claimed(row: Row) -> Claimed:
    job_no, job_id, kind, scope, payload, fence, attempts, most = row
    return Claimed(job_no, job_id, kind, Scope(**json.loads(scope)), json.loads(payload), fence, attempts, most)


def _stored(row: Row) -> Stored:
    moments = [None if row[place] is None else from_ms(row[place]) for place in (8, 14, 15, 16)]
    job = Job(
        id=row[0],
        kind=row[1],
        scope=Scope(**json.loads(row[3])),
        options=json.loads(row[4]),
        state=JobState(row[5]),
        attempts=row[6],
        max_attempts=row[7],
        available_at=moments[0],
        done=row[9],
        total=row[10],
        counts=json.loads(row[11]),
        reason=row[12],
        principal=row[13],
        created_at=moments[1],
        started_at=moments[2],
        finished_at=moments[3],
    )
    return Stored(job, row[17])
