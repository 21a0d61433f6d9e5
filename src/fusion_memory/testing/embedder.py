"""Embedders for tests: one that needs no model, and ones that fail as models do.

They meet the ``Embedder`` protocol and know nothing of the product's models. None of them has an
understanding of meaning: ``HashingEmbedder`` puts texts with the same words close, no more.
"""

from __future__ import annotations

import re
import threading
import unicodedata
import zlib
from collections.abc import Iterator, Sequence

import numpy as np

from fusion_memory.core.errors import EmbeddingFailed, ModelError
from fusion_memory.core.records import EmbeddingSpace
from fusion_memory.models.interface import Embedder, FloatMatrix

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_TERM = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_IS_CJK = re.compile(f"[{_CJK}]")
_WORD_WEIGHT, _PART_WEIGHT = 1.0, 0.4


class HashingEmbedder:
    """Texts to vectors by hashing their words, parts of words and Chinese characters; always the same.

    Texts that share words are close, texts that share none nearly orthogonal, equal texts equal. A
    question and a passage of the same text get the same vector.

    Args:
        dimension: of the vectors; more means fewer chance meetings.
        version: makes another embedding space of the same vectors.
    """

    def __init__(self, dimension: int = 64, *, version: str = "1") -> None:
        self._space = EmbeddingSpace("hashing", dimension, version)
        self.closed = False

    @property
    def space(self) -> EmbeddingSpace:
        """Fixed."""
        return self._space

    @property
    def max_batch(self) -> int:
        """Any number; this one makes batching visible in tests."""
        return 16

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """See ``Embedder``."""
        return self._embed(texts)

    def embed_passages(self, texts: Sequence[str]) -> FloatMatrix:
        """See ``Embedder``."""
        return self._embed(texts)

    def close(self) -> None:
        """See ``Embedder``."""
        self.closed = True

    def _embed(self, texts: Sequence[str]) -> FloatMatrix:
        vectors = np.zeros((len(texts), self._space.dimension), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for feature, weight in _features(text):
                digest = zlib.crc32(feature.encode("utf-8", "surrogatepass"))
                row[(digest >> 1) % len(row)] += weight if digest & 1 else -weight
            if not row.any():
                row[0] = 1.0
        unit: FloatMatrix = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def _features(text: str) -> Iterator[tuple[str, float]]:
    for term in _TERM.findall(unicodedata.normalize("NFKC", text).lower()):
        if _IS_CJK.match(term):
            yield from ((character, _PART_WEIGHT) for character in term)
            yield from ((term[at : at + 2], _WORD_WEIGHT) for at in range(len(term) - 1))
        else:
            yield term, _WORD_WEIGHT
            yield from ((f"#{term[at : at + 3]}", _PART_WEIGHT) for at in range(len(term) - 2))


class FailingEmbedder:
    """A model that is down: it has a space, and every embedding fails with one error."""

    def __init__(self, error: ModelError | None = None, *, dimension: int = 64) -> None:
        self._error = error or EmbeddingFailed("The model of this test is down.")
        self._space = EmbeddingSpace("hashing", dimension)
        self.calls = 0

    @property
    def space(self) -> EmbeddingSpace:
        """That of a ``HashingEmbedder``, which may take over when the model is up again."""
        return self._space

    @property
    def max_batch(self) -> int:
        """See ``Embedder``."""
        return 16

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """Fails, whatever the texts."""
        return self._fail(texts)

    def embed_passages(self, texts: Sequence[str]) -> FloatMatrix:
        """Fails, whatever the texts."""
        return self._fail(texts)

    def close(self) -> None:
        """See ``Embedder``."""

    def _fail(self, _texts: Sequence[str]) -> FloatMatrix:
        self.calls += 1
        raise self._error


class FlakyEmbedder:
    """A model that fails by plan and works otherwise.

    Args:
        inner: what works.
        plan: True for a call that fails, in the order of the calls; after the plan all calls work.
        error: what a failing call raises.
    """

    def __init__(self, inner: Embedder, plan: Sequence[bool], error: ModelError | None = None) -> None:
        self._inner = inner
        self._plan = list(plan)
        self._error = error or EmbeddingFailed("The model of this test failed once.")
        self._counting = threading.Lock()
        self.calls = 0

    @property
    def space(self) -> EmbeddingSpace:
        """The inner model's."""
        return self._inner.space

    @property
    def max_batch(self) -> int:
        """The inner model's."""
        return self._inner.max_batch

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """As planned."""
        self._next()
        return self._inner.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> FloatMatrix:
        """As planned."""
        self._next()
        return self._inner.embed_passages(texts)

    def close(self) -> None:
        """See ``Embedder``."""
        self._inner.close()

    def _next(self) -> None:
        with self._counting:
            call, self.calls = self.calls, self.calls + 1
        if call < len(self._plan) and self._plan[call]:
            raise self._error
