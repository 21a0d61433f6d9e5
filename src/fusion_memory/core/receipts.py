"""Receipts of erasures: what was erased, when, by whom, in counts and digests; nothing of what it said.

It knows no storage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ErasureCause(StrEnum):
    """What led to an erasure: a call, a policy, the erasure of a whole subject, or a backup that was restored."""

    FORGET = "forget"
    POLICY = "policy"
    SUBJECT = "subject"
    REPLAY = "replay"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One erasure.

    Attributes:
        id: names it, also in the audit trail.
        at, by: when, and which principal.
        cause: what led to it.
        owner_digest: a keyed digest of whose memory it was; the same for one owner of one database.
        memories: how many were erased.
        gone: rows erased with them, by table.
        healed: what was derived anew from what is left, by kind.
        despite: the legal holds that an operator overrode, by id.
        copies: files beside the database that are copies of it: out of reach of an erasure.
        ids_digest: of the erased ids, each keyed, in order: shows that two receipts are of the same erasure.
        hash: over all of this; the audit trail holds it too.
    """

    id: str
    at: datetime
    by: str
    cause: ErasureCause
    owner_digest: str
    memories: int
    gone: Mapping[str, int]
    healed: Mapping[str, int]
    despite: tuple[str, ...]
    copies: int
    ids_digest: str
    hash: str


@dataclass(frozen=True, slots=True)
class ReceiptCheck:
    """One thing that was looked at when a receipt was verified."""

    name: str
    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """A receipt, and whether what it says still holds."""

    receipt: Receipt
    checks: tuple[ReceiptCheck, ...]

    @property
    def valid(self) -> bool:
        """Whether every check passed."""
        return all(check.ok for check in self.checks)
