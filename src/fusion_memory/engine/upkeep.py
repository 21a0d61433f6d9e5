"""Work on the whole memory that a person asks for: forget, catch up, reindex."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fusion_memory.core.errors import ModelUnavailable, NotFound
from fusion_memory.core.reports import ForgetResult, ReindexReport
from fusion_memory.core.scope import Access
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import erasure, spaces


def forget(parts: Parts, access: Access, ids: Sequence[str] | None, dry_run: bool) -> ForgetResult:
    """Erase memories of a scope, or count what that would take.

    Raises:
        NotFound: an id is not in the scope.
    """
    if dry_run:
        with parts.database.read() as tx:
            touched = erasure.reach(tx, access, ids)
        _require_all(ids, touched)
        return ForgetResult(tuple(touched.events.values()), touched.counts, dry_run=True)
    parts.traces.drop(access)
    try:
        with parts.database.write() as tx:
            touched = erasure.reach(tx, access, ids)
            _require_all(ids, touched)
            counts = erasure.erase(tx, access, touched, parts.database.keyword, parts.clock.now())
    except NotFound:
        parts.database.scrub()  # an erasure that a reader held up is completed by calling again
        raise
    parts.database.scrub()
    return ForgetResult(tuple(touched.events.values()), counts, dry_run=False)


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


def _require_all(ids: Sequence[str] | None, touched: erasure.Reach) -> None:
    missing = set(ids or ()) - set(touched.events.values())
    if missing:
        raise NotFound(f"There is no memory {min(missing)!r} in this scope; nothing was erased.")
