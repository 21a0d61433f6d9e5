"""Let no unusable vector through, whichever model made it: an embedder around an embedder."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from fusion_memory.core.errors import DimensionMismatch, EmbeddingFailed, FusionMemoryError
from fusion_memory.core.records import EmbeddingSpace
from fusion_memory.core.telemetry import EMBEDDINGS, MODEL, TEXTS, observing
from fusion_memory.models.batches import by_length
from fusion_memory.models.interface import Embedder, FloatMatrix

_SMALLEST_NORM = 1e-6
_NAMED_TEXTS = 5


class GuardedEmbedder:
    """Cuts calls into the inner model's batches, checks what comes back and makes its rows length 1.

    A vector of zeros or with a number that is none would be near everything or nothing for ever, so
    it is refused here, with the numbers of the texts concerned.
    """

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner

    @property
    def space(self) -> EmbeddingSpace:
        """The inner model's."""
        return self._inner.space

    @property
    def max_batch(self) -> int:
        """The inner model's."""
        return self._inner.max_batch

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """See ``Embedder``.

        Raises:
            EmbeddingFailed: a vector is missing, zero or not finite.
            DimensionMismatch: the vectors are not of the space's dimension.
        """
        return self._embed(texts, self._inner.embed_queries)

    def embed_passages(self, texts: Sequence[str]) -> FloatMatrix:
        """See ``embed_queries``."""
        return self._embed(texts, self._inner.embed_passages)

    def close(self) -> None:
        """See ``Embedder``."""
        self._inner.close()

    def _embed(self, texts: Sequence[str], embed: Callable[[Sequence[str]], FloatMatrix]) -> FloatMatrix:
        space = self.space
        vectors = np.empty((len(texts), space.dimension), np.float32)
        with observing(EMBEDDINGS) as seen:
            seen.attributes |= {MODEL: space.model, TEXTS: len(texts)}
            for batch in by_length([len(text) for text in texts], largest=self._inner.max_batch):
                made = _call(embed, [texts[index] for index in batch], space)
                _check_shape(made, len(batch), space)
                vectors[batch] = made
            return _unit_rows(vectors, space)


def _call(
    embed: Callable[[Sequence[str]], FloatMatrix], texts: Sequence[str], space: EmbeddingSpace
) -> FloatMatrix:
    """What the model makes of texts; whatever it raises becomes an error that the write path knows."""
    try:
        return np.asarray(embed(texts), np.float32)
    except FusionMemoryError:
        raise
    except Exception as error:
        raise EmbeddingFailed(f"The model {space.model} failed: {error!r}.") from error


def _check_shape(made: FloatMatrix, texts: int, space: EmbeddingSpace) -> None:
    if made.ndim != 2 or len(made) != texts:
        raise EmbeddingFailed(f"The model {space.model} returned {made.shape} numbers for {texts} texts.")
    if made.shape[1] != space.dimension:
        what = f"The model {space.model} returned {made.shape[1]} dimensions, not {space.dimension}."
        raise DimensionMismatch(what)


def _unit_rows(vectors: FloatMatrix, space: EmbeddingSpace) -> FloatMatrix:
    # In float64, so that squares of large numbers stay finite.
    norms = np.linalg.norm(vectors.astype(np.float64), axis=1)
    unusable = np.flatnonzero(~(np.isfinite(norms) & (norms > _SMALLEST_NORM)))
    if len(unusable):
        numbers = ", ".join(str(index + 1) for index in unusable[:_NAMED_TEXTS])
        more = f" and {len(unusable) - _NAMED_TEXTS} more" if len(unusable) > _NAMED_TEXTS else ""
        raise EmbeddingFailed(
            f"The model {space.model} returned no usable vector for text {numbers}{more} of {len(vectors)}.",
            why="A vector of zeros, or with numbers that are none, would match everything or nothing.",
        )
    unit: FloatMatrix = (vectors / norms[:, None]).astype(np.float32)
    return unit
