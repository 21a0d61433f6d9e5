"""Receipts: what an erasure took, kept in counts and digests, and anchored in the audit trail.

Must not know: how anything is erased.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.receipts import ErasureCause, Receipt, ReceiptCheck, VerifiedReceipt
from fusion_memory.core.scope import Access
from fusion_memory.memory import audit, policies, tombstones
from fusion_memory.memory.holds import Override
from fusion_memory.storage.interface import Row, Transaction


@dataclass(frozen=True, slots=True)
class Warrant:
    """What an erasure is done under.

    Attributes:
        receipt_id: the name of the receipt it leaves.
        key: of the database's digests.
        cause: what led to it.
        despite: why an operator overrides legal holds, and which; None where holds hold.
        copies: files beside the database that an erasure does not reach.
        whole_owner: the owner goes with the memories.
    """

    receipt_id: str
    key: bytes
    cause: ErasureCause = ErasureCause.FORGET
    despite: Override | None = None
    copies: int = 0
    whole_owner: bool = False


@dataclass(slots=True)
class Taken:
    """What an erasure took and healed, as far as it is known."""

    ids: list[str]
    gone: dict[str, int] = field(default_factory=dict)
    healed: dict[str, int] = field(default_factory=dict)
    holds: list[str] = field(default_factory=list)


def issue(tx: Transaction, access: Access, warrant: Warrant, taken: Taken, at: datetime) -> int:
    """Write the receipt of an erasure, bury what it took, and anchor it in the audit trail; its key."""
    key, owner = warrant.key, access.scope.owner
    marks = sorted(tombstones.digest(key, tombstones.MEMORY, one) for one in taken.ids)
    body = {
        "by": access.principal.id,
        "cause": warrant.cause.value,
        "memories": len(taken.ids),
        "gone": {name: count for name, count in sorted(taken.gone.items()) if count},
        "healed": {name: count for name, count in sorted(taken.healed.items()) if count},
        "despite": sorted(taken.holds),
        "copies": warrant.copies,
        "ids_digest": blake2b(b"".join(marks), digest_size=16).hexdigest(),
    }
    mark = tombstones.owner_digest(key, owner)
    text = json.dumps(body, sort_keys=True)
    seal = _hash(warrant.receipt_id, mark, to_ms(at), text)
    row = tx.one(
        "receipt_add", receipt_id=warrant.receipt_id, owner_digest=mark, at=to_ms(at), body=text, hash=seal
    )
    if row is None:
        raise RuntimeError("a receipt returned no row")
    tombstones.bury(tx, key, taken.ids, at, row[0], owner if warrant.whole_owner else None)
    audit.record(tx, access, "receipt", [warrant.receipt_id], {"hash": seal.hex()}, at)
    return int(row[0])


def find(tx: Transaction, access: Access, receipt_id: str) -> Receipt | None:
    """A receipt of the scope's owner, even of one that is gone; anybody's for the whole database."""
    row = tx.one("receipt_by_id", receipt_id=receipt_id)
    mark = _mark(tx, access)
    return _receipt(row) if row is not None and (mark is None or row[2] == mark) else None


def listed(tx: Transaction, access: Access, limit: int) -> tuple[Receipt, ...]:
    """The latest receipts of the scope's owner, or of everybody for the whole database."""
    rows = tx.rows("receipts_of_owner", owner_digest=_mark(tx, access), count=limit)
    return tuple(_receipt(row) for row in rows)


def verify(tx: Transaction, receipt: Receipt, beside: frozenset[bytes] | None) -> VerifiedReceipt:
    """Look at whether a receipt is what was written, and whether what it says still holds.

    Args:
        tx: a transaction.
        receipt: as it was found.
        beside: the digests of the file beside the database; None where there is no such file to be had.
    """
    row = tx.one("receipt_by_id", receipt_id=receipt.id)
    key = tombstones.key_of(tx)
    seal = _hash(row[1], row[2], row[3], row[4]) if row else b""
    anchors = tx.rows("receipt_in_audit", subject=json.dumps([receipt.id]))
    rows = tx.rows("tombstones_of_receipt", receipt_id=receipt.id)
    buried = [one[2] for one in rows if one[0] == tombstones.MEMORY]
    ids = blake2b(b"".join(sorted(buried)), digest_size=16).hexdigest()
    back = tombstones.present(tx, key, buried) if key else 0
    checks = [
        ReceiptCheck("unchanged", row is not None and seal == row[5]),
        ReceiptCheck("in_audit", any(json.loads(one[0]).get("hash") == receipt.hash for one in anchors)),
        ReceiptCheck("audit_chain", audit.broken_at(tx) is None),
        ReceiptCheck("tombstones", ids == receipt.ids_digest, str(len(buried))),
        ReceiptCheck("gone", back == 0, str(back)),
    ]
    if beside is not None:
        checks.append(ReceiptCheck("beside", all(one in beside for one in buried), str(len(buried))))
    return VerifiedReceipt(receipt, tuple(checks))


def _mark(tx: Transaction, access: Access) -> bytes | None:
    if access.scope.workspace_id == policies.EVERYTHING:
        return None
    key = tombstones.key_of(tx)
    return tombstones.owner_digest(key, access.scope.owner) if key else b""


def _hash(receipt_id: str, mark: bytes, at_ms: int, body: str) -> bytes:
    return blake2b(json.dumps([receipt_id, mark.hex(), at_ms, body]).encode(), digest_size=16).digest()


def _receipt(row: Row) -> Receipt:
    body: dict[str, Any] = json.loads(row[4])
    return Receipt(
        id=row[1],
        at=from_ms(row[3]),
        owner_digest=row[2].hex(),
        hash=row[5].hex(),
        **{**body, "cause": ErasureCause(body["cause"]), "despite": tuple(body["despite"])},
    )
