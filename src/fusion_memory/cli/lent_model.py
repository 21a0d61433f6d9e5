"""A model that several memories use one after the other: closing a memory does not close it."""

from __future__ import annotations

from collections.abc import Sequence

from fusion_memory.core.records import EmbeddingSpace
from fusion_memory.models.interface import Embedder, FloatMatrix


class Lent:
    """The same embedder, except that whoever lent it closes it."""

    def __init__(self, lender: Embedder) -> None:
        self._lender = lender

    @property
    def space(self) -> EmbeddingSpace:
        """The lender's."""
        return self._lender.space

    @property
    def max_batch(self) -> int:
        """The lender's."""
        return self._lender.max_batch

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """See ``Embedder``."""
        return self._lender.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> FloatMatrix:
        """See ``Embedder``."""
        return self._lender.embed_passages(texts)

    def close(self) -> None:
        """Nothing: it is only lent."""
