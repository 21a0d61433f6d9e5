"""Assemble a service from its parts: database, model, write path, read path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from fusion_memory.core.clock import Clock
from fusion_memory.core.errors import ConfigurationError, ModelUnavailable
from fusion_memory.core.ids import IdSource
from fusion_memory.core.layers import WorkingWindow
from fusion_memory.core.settings import (
    EmbeddingSettings,
    EncodingSettings,
    LanguageModelSettings,
    RerankerSettings,
    RetrievalSettings,
    Settings,
)
from fusion_memory.engine.background import BackgroundWork
from fusion_memory.engine.presets import read_together, reading_options, window_of
from fusion_memory.engine.unlocking import key_of
from fusion_memory.engine.weighing import weighed
from fusion_memory.ingestion.derive import Deriver
from fusion_memory.ingestion.embed import VectorMaker
from fusion_memory.ingestion.encode import Encoder, EncoderOptions
from fusion_memory.ingestion.extraction import prompt, reading
from fusion_memory.ingestion.extraction.model import ModelExtractor
from fusion_memory.ingestion.extraction.names import NameFinder
from fusion_memory.ingestion.extractor import Extractor
from fusion_memory.ingestion.gate import Thresholds
from fusion_memory.ingestion.likeness import Cosines
from fusion_memory.ingestion.pipeline import Ingestion, Preparation
from fusion_memory.ingestion.reader import EventReader
from fusion_memory.ingestion.redaction import Redactor
from fusion_memory.ingestion.resolve import Judging
from fusion_memory.ingestion.second_reading import SecondOptions, SecondReader
from fusion_memory.ingestion.segment import Cutting
from fusion_memory.memory.outbox import EMBED, EXTRACT
from fusion_memory.memory.second_readings import REFINE
from fusion_memory.models.guard import GuardedEmbedder
from fusion_memory.models.interface import Embedder
from fusion_memory.models.language_model import LanguageModel, TextFunction, language_model
from fusion_memory.models.language_model_guard import GuardedLanguageModel
from fusion_memory.models.language_model_guard import guarded as guarded_model
from fusion_memory.models.registry import (
    EmbeddingChoice,
    LanguageModelChoice,
    RerankerChoice,
    open_embedder,
    open_language_model,
    open_reranker,
)
from fusion_memory.models.reranker import Reranker
from fusion_memory.models.reranker_guard import GuardedReranker
from fusion_memory.models.reranker_guard import guarded as guarded_reranker
from fusion_memory.retrieval.asking import Asking
from fusion_memory.retrieval.pipeline import Retrieval
from fusion_memory.retrieval.refine import QuestionRefiner
from fusion_memory.retrieval.reranking import RerankStage
from fusion_memory.retrieval.tracing import TraceLog
from fusion_memory.storage.connect import open_database
from fusion_memory.storage.interface import Database

AUTO: Final = "auto"
OFF = "off"
SYNC = "sync"
MODES: Mapping[str, Literal["sync", "offline"]] = {"sync": "sync", "offline": "offline"}
REFINING: Mapping[str, Literal["auto", "always"]] = {"auto": "auto", "always": "always"}
LOCAL = "local"
LANGUAGE_MODEL = "llm"
USUAL_PATIENCE_MS = 1_000
PATIENCE_MS: Mapping[str, int] = {LANGUAGE_MODEL: 20_000, "sentence-transformers": 20_000}
"""How long a search waits for a reranker where the settings do not say."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a running service holds; ``language_model`` is one that it opened itself, ``reranker`` may be too."""

    database: Database
    embedder: Embedder | None
    maker: VectorMaker | None
    ingestion: Ingestion
    encoder: Encoder | None
    second_reader: SecondReader | None
    background: BackgroundWork | None
    language_model: GuardedLanguageModel | None
    answering: GuardedLanguageModel | None
    window: WorkingWindow
    retrieval: Retrieval
    reranker: GuardedReranker | None
    traces: TraceLog
    redactor: Redactor
    clock: Clock
    ids: IdSource

    def close(self) -> None:
        """Write what waits, then release the model and the database."""
        if self.background is not None:
            self.background.close()
        if self.second_reader is not None:
            self.second_reader.let_go()
        if self.language_model is not None:
            self.language_model.close()
        if self.reranker is not None:
            self.reranker.close()
        self.traces.flush()
        if self.embedder is not None:
            self.embedder.close()
        self.database.close()


@dataclass(frozen=True, slots=True)
class Models:
    """The models a service is given: each one itself, ``"auto"`` for what the settings name, or None for none."""

    embedder: Embedder | Literal["auto"] | None = AUTO
    llm: LanguageModel | TextFunction | Literal["auto"] | None = AUTO
    extractor: Extractor | None = None
    name_finder: NameFinder | None = None
    reranker: Reranker | Literal["auto"] | None = AUTO


def assemble(
    target: str | Path,
    backend: str,
    models: Models,
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
    given = models.embedder
    model = choose_embedder(settings.embedding) if isinstance(given, str) else guarded(given)
    extractor = models.extractor or choose_extractor(models.llm, settings.llm)
    answering = extractor.model if isinstance(extractor, ModelExtractor) else given_model(models.llm)
    reranker = choose_reranker(models.reranker, models.llm, settings)
    database = open_database(
        target,
        key=key_of(settings.storage),
        busy_timeout_s=settings.storage.busy_timeout_s,
        vector_memory_mb=settings.storage.vector_memory_mb,
    )
    maker = VectorMaker(database, model, clock) if model else None
    traces = TraceLog(database, settings.retrieval.traces_kept)
    ingest = settings.ingest
    encoder = open_encoder(database, model, settings.encoding, clock, models.name_finder)
    second = open_second_reader(database, model, extractor, settings, clock)
    background = BackgroundWork(second.drain) if second and settings.encoding.mode == SYNC else None
    redactor = Redactor.from_settings(settings.capture)
    stage = RerankStage(reranker, settings.reranker)
    deriver = Deriver(database, maker, encoder)
    asking = Asking(model, settings.retrieval, clock, choose_refiner(answering, settings.retrieval))
    return Parts(
        database=database,
        embedder=model,
        maker=maker,
        ingestion=Ingestion(
            database,
            deriver,
            Preparation(Cutting.from_settings(ingest), ingest.max_chars, redactor, work_of(encoder, second)),
            clock,
            ids,
            background.wake if background else nobody,
        ),
        encoder=encoder,
        second_reader=second,
        background=background,
        language_model=extractor.model if isinstance(extractor, ModelExtractor) and models.llm == AUTO else None,
        answering=answering,
        window=window_of(settings),
        retrieval=weighed(
            Retrieval(database, asking, settings.retrieval, clock, ids, traces, stage), settings.retrieval
        ),
        reranker=reranker,
        traces=traces,
        redactor=redactor,
        clock=clock,
        ids=ids,
    )


def open_encoder(
    database: Database,
    model: Embedder | None,
    settings: EncodingSettings,
    clock: Clock,
    finder: NameFinder | None = None,
) -> Encoder | None:
    """What turns sayings into facts; None when it is switched off.

    Raises:
        ConfigurationError: there is no such mode.
    """
    if settings.mode == OFF:
        return None
    if settings.mode not in MODES:
        modes = ", ".join((*MODES, OFF))
        raise ConfigurationError(f"There is no encoding mode {settings.mode!r}.", fix=f"one of {modes}")
    options = EncoderOptions(
        mode=MODES[settings.mode],
        version=reading.VERSION,
        attempts=max(settings.attempts, 1),
        judging=Judging(Thresholds(confidence=settings.min_confidence)),
    )
    cosines = pairwise_cosines(model) if model else None
    return Encoder(database, clock, EventReader(finder), options, cosines)


def open_second_reader(
    database: Database,
    model: Embedder | None,
    extractor: Extractor | None,
    settings: Settings,
    clock: Clock,
) -> SecondReader | None:
    """What lets a language model read sayings again; None without one, or when encoding is switched off."""
    together, encoding = read_together(settings.llm), settings.encoding
    if extractor is None or encoding.mode == OFF:
        return None
    options = SecondOptions(
        version=prompt.VERSION,
        attempts=max(encoding.attempts, 1),
        together=together,
        judging=Judging(Thresholds(confidence=encoding.min_confidence)),
    )
    return SecondReader(database, clock, extractor, options, pairwise_cosines(model) if model else None)


def choose_extractor(
    llm: LanguageModel | TextFunction | Literal["auto"] | None, settings: LanguageModelSettings
) -> Extractor | None:
    """An extractor on the model that was given, or on the one that the settings name."""
    options = reading_options(settings)
    model = open_language_model(_choice_of(settings)) if isinstance(llm, str) else llm
    if model is None:
        return None
    return ModelExtractor(model, options)


def choose_reranker(
    given: Reranker | Literal["auto"] | None,
    llm: LanguageModel | TextFunction | Literal["auto"] | None,
    settings: Settings,
) -> GuardedReranker | None:
    """The reranker that was given, or the one that the settings name; ``auto`` is the local one where installed."""
    wish: RerankerSettings = settings.reranker
    timeout_s = (wish.timeout_ms or PATIENCE_MS.get(wish.kind, USUAL_PATIENCE_MS)) / 1_000
    if not isinstance(given, str):
        return None if given is None else guarded_reranker(given, timeout_s)
    kind = LOCAL if wish.kind == AUTO else wish.kind
    choice = RerankerChoice(kind, wish.model, wish.endpoint, wish.api_key, timeout_s, wish.threads)
    asked = None
    if kind == LANGUAGE_MODEL:
        model = open_language_model(_choice_of(settings.llm)) if isinstance(llm, str) else llm
        asked = None if model is None else language_model(model)
    try:
        return open_reranker(choice, language_model=asked)
    except ModelUnavailable:
        if wish.kind == AUTO:
            return None
        raise


def given_model(llm: LanguageModel | TextFunction | Literal["auto"] | None) -> GuardedLanguageModel | None:
    """The language model that a caller brought beside an extractor of its own."""
    return None if llm is None or isinstance(llm, str) else guarded_model(llm)


def choose_refiner(model: GuardedLanguageModel | None, wish: RetrievalSettings) -> QuestionRefiner | None:
    """What lets a language model read questions; None when that is off.

    Raises:
        ConfigurationError: there is no such mode, or no language model to ask.
    """
    mode = REFINING.get(wish.refiner)
    if wish.refiner == OFF:
        return None
    if mode is None:
        raise ConfigurationError(
            f"There is no refiner mode {wish.refiner!r}.", fix=f"one of off, {', '.join(REFINING)}"
        )
    if model is None:
        raise ConfigurationError(
            "Questions cannot be refined without a language model.",
            fix="set llm.provider and llm.model, or retrieval.refiner=off",
        )
    return QuestionRefiner(model, mode, wish.refiner_timeout_ms / 1_000, wish.refiner_confidence)


def work_of(encoder: Encoder | None, second: SecondReader | None) -> tuple[str, ...]:
    """The kinds of work that every new memory asks for."""
    kinds = (EMBED, EXTRACT if encoder else None, REFINE if second else None)
    return tuple(kind for kind in kinds if kind)


def nobody() -> None:
    """Nobody works in the background."""


def pairwise_cosines(model: Embedder) -> Cosines:
    """The cosines of pairs of texts under a model."""

    def cosines(pairs: Sequence[tuple[str, str]]) -> list[float]:
        vectors = model.embed_passages([text for pair in pairs for text in pair])
        return [float(vectors[place] @ vectors[place + 1]) for place in range(0, len(vectors), 2)]

    return cosines


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


def _choice_of(settings: LanguageModelSettings) -> LanguageModelChoice:
    return LanguageModelChoice(
        provider=settings.provider,
        model=settings.model,
        endpoint=settings.endpoint,
        api_key=settings.api_key,
        timeout_s=settings.timeout_s,
        retries=settings.retries,
    )
