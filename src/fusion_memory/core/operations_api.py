"""What operators ask of a memory. A server offers it; it is no part of what an agent needs.

Without a scope, or with one that names a workspace alone, a call concerns everything there and takes the right to
administer; otherwise it concerns one owner and takes the right to read.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Protocol

from fusion_memory.core.operations import (
    Happenings,
    Holdings,
    PipelineReport,
    Points,
    PromptNote,
    Readiness,
    SessionReset,
)
from fusion_memory.core.records import AddResult
from fusion_memory.core.scope import Scope


class OperationsApi(Protocol):
    """A memory at work."""

    def happenings(self, scope: Scope | None = None, after: str | None = None, limit: int = 100) -> Happenings:
        """What happened after a cursor, in order; without one nothing, and the cursor of now."""
        ...

    def pipeline(self, scope: Scope | None = None) -> PipelineReport:
        """What waits, what was done lately, what failed, and what models cost."""
        ...

    def holdings(self, scope: Scope | None = None) -> Holdings:
        """How much is there."""
        ...

    def reset_session(
        self, scope: Scope, *, confirm: bool = False, dry_run: bool = False, clear_audit: bool = False
    ) -> SessionReset:
        """Erase everything of one session."""
        ...

    def prompts(self) -> tuple[PromptNote, ...]:
        """What language models are told."""
        ...

    def readiness(self, backlog_age_s: float = 0.0) -> Readiness:
        """Whether requests can be served; it needs no right, and tells nothing of anybody."""
        ...

    def seed(self, scope: Scope) -> AddResult:
        """Tell a short story, for trying out."""
        ...

    def points(self, scope: Scope, limit: int = 20_000, unless: Set[str] = frozenset()) -> Points:
        """Where the scope's memories lie among each other."""
        ...
