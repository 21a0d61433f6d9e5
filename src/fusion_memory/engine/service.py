"""MemoryService: long-term memory inside this process, on one database file.

Every call is authorised first; the ticket (:class:`Access`) is what the rooms below ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Literal, Self

from fusion_memory.core.api import Input
from fusion_memory.core.clock import Clock, SystemClock
from fusion_memory.core.errors import NotFound
from fusion_memory.core.ids import IdSource, RandomIds
from fusion_memory.core.records import AddResult, SearchOptions, SearchResult, Trace
from fusion_memory.core.reports import HealthCheck, HistoryEntry, ImportResult, ReindexReport, Stats
from fusion_memory.core.scope import Access, Action, Authorizer, Principal, RightsAuthorizer, Scope, reaching
from fusion_memory.core.settings import Settings
from fusion_memory.core.telemetry import ADD, DEGRADED, RECIPE, RECORDS, SEARCH, observing
from fusion_memory.engine import erasing, exchange, health, lookup, packing, upkeep
from fusion_memory.engine.answer_calls import AnswerCalls
from fusion_memory.engine.calls import WHOLE_DATABASE, Opened
from fusion_memory.engine.capture_calls import CaptureCalls
from fusion_memory.engine.condensation_calls import CondensationCalls
from fusion_memory.engine.conversation_calls import ConversationCalls
from fusion_memory.engine.erasure_calls import ErasureCalls
from fusion_memory.engine.feedback_calls import FeedbackCalls
from fusion_memory.engine.jobs_calls import ON, JobsCalls
from fusion_memory.engine.knowledge_calls import KnowledgeCalls
from fusion_memory.engine.listing_calls import ListingCalls
from fusion_memory.engine.naming_calls import NamingCalls
from fusion_memory.engine.operation_calls import OperationCalls
from fusion_memory.engine.options import MAX_LIMIT, require_count
from fusion_memory.engine.options import resolve as options_of
from fusion_memory.engine.pack_calls import PackCalls
from fusion_memory.engine.parts import Models, assemble
from fusion_memory.engine.policy_calls import PolicyCalls
from fusion_memory.engine.rights_calls import RightsCalls
from fusion_memory.engine.session_calls import SessionCalls
from fusion_memory.ingestion.extraction.names import NameFinder
from fusion_memory.ingestion.extractor import Extractor
from fusion_memory.ingestion.normalise import Defaults
from fusion_memory.models.interface import Embedder
from fusion_memory.models.language_model import LanguageModel, TextFunction
from fusion_memory.models.reranker import Reranker, RerankUsage
from fusion_memory.retrieval import history


class MemoryService(
    AnswerCalls,
    PackCalls,
    KnowledgeCalls,
    NamingCalls,
    ConversationCalls,
    SessionCalls,
    CondensationCalls,
    CaptureCalls,
    FeedbackCalls,
    ListingCalls,
    OperationCalls,
    RightsCalls,
    JobsCalls,
    ErasureCalls,
    PolicyCalls,
):
    """Long-term memory for agents: add what was said, find it again, see why.

    Args:
        db_path: a file, or ``":memory:"`` for one that ends with the process.
        storage_backend: ``"sqlite"``.
        embedder: ``"auto"`` for what the settings name (the bundled local model when it is
            installed), None for keyword search only, or any :class:`Embedder`.
        llm: a language model that reads everything a second time in the background: ``"auto"`` for what the
            settings name, None for none, a :class:`LanguageModel`, or a function from a text to a text.
        reranker: reads the best candidates of a search again with the question: ``"auto"`` for what the settings
            name (the local one when it is installed), None for none, or any :class:`Reranker`.
        extractor: reads with a model in its own way, instead of ``llm``.
        name_finder: finds names in texts better than the rules do
            (:class:`~fusion_memory.ingestion.extraction.names.NameFinder`); where it fails, the rules find them.
        settings: values other than the defaults.
        principal: who calls; the person at this computer by default.
        authorizer: decides what a principal may do in a scope.
        clock, ids: time and identifiers, for tests and simulations.
        default_scope: the scope of ``get`` when a call names none.

    Raises:
        StorageError: the database cannot be opened.
        ModelError: a model was asked for by name and cannot be loaded.

    The service may be shared by threads. Use it as a context manager, or call :meth:`close`.
    """

    def __init__(  # noqa: PLR0913 (all but the first are optional and named)
        self,
        db_path: str | Path = ":memory:",
        storage_backend: str = "sqlite",
        *,
        embedder: Embedder | Literal["auto"] | None = "auto",
        llm: LanguageModel | TextFunction | Literal["auto"] | None = "auto",
        reranker: Reranker | Literal["auto"] | None = "auto",
        extractor: Extractor | None = None,
        name_finder: NameFinder | None = None,
        settings: Settings | None = None,
        principal: Principal | None = None,
        authorizer: Authorizer | None = None,
        clock: Clock | None = None,
        ids: IdSource | None = None,
        default_scope: Scope | None = None,
    ) -> None:
        self._principal = principal or Principal.local()
        self._authorizer = authorizer or RightsAuthorizer()
        self._default_scope = default_scope
        self._settings = settings or Settings()
        self._closing = Lock()
        self._opened = Opened(
            assemble(
                db_path,
                storage_backend,
                Models(embedder, llm, extractor, name_finder, reranker),
                self._settings,
                clock or SystemClock(),
                ids or RandomIds(),
            )
        )
        self._begin()
        if self._settings.care.worker == ON:
            self.start_worker()

    def _begin(self) -> None:
        """Erase again what came back out of an older backup, before anybody reads."""
        try:
            erasing.replay(self._parts)
        except BaseException:
            self.close()
            raise

    def acting_as(self, principal: Principal) -> Self:
        """The same open service for another caller: what it does is authorised and recorded under that principal.

        It shares everything with the service it came from; closing either closes both. Making one costs nothing,
        so a server makes one for every request.
        """
        face = copy(self)
        face._principal = principal
        return face

    def add(
        self,
        input: Input,  # noqa: A002 (the name that callers of this interface know)
        scope: Scope,
        session_time: datetime | str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> AddResult:
        """Store what was said: a text, a message, or a list of either, in one durable transaction.

        Raises:
            InvalidInput: the input cannot be kept; nothing of it was stored.
            StorageError: the database refused; nothing of it was stored.
        """
        parts, access = self._enter(Action.WRITE, scope)
        with observing(ADD) as seen:
            done = parts.ingestion.add(access, input, Defaults(scope, session_time, metadata))
            seen.attributes[RECORDS] = len(done.ids)
        return done

    def add_batch(
        self,
        inputs: Iterable[Input],
        scope: Scope,
        session_time: datetime | str | None = None,
        metadata: Mapping[str, Any] | None = None,
        *,
        progress: Callable[[int], None] | None = None,
    ) -> AddResult:
        """Store many inputs, a few hundred messages a transaction; ``progress`` hears of each group.

        An error stops the stream; what was committed before it stays and a repeated call skips it.
        """
        parts, access = self._enter(Action.WRITE, scope)
        with observing(ADD) as seen:
            done = parts.ingestion.add_stream(access, inputs, Defaults(scope, session_time, metadata), progress)
            seen.attributes[RECORDS] = len(done.ids)
        return done

    def search(
        self,
        query: str,
        scope: Scope,
        options: SearchOptions | Mapping[str, Any] | None = None,
        **overrides: Any,  # noqa: ANN401 (the fields of SearchOptions)
    ) -> SearchResult:
        """Find the memories that fit a question, best first.

        Args:
            query: a question or words, in English, Chinese or both.
            scope: whose memories.
            options: a :class:`SearchOptions`, or a mapping of its fields.
            overrides: single fields, for instance ``limit=5``.

        Raises:
            EmptyText, InvalidText, InvalidOption: the question or an option cannot be used.
            DimensionMismatch: the model is not that of the stored vectors.
        """
        parts, access = self._enter(Action.READ, scope)
        wanted = options_of(options, overrides, self._settings.retrieval)
        with observing(SEARCH) as seen:
            found = parts.retrieval.search(access, parts.redactor.text(query), wanted)
            seen.attributes |= {RECORDS: len(found.hits), RECIPE: found.recipe, DEGRADED: bool(found.degraded)}
        return replace(found, working=packing.working_of(parts, access, wanted))

    def get(self, object_id: str, object_type: str | None = None, scope: Scope | None = None) -> lookup.Found:
        """Fetch a memory, a passage (``<memory id>#<number>``), a recall trace, a fact or an entity by its id.

        Args:
            object_id: the id.
            object_type: ``"memory"``, ``"span"``, ``"trace"``, ``"fact"``, ``"entity"``; else read from it.
            scope: whose it is; the service's default scope when absent.

        Raises:
            NotFound: there is none of that id in the scope.
            InvalidScope: no scope was given and the service has no default.
        """
        parts, access = self._enter(Action.READ, scope)
        found = lookup.find(parts, access, object_id, object_type)
        if found is None:
            raise NotFound(f"There is nothing with the id {object_id!r} in {access.scope!r}.")
        return found

    def history(
        self,
        scope: Scope,
        entity: str | None = None,
        fact_id: str | None = None,
        allow_cross_session: bool = False,
        limit: int = 100,
    ) -> tuple[HistoryEntry, ...]:
        """What was recorded, said again and erased, oldest first.

        Args:
            scope: whose history.
            entity: only what names this entity word for word.
            fact_id: only the life of this one memory.
            allow_cross_session: look beyond the scope's session.
            limit: the latest so many entries, 1 to 1,000.
        """
        parts, access = self._enter(Action.READ, scope)
        access = reaching(access, allow_cross_session)
        require_count("limit", limit, MAX_LIMIT)
        if fact_id is not None:
            return history.of_memory(parts.database, access, fact_id)
        if entity is not None:
            return history.of_entity(parts.database, access, entity, limit)
        return history.of_scope(parts.database, access, limit)

    def stats(self, scope: Scope) -> Stats:
        """Count what the scope holds."""
        return lookup.stats(*self._enter(Action.READ, scope))

    def trace(self, trace_id: str, scope: Scope) -> Trace:
        """The stored explanation of a search, by the ``trace_id`` of its result.

        Raises:
            NotFound: there is no such trace in the scope, or it was pruned.
        """
        found = self.get(trace_id, "trace", scope)
        if not isinstance(found, Trace):
            raise NotFound(f"{trace_id!r} is no recall trace.")
        return found

    def catch_up(self, limit: int | None = None, progress: Callable[[int], None] | None = None) -> int:
        """Make vectors that are still due, at most for ``limit`` memories; the number made.

        Raises:
            ModelError: the model failed; the rest stays due.
        """
        parts, _ = self._enter(Action.ADMIN, WHOLE_DATABASE)
        return upkeep.catch_up(parts, limit, progress)

    def reindex(self, scope: Scope | None = None, progress: Callable[[int], None] | None = None) -> ReindexReport:
        """Bring every passage into the model's embedding space, then switch searches to it.

        The whole database has one space, so the scope only says who asks.

        Raises:
            ModelUnavailable: the service has no embedder.
            ModelError: the model failed; calling again goes on where it stopped.
        """
        parts, _ = self._enter(Action.ADMIN, scope or WHOLE_DATABASE)
        return upkeep.reindex(parts, progress)

    def backup(self, target: str | Path) -> Path:
        """Copy the whole database, verified, while it is in use."""
        parts, _ = self._enter(Action.ADMIN, WHOLE_DATABASE)
        parts.traces.flush()
        parts.database.backup(Path(target))
        return Path(target)

    def export(self, scope: Scope | None = None) -> Iterator[dict[str, Any]]:
        """Everything the scope holds as JSON objects, from a header to an end line with a digest.

        Without a scope: the memories of every owner, for a principal with the right to administer.
        """
        parts, access = self._enter(Action.READ if scope else Action.ADMIN, scope or WHOLE_DATABASE)
        return exchange.export(parts.database, access, parts.clock.now(), all_owners=scope is None)

    def import_records(
        self,
        records: Iterable[Mapping[str, Any]],
        progress: Callable[[int], None] | None = None,
        *,
        scope: Scope | None = None,
    ) -> ImportResult:
        """Take in what :meth:`export` gave; what is already here is left as it is, so a repetition changes nothing.

        Corrections, retractions, names, profile values and what is always at hand come with the memories.

        Args:
            records: an export, from its header to its end line.
            progress: hears of each group of memories.
            scope: take in only records of this scope, whatever their session, and refuse others; whoever may write
                there may do so. Without it any owner's are taken in, which takes the right to administer.

        Raises:
            InvalidInput: the records are damaged, cut off, of another format, or of another scope.
            AccessDenied: a record belongs where the principal may not write; those before it were stored.
        """
        action = Action.ADMIN if scope is None else Action.WRITE
        parts, _ = self._enter(action, scope or WHOLE_DATABASE)

        def authorise(own: Scope) -> Access:
            exchange.require_within(own, scope)
            return self._enter(Action.WRITE, own)[1]

        return exchange.load(parts, authorise, records, progress, self._settings.ingest.max_chars)

    def health(self, *, deep: bool = False) -> tuple[HealthCheck, ...]:
        """What works and what does not; ``deep`` also reads every row."""
        parts, _ = self._enter(Action.ADMIN, WHOLE_DATABASE)
        return health.examine(parts, deep=deep)

    def reranking(self) -> RerankUsage:
        """What the reranker was used for since this service was opened: calls, passages, failures, seconds."""
        parts, _ = self._enter(Action.ADMIN, WHOLE_DATABASE)
        return parts.reranker.usage if parts.reranker else RerankUsage()

    def close(self) -> None:
        """Write what waits and release the files and the model. Closing twice is harmless."""
        with self._closing:
            parts, self._opened.parts = self._opened.parts, None
        if self._opened.worker is not None:
            self._opened.worker.close()
        if parts is not None:
            parts.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._opened.parts is None:
            return "MemoryService(closed)"
        model = self._opened.parts.embedder
        return f"MemoryService({model.space.name if model else 'keyword only'})"
