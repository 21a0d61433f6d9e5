"""The public face of governance: policies, legal holds, fading, and receipts of erasures.

:class:`~fusion_memory.core.api.MemoryApi` includes it. Setting and applying a policy, and placing and releasing a
hold, take the right to administer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from fusion_memory.core.policy import DecayValue, Hold, PolicyReport, PolicyView
from fusion_memory.core.receipts import Receipt, VerifiedReceipt
from fusion_memory.core.reports import ForgetResult
from fusion_memory.core.scope import Scope


class PolicyApi(Protocol):
    """What is kept how near and how long, and what was erased."""

    def policy(self, scope: Scope) -> PolicyView:
        """The policy that holds in a scope, and the levels it was made of."""
        ...

    def set_policy(
        self,
        scope: Scope,
        changes: Mapping[str, Any] | None = None,
        *,
        preset: str | None = None,
        afresh: bool = False,
    ) -> PolicyView:
        """Change what the level of a scope says; a field set to None is taken back from it."""
        ...

    def preview_policy(
        self,
        scope: Scope,
        changes: Mapping[str, Any] | None = None,
        *,
        preset: str | None = None,
        at: datetime | str | None = None,
    ) -> PolicyReport:
        """What policies would do now, or with these changes; nothing is done."""
        ...

    def apply_policy(
        self, scope: Scope, *, at: datetime | str | None = None, digest: str | None = None
    ) -> PolicyReport:
        """Do what policies say; with the ``at`` and ``digest`` of a preview exactly that, or nothing."""
        ...

    def hold(self, scope: Scope, reason: str, ids: Sequence[str] | None = None) -> Hold:
        """Place a legal hold on everything at the level of a scope, or on some memories."""
        ...

    def release_hold(self, hold_id: str, scope: Scope) -> Hold:
        """End a hold that stands at the level of a scope."""
        ...

    def holds(self, scope: Scope, *, released: bool = False) -> tuple[Hold, ...]:
        """The holds in force that bear on a scope; with ``released`` those placed at its level that ended, too."""
        ...

    def decay(
        self,
        scope: Scope,
        ids: Sequence[str] | None = None,
        *,
        at: datetime | str | None = None,
        limit: int = 100,
    ) -> tuple[DecayValue, ...]:
        """How strong memories are and will be: those named, or the latest of the scope."""
        ...

    def forget_subject(
        self, scope: Scope, *, dry_run: bool = False, despite_hold: str | None = None
    ) -> ForgetResult:
        """Erase a user, agent or run: memories and every row of every table that is theirs."""
        ...

    def receipts(self, scope: Scope, limit: int = 100) -> tuple[Receipt, ...]:
        """The latest erasures of a scope's owner, the latest first; also of one that is erased."""
        ...

    def verify_receipt(self, receipt_id: str, scope: Scope) -> VerifiedReceipt:
        """A receipt, and whether what it says still holds."""
        ...
