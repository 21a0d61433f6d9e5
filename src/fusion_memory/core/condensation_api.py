"""The public face of condensation: memory cards of sessions and what they save; many facts in few lines.

:class:`~fusion_memory.core.api.MemoryApi` includes it; it stands apart so that each can be read at one sitting.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from fusion_memory.core.cards import Condensation, CondensationReport
from fusion_memory.core.digests import CompactFacts
from fusion_memory.core.scope import Scope

Moment = datetime | str
"""A moment: an aware datetime, or a text in the form of ISO 8601."""


class CondensationApi(Protocol):
    """What sessions came to, and what is true in few lines."""

    def condensations(
        self, scope: Scope, *, limit: int = 100, history: bool = False, as_of: Moment | None = None
    ) -> tuple[Condensation, ...]:
        """The memory cards of the scope's sessions, the latest session first."""
        ...

    def condense(self, scope: Scope) -> tuple[Condensation, ...]:
        """Make the cards of the scope's session, or of all its sessions, anew."""
        ...

    def condensation_report(self, scope: Scope) -> CondensationReport:
        """How many sessions have a card, and the tokens that cards save."""
        ...

    def compact_facts(self, scope: Scope, max_facts: int | None = None) -> CompactFacts:
        """What is true now: so many facts one by one, the others in digest lines with all their sources."""
        ...
