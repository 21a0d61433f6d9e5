"""What an embedder is, for everyone who needs vectors and must not know which model makes them.

Importing this file costs nothing: no numpy, no runtime.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fusion_memory.core.records import EmbeddingSpace

FloatMatrix: TypeAlias = "NDArray[np.float32]"
"""Float32, shape (texts, dimension), rows of length 1."""

Progress: TypeAlias = Callable[[str], None]
"""Told in one line what takes long, in words for a person."""


class Embedder(Protocol):
    """Turns texts into vectors whose dot product says how close their meanings are.

    Questions and passages are embedded differently by most retrieval models, hence two methods.
    Safe to call from several threads.
    """

    @property
    def space(self) -> EmbeddingSpace:
        """Where these vectors may be compared. An HTTP model of unknown dimension is asked once.

        Raises:
            ModelError: the model had to be asked and did not answer.
        """
        ...

    @property
    def max_batch(self) -> int:
        """The number of texts one call handles best; more are accepted."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """Vectors of questions, shape (n, dimension), in the order given.

        Raises:
            ModelError: no vectors; nothing partial is returned.
        """
        ...

    def embed_passages(self, texts: Sequence[str]) -> FloatMatrix:
        """Vectors of what was said, shape (n, dimension), in the order given.

        Raises:
            ModelError: no vectors; nothing partial is returned.
        """
        ...

    def close(self) -> None:
        """Release the model; calling it again does nothing."""
        ...
