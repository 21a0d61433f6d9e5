"""Apply policies: plan and deed in one transaction, so that what was planned is what happens.

Must not know: who asked, a person or the schedule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from fusion_memory.consolidation import policy_plan
from fusion_memory.consolidation.policy_plan import Plan
from fusion_memory.core.errors import PreviewOutdated
from fusion_memory.core.ids import IdSource
from fusion_memory.core.policy import Deed, PolicyReport
from fusion_memory.core.receipts import ErasureCause
from fusion_memory.core.scope import Access
from fusion_memory.memory import audit, erasure, tombstones
from fusion_memory.memory.receipts import Warrant
from fusion_memory.storage.interface import Database, Transaction

RECEIPT: Final = "rcpt"


def apply(
    database: Database,
    ids: IdSource,
    at: datetime,
    targets: Callable[[Transaction], Sequence[Access]],
    *,
    now: datetime | None = None,
    digest: str | None = None,
    most: int | None = None,
) -> tuple[PolicyReport, bool]:
    """Do what policies say, in one transaction; the report, and whether everything due was done.

    Args:
        database: where.
        ids: name receipts.
        at: the moment whose plan is carried out.
        targets: the owners, asked inside the transaction.
        now: when it is done; ``at`` when absent.
        digest: of a preview; another plan is not carried out.
        most: deeds at most, of one owner.

    Raises:
        PreviewOutdated: the plan is not the one of the digest; nothing was done.
        StorageError: the database refused; nothing was done.
    """
    done_at, receipts, copies = now or at, [], database.copies()
    with database.read() as tx:  # most of the time nothing is due, and nobody has to wait
        made = [policy_plan.plan(tx, access, at, most=most) for access in targets(tx)]
    if not any(one.items for one in made) and digest is None:
        return policy_plan.report(made, at, applied=True), True
    with database.write() as tx:
        made = [policy_plan.plan(tx, access, at, most=most) for access in targets(tx)]
        if digest is not None and policy_plan.digest(made) != digest:
            raise PreviewOutdated
        for one in made:
            receipts += _carry_out(tx, database, ids, one, done_at, copies)
    if receipts:
        tombstones.publish(database, receipts)
        database.scrub()
    return policy_plan.report(made, at, applied=True, receipts=receipts), all(one.complete for one in made)


def _carry_out(
    tx: Transaction, database: Database, ids: IdSource, made: Plan, at: datetime, copies: int
) -> list[str]:
    if not made.items:
        return []
    policy_plan.carry_out(tx, made)
    receipts = []
    if gone := [item.id for item in made.of(Deed.ERASE)]:
        receipt_id = ids.new(RECEIPT, at)
        warrant = Warrant(receipt_id, tombstones.ensure_key(tx, database), ErasureCause.POLICY, copies=copies)
        touched = erasure.reach(tx, made.access, gone)
        erasure.erase(tx, made.access, touched, database.keyword, at, warrant)
        receipts.append(receipt_id)
    audit.record(tx, made.access, "policy_applied", receipts, {**policy_plan.tally(made), "held": made.held}, at)
    return receipts
