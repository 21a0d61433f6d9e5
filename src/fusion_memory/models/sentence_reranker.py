"""The door to cross-encoders of the sentence-transformers package, for machines that have it and the room for it.

Qwen3-Reranker-0.6B by default (English, Chinese and a hundred more; 1.2 GB); bge-reranker-v2-m3, mxbai-rerank and
others by name. The package and its model are loaded at the first question.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from fusion_memory.core.errors import ModelUnavailable

MODEL = "Qwen/Qwen3-Reranker-0.6B"


class SentenceReranker:
    """See ``Reranker``.

    Args:
        model: a name on the hub or a folder.
    """

    def __init__(self, model: str = MODEL) -> None:
        self._model = model
        self._loaded: Any = None
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        """The model's."""
        return self._model

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """See ``Reranker``."""
        told = self._load().predict([(query, passage) for passage in passages], show_progress_bar=False)
        return [float(score) for score in told]

    def close(self) -> None:
        """Release the model."""
        with self._loading:
            self._loaded = None

    def _load(self) -> Any:  # noqa: ANN401 (a class of a package that may be missing)
        with self._loading:
            if self._loaded is None:
                try:
                    from sentence_transformers import CrossEncoder  # seconds to import: only when it is really used

                    self._loaded = CrossEncoder(self._model)
                except (ImportError, OSError, ValueError) as error:
                    raise ModelUnavailable(
                        f"The reranker {self._model} cannot be loaded.",
                        why=f"{type(error).__name__}: {error}.",
                        fix="pip install sentence-transformers, and check reranker.model",
                    ) from error
            return self._loaded
