"""MemoryService: long-term memory inside this process, on one database file.

Every call is authorised first; the ticket (:class:`Access`) is what the rooms below ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Literal, Self

from fusion_memory.core.api import Input
from fusion_memory.core.clock import Clock, SystemClock
from fusion_memory.core.errors import InvalidScope, NotFound, ServiceClosed
from fusion_memory.core.ids import IdSource, RandomIds
from fusion_memory.core.records import (
    AddResult,
    ContextPack,
    Event,
    ForgetResult,
    HealthCheck,
    HistoryEntry,
    ImportResult,
    ReindexReport,
    SearchOptions,
    SearchResult,
    Span,
    Stats,
    Trace,
)
from fusion_memory.core.scope import Access, Action, Authorizer, Principal, RightsAuthorizer, Scope
from fusion_memory.core.settings import Settings
from fusion_memory.engine import exchange, ledger, options, upkeep
from fusion_memory.engine.parts import Parts, assemble
from fusion_memory.ingestion.normalise import Defaults
from fusion_memory.models.interface import Embedder

ALL_OWNERS = Scope(workspace_id="*")
"""The scope under which work on the whole database is authorised."""


class MemoryService:
    """Long-term memory for agents: add what was said, find it again, see why.

    Args:
        db_path: a file, or ``":memory:"`` for one that ends with the process.
        storage_backend: ``"sqlite"``.
        embedder: ``"auto"`` for what the settings name (the bundled local model when it is
            installed), None for keyword search only, or any :class:`Embedder`.
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

    def __init__(
        self,
        db_path: str | Path = ":memory:",
        storage_backend: str = "sqlite",
        *,
        embedder: Embedder | Literal["auto"] | None = "auto",
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
        self._parts: Parts | None = assemble(
            db_path, storage_backend, embedder, self._settings, clock or SystemClock(), ids or RandomIds()
        )
