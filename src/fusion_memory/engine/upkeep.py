"""Work on the whole memory that a person asks for: catch up, reindex."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fusion_memory.core.errors import ModelUnavailable
from fusion_memory.core.reports import ReindexReport
from fusion_memory.core.scope import Access
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import spaces, tasks
from fusion_memory.memory.outbox import EMBED, EXTRACT, Job
from fusion_memory.memory.second_readings import REFINE

COUNTED = ("claimed", "processed", "retried", "failed")


def catch_up(parts: Parts, limit: int | None, progress: Callable[[int], None] | None) -> int:
    """Make vectors that are due.

    Raises:
        ModelUnavailable: there is no embedder.
        ModelError: it failed.
    """
    if parts.maker is None:
        raise ModelUnavailable
    caught = parts.maker.catch_up(limit, progress)
    if caught.error:
        raise caught.error
    return caught.embedded


def reindex(parts: Parts, progress: Callable[[int], None] | None) -> ReindexReport:
    """Fill the model's embedding space, then switch to it.

    Raises:
        ModelUnavailable: there is no embedder.
        ModelError: it failed; what was embedded stays.
    """
    if parts.maker is None or parts.embedder is None:
        raise ModelUnavailable
    space_no, previous = parts.maker.open_space()
    after = embedded = 0
    while True:
        after, count = parts.maker.fill(space_no, after)
        if not after:
            break
        embedded += count
        if progress:
            progress(count)
    with parts.database.write() as tx:
        spaces.activate(tx, space_no)
    return ReindexReport(parts.embedder.space.name, previous, embedded)


def read_what_is_due(parts: Parts, access: Access) -> None:
    """Let the rules read what bulk adding left due, so that a question about facts sees all that was said."""
    if parts.encoder is None or parts.encoder.options.mode != "sync":
        return
    with parts.database.read() as tx:
        jobs = tasks.due_of_owner(tx, access, EXTRACT, parts.clock.now())
    if jobs:
        parts.encoder.work(jobs)


def kinds_of(parts: Parts) -> tuple[str, ...]:
    """The kinds of work that this service can do."""
    workers = ((EMBED, parts.maker), (EXTRACT, parts.encoder), (REFINE, parts.second_reader))
    return tuple(kind for kind, worker in workers if worker is not None)


def drain(parts: Parts, limit: int) -> dict[str, int]:
    """Read what is due, of all owners: first by the rules, then by the language model when there is one."""
    done = parts.encoder.drain(limit) if parts.encoder else dict.fromkeys(COUNTED, 0)
    if parts.second_reader and done["claimed"] < limit:
        more = parts.second_reader.drain(limit - done["claimed"])
        done = {name: done[name] + more[name] for name in COUNTED}
    return done


def work_off(parts: Parts, access: Access, limit: int) -> dict[str, int]:
    """Read what waits in a scope, due or put off, and make the vectors that are missing."""
    done = dict.fromkeys(COUNTED, 0)
    for kind, work in ((EXTRACT, _encode), (REFINE, _refine), (EMBED, _embed)):
        with parts.database.read() as tx:
            jobs = tasks.jobs_of(tx, access, kind, limit - done["claimed"])
        if jobs:
            counts = work(parts, jobs)
            done = {name: done[name] + counts.get(name, 0) for name in COUNTED}
    return done


def _encode(parts: Parts, jobs: Sequence[Job]) -> dict[str, int]:
    if parts.encoder is None:
        return {}
    done = parts.encoder.work(jobs)
    return {"claimed": len(jobs), "processed": done.events, "retried": done.retried, "failed": done.failed}


def _refine(parts: Parts, jobs: Sequence[Job]) -> dict[str, int]:
    return parts.second_reader.work(jobs) if parts.second_reader else {}


def _embed(parts: Parts, jobs: Sequence[Job]) -> dict[str, int]:
    if parts.maker is None:
        return {}
    caught = parts.maker.work(jobs)
    counts = {"claimed": len(jobs)}
    return counts | ({"retried": len(jobs)} if caught.error else {"processed": len(jobs)})
