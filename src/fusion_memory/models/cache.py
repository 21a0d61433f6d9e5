"""Embed no text twice: an embedder around an embedder that remembers.

Questions are remembered in memory, because people ask again. With a folder, everything is remembered
on disk, which measurements use; the product keeps its passages' vectors in the database and needs none.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fusion_memory.core.records import EmbeddingSpace
from fusion_memory.models.interface import Embedder, FloatMatrix
from fusion_memory.models.passage import before
from fusion_memory.models.vector_file import KEY_BYTES, VectorFile

_QUERY, _PASSAGE = b"query\0", b"passage\0"


class CachedEmbedder:
    """Asks the inner model only for texts it has not embedded before.

    Args:
        inner: the model.
        folder: where vectors are kept between runs, one file per embedding space; None: nowhere.
        queries: how many questions are remembered in memory.
    """

    def __init__(self, inner: Embedder, folder: Path | None = None, *, queries: int = 1024) -> None:
        self._inner = inner
        self._folder = folder
        self._most_queries = queries
        self._recent: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()
        self._kept: VectorFile | None = None
        self._lock = threading.Lock()

    @property
    def space(self) -> EmbeddingSpace:
        """The inner model's."""
        return self._inner.space

    @property
    def max_batch(self) -> int:
        """The inner model's."""
        return self._inner.max_batch

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """See ``Embedder``."""
        return self._embed(texts, _QUERY, self._inner.embed_queries)

    def embed_passages(self, texts: Sequence[str]) -> FloatMatrix:
        """See ``Embedder``."""
        return self._embed(texts, _PASSAGE, self._inner.embed_passages)

    def close(self) -> None:
        """Close the file and the inner model."""
        with self._lock:
            if self._kept is not None:
                self._kept.close()
            self._kept = None
            self._recent.clear()
        self._inner.close()

    def _embed(
        self, texts: Sequence[str], kind: bytes, embed: Callable[[Sequence[str]], FloatMatrix]
    ) -> FloatMatrix:
        keys = [hashlib.blake2b(kind + _bytes(text), digest_size=KEY_BYTES).digest() for text in texts]
        known = self._look_up(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            made = embed(list(missing.values()))
            self._remember(list(missing), made, kind)
            known.update(zip(missing, made, strict=True))
        if not keys:
            return np.empty((0, self.space.dimension), np.float32)
        return np.stack([known[key] for key in keys])

    def _look_up(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        found = {}
        with self._lock:
            file = self._file()
            for key in set(keys):
                vector = self._recent.get(key)
                if vector is not None:
                    self._recent.move_to_end(key)
                elif file is not None:
                    vector = file.get(key)
                if vector is not None:
                    found[key] = vector
        return found

    def _remember(self, keys: Sequence[bytes], vectors: FloatMatrix, kind: bytes) -> None:
        with self._lock:
            file = self._file()
            if file is not None:
                file.add(keys, vectors)
            elif kind == _QUERY:
                for key, vector in zip(keys, vectors, strict=True):
                    self._recent[key] = vector.copy()
                while len(self._recent) > self._most_queries:
                    self._recent.popitem(last=False)

    def _file(self) -> VectorFile | None:
        if self._kept is None and self._folder is not None:
            space = self._inner.space
            name = re.sub(r"[^A-Za-z0-9.-]+", "_", space.name)[:60]
            digest = hashlib.blake2b(space.name.encode(), digest_size=4).hexdigest()
            self._kept = VectorFile(self._folder / f"{name}-{digest}.vectors", space.dimension)
        return self._kept


def _bytes(text: str) -> bytes:
    return "\0".join((text, before(text))).encode("utf-8", "surrogatepass")
