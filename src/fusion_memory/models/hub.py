"""An ONNX embedding model from the Hugging Face hub, for machines without the bundled wheel.

The default is the bundled model's original. Files are fetched once into the hub's own cache and found
there afterwards without the network. Averages token vectors, as the e5 family and most retrieval models
that publish no pooled output want.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fusion_memory.core.errors import EmbeddingFailed, ModelUnavailable
from fusion_memory.core.records import EmbeddingSpace
from fusion_memory.models.batches import by_length
from fusion_memory.models.interface import FloatMatrix
from fusion_memory.models.prefixes import prefixes_of
from fusion_memory.models.runtime import Session, open_session

MODEL = "intfloat/multilingual-e5-small"

MODEL_FILES = ("onnx/model_qint8_avx512_vnni.onnx", "onnx/model_quantized.onnx", "onnx/model.onnx", "model.onnx")
"""Where repositories keep their graph, smallest first."""

TOKENIZER_FILE = "tokenizer.json"

_MAX_TOKENS = 512
_BATCH_TOKENS = 512
_MAX_BATCH = 256

Fetch: TypeAlias = Callable[[str, str], Path | None]
"""From repository and file name to the local file; None when the repository has no such file."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    session: Session
    tokenizer: Any
    inputs: frozenset[str]
    output: str
    dimension: int


class HubEmbedder:
    """A sentence model of the hub, run in this process. Loaded at first use.

    Args:
        model: repository, ``owner/name``.
        threads: of one call; 0: all processors, at most four.
        fetch: for tests and mirrors; None: the hub.
    """

    def __init__(self, model: str = MODEL, *, threads: int = 0, fetch: Fetch | None = None) -> None:
        self._model = model
        self._threads = threads
        self._fetch = fetch or fetch_from_hub
        self._prefixes = prefixes_of(model)
        self._loaded: _Loaded | None = None
        self._loading = threading.Lock()

    @property
    def space(self) -> EmbeddingSpace:
        """Known once the model is loaded, which this does."""
        return EmbeddingSpace(self._model, self._load().dimension, "hub")

    @property
    def max_batch(self) -> int:
        """Batches are cut by tokens inside; this many texts are enough to sort them by length."""
        return _MAX_BATCH

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """See ``Embedder``."""
        return self._embed([self._prefixes.query + text for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> FloatMatrix:
        """See ``Embedder``."""
        return self._embed([self._prefixes.passage + text for text in texts])

    def close(self) -> None:
        """See ``Embedder``."""
        self._loaded = None

    def _embed(self, texts: Sequence[str]) -> FloatMatrix:
        model = self._load()
        tokens = [encoding.ids for encoding in model.tokenizer.encode_batch([_encodable(text) for text in texts])]
        vectors = np.empty((len(texts), model.dimension), np.float32)
        for batch in by_length([len(ids) for ids in tokens], _MAX_BATCH, _BATCH_TOKENS):
            vectors[batch] = _run(model, [tokens[index] for index in batch])
        return vectors

    def _load(self) -> _Loaded:
        with self._loading:
            if self._loaded is None:
                self._loaded = _open(self._model, self._threads, self._fetch)
            return self._loaded


def fetch_from_hub(model: str, name: str) -> Path | None:
    """A file of a repository, from the local copy or else over the network.

    Raises:
        ModelUnavailable: the package is missing, or the hub cannot be reached.
    """
    try:
        from huggingface_hub import hf_hub_download, try_to_load_from_cache  # only when a hub model is used
        from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError
    except ImportError as error:
        fix = 'pip install "fusion-memory[hub]"'
        raise ModelUnavailable("Hub models need the package huggingface_hub.", why=f"{error}.", fix=fix) from error
    known = try_to_load_from_cache(model, name)
    if known is not None:  # a path, or a mark that the repository has no such file
        return Path(known) if isinstance(known, str) else None
    try:
        return Path(hf_hub_download(model, name))
    except LocalEntryNotFoundError as error:
        raise _unreachable(model, error) from error
    except EntryNotFoundError:
        return None
    except (OSError, ValueError) as error:  # the hub's HTTP errors are OSErrors
        raise _unreachable(model, error) from error


def _unreachable(model: str, error: Exception) -> ModelUnavailable:
    return ModelUnavailable(
        f"The model {model} cannot be fetched from its hub.",
        why=f"{type(error).__name__}: {' '.join(str(error).split())[:200]}.",
        fix="check the network and embedding.model once; afterwards the model is found on disk",
    )


def _open(model: str, threads: int, fetch: Fetch) -> _Loaded:
    try:
        from tokenizers import Tokenizer  # only when a hub model is used
    except ImportError as error:
        fix = 'pip install "fusion-memory[hub]"'
        raise ModelUnavailable("Hub models need the package tokenizers.", why=f"{error}.", fix=fix) from error
    graph = _fetch_graph(model, fetch)
    vocabulary = fetch(model, TOKENIZER_FILE)
    if graph is None or vocabulary is None:
        missing = TOKENIZER_FILE if graph else " or ".join(MODEL_FILES)
        raise ModelUnavailable(f"The repository {model} has no {missing}.", fix=f"set embedding.model to {MODEL}")
    try:
        tokenizer = Tokenizer.from_file(str(vocabulary))
    except Exception as error:
        raise ModelUnavailable(f"The vocabulary {vocabulary} cannot be read.", why=f"{error}.") from error
    tokenizer.enable_truncation(_MAX_TOKENS)
    tokenizer.no_padding()
    session: Any = open_session(str(graph), threads)
    output = next((item for item in session.get_outputs() if len(item.shape) == 2), session.get_outputs()[0])
    inputs = frozenset(item.name for item in session.get_inputs())
    probe = _Loaded(session, tokenizer, inputs, output.name, 0)
    return _Loaded(session, tokenizer, inputs, output.name, _run(probe, [[0]]).shape[1])


def _fetch_graph(model: str, fetch: Fetch) -> Path | None:
    for name in MODEL_FILES:
        path = fetch(model, name)
        if path is not None:
            fetch(model, f"{name}_data")  # graphs over 2 GB keep their weights beside them
            return path
    return None


def _run(model: _Loaded, tokens: Sequence[Sequence[int]]) -> FloatMatrix:
    longest = max(len(ids) for ids in tokens)
    ids, mask = np.zeros((len(tokens), longest), np.int64), np.zeros((len(tokens), longest), np.int64)
    for row, text in enumerate(tokens):
        ids[row, : len(text)], mask[row, : len(text)] = text, 1
    offered = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    inputs = {name: values for name, values in offered.items() if name in model.inputs}
    try:
        (values,) = model.session.run([model.output], inputs)
    except Exception as error:
        raise EmbeddingFailed("The hub model failed.", why=f"onnxruntime: {error}.") from error
    return values if values.ndim == 2 else _mean(values, mask)


def _mean(values: NDArray[np.float32], mask: NDArray[np.int64]) -> FloatMatrix:
    kept = mask[:, :, None].astype(np.float32)
    mean: FloatMatrix = (values * kept).sum(axis=1) / np.maximum(kept.sum(axis=1), 1)
    return mean


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")  # the tokenizer refuses lone surrogates
