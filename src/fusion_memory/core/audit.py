"""The audit trail as values: one deed, a page of them, and what became of checking the chain.

It holds ids, counts and digests, never content. It must not know how the chain is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which deeds are wanted; what is None does not matter.

    Args:
        action: of this name, for instance ``forget`` or ``denied``.
        principal: of this caller.
        request_id: of this request.
        since, until: from the first moment on, before the second.
    """

    action: str | None = None
    principal: str | None = None
    request_id: str | None = None
    since: datetime | str | None = None
    until: datetime | str | None = None


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One deed: who did what, in which tenant, to which ids, with which counts.

    ``kind``, ``tenant`` and ``request_id`` are None for deeds of versions that did not record them; ``hash`` is the
    row's link of the chain, in hexadecimal.
    """

    number: int
    at: datetime
    principal: str
    kind: str | None
    action: str
    tenant: str | None
    request_id: str | None
    subject: tuple[str, ...]
    detail: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Deeds, the latest first; ``next_before`` asks for those before them, None at the end."""

    records: tuple[AuditRecord, ...]
    next_before: int | None = None


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What checking the chain found.

    ``head`` is ``<number>:<hash>`` of the last row, or empty: kept elsewhere, it later proves that no row up to
    it was changed or taken away. ``broken_at`` is the number of the first row that is not as it was; ``reason`` is
    ``altered``, ``missing`` (rows between were taken away), ``truncated`` (rows at the end were) or ``head`` (the
    head that was given is not in the chain).
    """

    rows: int
    head: str
    broken_at: int | None = None
    reason: str | None = None

    @property
    def whole(self) -> bool:
        """Whether every row is as it was."""
        return self.broken_at is None
