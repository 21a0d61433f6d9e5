"""Assemble a service from its parts: database, model, write path, read path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fusion_memory.core.clock import Clock
from fusion_memory.core.errors import ConfigurationError, ModelUnavailable
from fusion_memory.core.ids import IdSource
from fusion_memory.core.settings import EmbeddingSettings, Settings
from fusion_memory.ingestion.embed import VectorMaker
from fusion_memory.ingestion.pipeline import Ingestion
from fusion_memory.ingestion.segment import Cutting
from fusion_memory.models.guard import GuardedEmbedder
from fusion_memory.models.interface import Embedder
from fusion_memory.models.registry import EmbeddingChoice, open_embedder
from fusion_memory.retrieval.pipeline import Retrieval
from fusion_memory.retrieval.tracing import TraceLog
from fusion_memory.storage.connect import open_database
from fusion_memory.storage.interface import Database

AUTO = "auto"
LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Parts:
    """What a running service holds."""

    database: Database
    embedder: Embedder | None
    maker: VectorMaker | None
    ingestion: Ingestion
    retrieval: Retrieval
    traces: TraceLog
    clock: Clock
    ids: IdSource

    def close(self) -> None:
        """Write what waits, then release the model and the database."""
        self.traces.flush()
        if self.embedder is not None:
            self.embedder.close()
        self.database.close()


def assemble(
    target: str | Path,
    backend: str,
    embedder: Embedder | Literal["auto"] | None,
    settings: Settings,
    clock: Clock,
    ids: IdSource,
) -> Parts:
    """Open the database and the model and wire the two paths."""
    if backend != "sqlite":
        raise ConfigurationError(
            f"There is no storage backend {backend!r}.",
            why="This version keeps memories in SQLite.",
            fix="use sqlite",
        )
    model = choose_embedder(settings.embedding) if isinstance(embedder, str) else guarded(embedder)
    database = open_database(
        target,
        key=settings.storage.key or None,
        busy_timeout_s=settings.storage.busy_timeout_s,
        vector_memory_mb=settings.storage.vector_memory_mb,
    )
    maker = VectorMaker(database, model, clock) if model else None
    traces = TraceLog(database, settings.retrieval.traces_kept)
    ingest = settings.ingest
    return Parts(
        database=database,
        embedder=model,
        maker=maker,
        ingestion=Ingestion(database, maker, Cutting.from_settings(ingest), ingest.max_chars, clock, ids),
        retrieval=Retrieval(database, model, settings.retrieval, clock, ids, traces),
        traces=traces,
        clock=clock,
        ids=ids,
    )


def guarded(embedder: Embedder | None) -> Embedder | None:
    """A model that a caller brought, so that nothing unusable it returns or raises gets through."""
    return embedder if embedder is None or isinstance(embedder, GuardedEmbedder) else GuardedEmbedder(embedder)


def choose_embedder(settings: EmbeddingSettings, cache_dir: Path | None = None) -> Embedder | None:
    """The model that the settings name; ``auto`` is the bundled one, or none where it is not installed."""
    provider = LOCAL if settings.provider == AUTO else settings.provider
    choice = EmbeddingChoice(
        provider=provider,
        model=settings.model,
        endpoint=settings.endpoint,
        dimension=settings.dimension,
        timeout_s=settings.timeout_s,
        retries=settings.retries,
        batch=settings.batch,
        threads=settings.threads,
        api_key=settings.api_key,
        cache_dir=cache_dir,
    )
    try:
        return open_embedder(choice)
    except ModelUnavailable:
        if settings.provider == AUTO:
            return None
        raise
