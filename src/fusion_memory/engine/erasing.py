"""Erase memories, whole subjects, and what comes back out of an older backup: receipts, tombstones, clean files."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from fusion_memory.consolidation.policy_work import RECEIPT
from fusion_memory.core.errors import NotFound, OnHold, StorageError
from fusion_memory.core.receipts import ErasureCause
from fusion_memory.core.reports import ForgetResult
from fusion_memory.core.scope import Access, Action, Principal, Scope
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import erasure, events, holds, owners, tasks, tombstones
from fusion_memory.memory.holds import Override
from fusion_memory.memory.outbox import EMBED
from fusion_memory.memory.receipts import Warrant
from fusion_memory.storage.interface import Transaction
from fusion_memory.storage.sidecar import Sidecar

EMBEDDED_AGAIN = 256
REPLAYING = Principal("replay", frozenset({Action.READ, Action.WRITE, Action.FORGET}))
"""Who erases again what an older backup brought back."""
REPLAYED = Override("replay")
"""The hold was overridden, or did not stand, when it was erased first."""


def forget(
    parts: Parts, access: Access, ids: Sequence[str] | None, dry_run: bool, despite: Override | None = None
) -> ForgetResult:
    """Erase memories of a scope, or count what that would take.

    Raises:
        NotFound: an id is not in the scope.
        OnHold: a memory is on legal hold, and ``despite`` gives no reason to override it.
    """
    if dry_run:
        return _planned(parts, access, ids, despite)
    return _erase(parts, access, ids, ErasureCause.FORGET, despite)


def forget_subject(parts: Parts, access: Access, dry_run: bool, despite: Override | None = None) -> ForgetResult:
    """Erase an owner: memories, and every row of every table that is the owner's.

    Raises:
        NotFound: there is no such owner.
        OnHold: something bears a legal hold, and ``despite`` gives no reason to override it.
    """
    with parts.database.read() as tx:
        if owners.find(tx, access) == owners.NOBODY:
            raise NotFound(f"Nothing is kept of {access.scope!r}.")
        bearing = holds.bearing(tx, access)
    if bearing and (despite is None or not despite.allows(hold.id for hold in bearing)):
        raise OnHold(f"{access.scope!r} is on legal hold {', '.join(hold.id for hold in bearing)}.")
    if dry_run:
        return _planned(parts, access, None, despite)
    return _erase(parts, access, None, ErasureCause.SUBJECT, despite)


def holds_over(parts: Parts, access: Access, ids: Sequence[str] | None, *, subject: bool) -> dict[str, Scope]:
    """The holds that an erasure would override: where each stands, by its id."""
    with parts.database.read() as tx:
        found = holds.over(tx, access, list(erasure.reach(tx, access, ids).events))
        return found | (holds.over_owner(tx, access) if subject else {})


def replay(parts: Parts) -> int:
    """Erase what an older backup brought back and bring table and file in step; how many memories were erased.

    Raises:
        StorageError: the file beside the database cannot be used, or the database refused.
    """
    known = tombstones.behind(parts.database)
    if known is None:
        with suppress(StorageError):  # where nothing can be written, nothing was erased either
            tombstones.level(parts.database)
        return 0
    with parts.database.write() as tx:
        erased = _erase_returned(parts, tx, known)
        tombstones.adopt(tx, known)
    tombstones.level(parts.database)
    parts.database.scrub()
    return erased


def _planned(parts: Parts, access: Access, ids: Sequence[str] | None, despite: Override | None) -> ForgetResult:
    with parts.database.read() as tx:
        touched = erasure.reach(tx, access, ids)
        _require_all(ids, touched)
        if despite is None:
            holds.require_free(tx, access, list(touched.events))
    return ForgetResult(tuple(touched.events.values()), touched.counts, dry_run=True)


def _erase(
    parts: Parts, access: Access, ids: Sequence[str] | None, cause: ErasureCause, despite: Override | None
) -> ForgetResult:
    parts.traces.flush()  # a pack outlives what it cites, so those that wait are written first
    parts.traces.drop(access)
    at, copies = parts.clock.now(), parts.database.copies()
    receipt_id = parts.ids.new(RECEIPT, at)
    try:
        with parts.database.write() as tx:
            touched = erasure.reach(tx, access, ids)
            _require_all(ids, touched)
            warrant = Warrant(
                receipt_id,
                tombstones.ensure_key(tx, parts.database),
                cause,
                despite,
                copies,
                whole_owner=cause is ErasureCause.SUBJECT,
            )
            counts = erasure.erase(tx, access, touched, parts.database.keyword, at, warrant)
    except NotFound:
        parts.database.scrub()  # an erasure that a reader held up is completed by calling again
        raise
    tombstones.publish(parts.database, [receipt_id])
    parts.database.scrub()
    _embed_again(parts, access)
    if parts.background is not None:
        parts.background.wake()
    return ForgetResult(tuple(touched.events.values()), counts, dry_run=False, receipt=receipt_id)


def _erase_returned(parts: Parts, tx: Transaction, known: Sidecar) -> int:
    """Erase what the file beside the database names, owner by owner, each with a receipt."""
    found = tombstones.returned(tx, known)
    if not found or known.key is None:
        return 0
    at, erased, copies = parts.clock.now(), 0, parts.database.copies()
    tombstones.adopt(tx, known)
    for owner_no, access in _accesses(tx).items():
        every = events.numbers(tx, access, None)
        gone = [every[number] for number in found.memories.get(owner_no, ())]
        alone = owner_no in found.owners and len(gone) == len(every)
        if not (gone or alone):
            continue
        touched = erasure.reach(tx, access, gone)
        warrant = Warrant(
            parts.ids.new(RECEIPT, at),
            known.key,
            ErasureCause.REPLAY,
            REPLAYED,
            copies,
            whole_owner=alone,
        )
        erasure.erase(tx, access, touched, parts.database.keyword, at, warrant)
        erased += len(touched.events)
    return erased


def _accesses(tx: Transaction) -> dict[int, Access]:
    found = {}
    for access in owners.every(tx, Access(REPLAYING, Scope(workspace_id="*"), Action.FORGET)):
        found[owners.find(tx, access)] = access
    return found


def _require_all(ids: Sequence[str] | None, touched: erasure.Reach) -> None:
    missing = set(ids or ()) - set(touched.events.values())
    if missing:
        raise NotFound(f"There is no memory {min(missing)!r} in this scope; nothing was erased.")


def _embed_again(parts: Parts, access: Access) -> None:
    """Make the vectors that an erasure left due; a model that fails leaves them due."""
    with parts.database.read() as tx:
        jobs = tasks.jobs_of(tx, access, EMBED, EMBEDDED_AGAIN)
    if parts.maker and jobs:
        parts.maker.work(jobs)
