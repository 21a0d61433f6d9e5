"""The public face of leafing through: the memories of a scope page by page, without a question.

:class:`~fusion_memory.core.api.MemoryApi` includes it; it stands apart so that each can be read at one sitting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from fusion_memory.core.records import Event
from fusion_memory.core.scope import Scope


@dataclass(frozen=True, slots=True)
class MemoryPage:
    """Some memories of a list, and where it goes on: ``next`` is handed in as ``after``; None at the end."""

    items: tuple[Event, ...]
    next: str | None = None


class ListingApi(Protocol):
    """What is there, whether or not anything asks for it."""

    def memories(  # noqa: PLR0913 (filters, all optional and named)
        self,
        scope: Scope,
        *,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        role: str | None = None,
        speaker: str | None = None,
        origin: str | None = None,
        trust: str | None = None,
        as_of: datetime | str | None = None,
        allow_cross_session: bool = False,
        limit: int = 100,
        after: str | None = None,
    ) -> MemoryPage:
        """The memories of a scope, what was said last first; pages stay in step while others come and go."""
        ...
