"""The public face: one protocol that the local engine meets and every edge speaks.

Command line, evaluations and integrations know :class:`MemoryApi` and nothing deeper, so they run
against any implementation of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from fusion_memory.core.answer_api import AnswerApi
from fusion_memory.core.capture import LogRecord, ScreeningReport
from fusion_memory.core.condensation_api import CondensationApi
from fusion_memory.core.jobs_api import JobsApi
from fusion_memory.core.knowledge import Entity, Fact
from fusion_memory.core.knowledge_api import KnowledgeApi
from fusion_memory.core.listing_api import ListingApi
from fusion_memory.core.policy_api import PolicyApi
from fusion_memory.core.records import AddResult, Event, SearchOptions, SearchResult, Span, Trace
from fusion_memory.core.reports import ForgetResult, HistoryEntry, ReindexReport, Stats
from fusion_memory.core.rights_api import RightsApi
from fusion_memory.core.scope import Scope
from fusion_memory.core.utility import Feedback

Input = str | Mapping[str, Any] | Sequence[str | Mapping[str, Any]]
"""A text, a message, or a list of either."""


class MemoryApi(AnswerApi, KnowledgeApi, CondensationApi, ListingApi, RightsApi, JobsApi, PolicyApi, Protocol):
    """Long-term memory. Every call names the scope it acts in.

    All methods raise :class:`~fusion_memory.core.errors.FusionMemoryError` subclasses only.
    """

    def add(
        self,
        input: Input,  # noqa: A002 (the name that callers of this interface know)
        scope: Scope,
        session_time: datetime | str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> AddResult:
        """Store what was said and return once it is durable.

        Args:
            input: a text, a message ``{"role", "content", ...}``, or a list of either.
            scope: where it belongs.
            session_time: when it was said; messages may carry their own ``time``.
            metadata: a JSON object kept with every message of this call.
        """
        ...

    def add_batch(
        self,
        inputs: Iterable[Input],
        scope: Scope,
        session_time: datetime | str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> AddResult:
        """Store many inputs; messages may carry their own ``session_id``, ``time`` and ``metadata``."""
        ...

    def ingest_log(
        self,
        records: Iterable[str | Mapping[str, Any] | LogRecord],
        scope: Scope,
        session_time: datetime | str | None = None,
        metadata: Mapping[str, Any] | None = None,
        *,
        roles: Sequence[str] = ("user",),
        dry_run: bool = False,
    ) -> ScreeningReport:
        """Take in a captured log: what is noise or says nothing is left out and accounted for."""
        ...

    def search(
        self,
        query: str,
        scope: Scope,
        options: SearchOptions | Mapping[str, Any] | None = None,
        **overrides: Any,  # noqa: ANN401 (the fields of SearchOptions)
    ) -> SearchResult:
        """Find the memories that fit a question, best first."""
        ...

    def get(
        self, object_id: str, object_type: str | None = None, scope: Scope | None = None
    ) -> Event | Span | Trace | Fact | Entity:
        """Fetch a memory, a passage, a recall trace, a fact or an entity by id."""
        ...

    def history(
        self,
        scope: Scope,
        entity: str | None = None,
        fact_id: str | None = None,
        allow_cross_session: bool = False,
        limit: int = 100,
    ) -> tuple[HistoryEntry, ...]:
        """What was recorded, said again and erased, oldest first."""
        ...

    def forget(
        self,
        scope: Scope,
        ids: Sequence[str] | None = None,
        *,
        everything: bool = False,
        dry_run: bool = False,
        despite_hold: str | None = None,
    ) -> ForgetResult:
        """Erase memories and everything derived from them; ``despite_hold`` overrides legal holds, and says why."""
        ...

    def feedback(self, memory_id: str, useful: bool, scope: Scope, trace_id: str | None = None) -> Feedback:
        """Say whether a memory was of use, and to which search."""
        ...

    def feedback_given(self, scope: Scope, limit: int = 1_000) -> tuple[Feedback, ...]:
        """What was said of the memories of a scope, the latest first."""
        ...

    def stats(self, scope: Scope) -> Stats:
        """Count what the scope holds."""
        ...

    def reindex(self, scope: Scope | None = None) -> ReindexReport:
        """Bring every passage into the current embedding space."""
        ...

    def close(self) -> None:
        """Finish pending work and release the database and the models."""
        ...
