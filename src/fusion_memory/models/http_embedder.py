"""An embedder behind HTTP: the shared transport and one provider's way of asking and answering."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from fusion_memory.core.errors import EmbeddingFailed
from fusion_memory.core.records import EmbeddingSpace
from fusion_memory.models.interface import FloatMatrix
from fusion_memory.models.prefixes import Prefixes
from fusion_memory.models.transport import Json, JsonTransport

_PROBE = "dimension"


class WireFormat(Protocol):
    """How a provider is asked for vectors: the only thing that differs between providers."""

    path: str

    def payload(self, model: str, texts: Sequence[str]) -> Json:
        """What to post."""
        ...

    def vectors(self, body: Json) -> list[Sequence[float]]:
        """The vectors of an answer in the order of the texts.

        Raises:
            KeyError, TypeError, IndexError, AttributeError: the answer has another form.
        """
        ...

    def tokens(self, body: Json) -> int:
        """What the answer cost in tokens; 0 when it does not say."""
        ...


class HttpEmbedder:
    """Vectors from a provider, as it returns them; ``GuardedEmbedder`` checks them.

    Args:
        transport: to the provider; closed with this object.
        wire: how it is asked.
        dimension: what it returns; 0: ask once.
        batch: texts per call.
        prefixes: what its model wants before texts.
    """

    def __init__(
        self,
        transport: JsonTransport,
        wire: WireFormat,
        *,
        dimension: int = 0,
        batch: int = 32,
        prefixes: Prefixes = Prefixes(),  # noqa: B008 (frozen)
    ) -> None:
        self._transport = transport
        self._wire = wire
        self._dimension = dimension
        self._batch = batch
        self._prefixes = prefixes
        self._asking = threading.Lock()

    @property
    def space(self) -> EmbeddingSpace:
        """The provider's model; a dimension that is not configured is asked for once."""
        with self._asking:
            if not self._dimension:
                self._dimension = self._ask([_PROBE]).shape[1]
        endpoint = self._transport.endpoint
        return EmbeddingSpace(endpoint.model, self._dimension, endpoint.provider)

    @property
    def max_batch(self) -> int:
        """Texts per call, as configured."""
        return self._batch

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """See ``Embedder``."""
        return self._ask([self._prefixes.query + text for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> FloatMatrix:
        """See ``Embedder``."""
        return self._ask([self._prefixes.passage + text for text in texts])

    def close(self) -> None:
        """See ``Embedder``."""
        self._transport.close()

    def _ask(self, texts: Sequence[str]) -> FloatMatrix:
        endpoint = self._transport.endpoint
        body = self._transport.post(self._wire.path, self._wire.payload(endpoint.model, texts), self._wire.tokens)
        try:
            vectors: Any = self._wire.vectors(body)
            matrix = np.array(vectors, np.float32)
        except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
            raise _unreadable(endpoint.provider, f"{type(error).__name__}: {error}") from error
        if matrix.ndim != 2 or len(matrix) != len(texts):
            raise _unreadable(endpoint.provider, f"{matrix.shape} numbers for {len(texts)} texts")
        return matrix


def _unreadable(provider: str, reason: str) -> EmbeddingFailed:
    return EmbeddingFailed(
        f"The answer of {provider} holds no vectors for these texts.",
        why=f"{reason}.",
        fix="check embedding.provider, embedding.endpoint and embedding.model",
    )
