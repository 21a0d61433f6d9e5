"""The public face of who may do what, and of what was done: keys and the audit trail.

:class:`~fusion_memory.core.api.MemoryApi` includes both. :class:`Recognition` is apart: a server asks it who calls
before there is a principal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from fusion_memory.core.audit import AuditFilter, AuditPage, AuditVerdict
from fusion_memory.core.keys import ApiKey, NewApiKey
from fusion_memory.core.scope import Principal, Scope


class RightsApi(Protocol):
    """Keys, and the audit trail. Both take the right to administer."""

    def create_key(
        self,
        scope: Scope,
        label: str,
        rights: Sequence[str] = ("read", "write"),
        expires_at: datetime | str | None = None,
    ) -> NewApiKey:
        """Make a key that is bound to the scope's workspace, and to its user, agent and app where it names them."""
        ...

    def create_operator_key(
        self, label: str, rights: Sequence[str] = ("admin",), expires_at: datetime | str | None = None
    ) -> NewApiKey:
        """Make a key that acts in every workspace and on the whole database."""
        ...

    def keys(self, scope: Scope | None = None, limit: int = 1_000) -> tuple[ApiKey, ...]:
        """The keys within a scope, the newest first; without a scope all there are."""
        ...

    def revoke_key(self, key_id: str, scope: Scope | None = None) -> ApiKey:
        """End a key at once."""
        ...

    def rotate_key(self, key_id: str, scope: Scope | None = None, overlap_s: float = 0.0) -> NewApiKey:
        """Make a key like another, which ends after ``overlap_s`` seconds."""
        ...

    def audit(
        self,
        scope: Scope | None = None,
        wanted: AuditFilter | None = None,
        limit: int = 100,
        before: int | None = None,
    ) -> AuditPage:
        """What was done, the latest first; without a scope in the whole database."""
        ...

    def verify_audit(self, head: str | None = None) -> AuditVerdict:
        """Check that every row of the audit trail is as it was."""
        ...


class Recognition(Protocol):
    """Who calls. A server has it before it has a principal."""

    def recognise_key(self, presented: str, request_id: str | None = None) -> Principal:
        """The principal of a key that a caller sent."""
        ...

    def has_keys(self) -> bool:
        """Whether a key was ever made, whatever became of it."""
        ...

    def note_refused(self, source: str, reason: str, request_id: str | None = None) -> None:
        """Write down that somebody was not let in."""
        ...
