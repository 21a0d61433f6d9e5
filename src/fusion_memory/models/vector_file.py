"""A file of vectors by key that only grows, for measurements that embed the same texts again and again.

Records have one size: 16 bytes of key, a CRC-32, the vector. A record whose checksum is wrong counts as
absent; half a record at the end, left by a crash, is filled up to a whole wrong one. So nothing needs
repair, and at worst a vector is computed again. One process writes at a time.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fusion_memory.models.interface import FloatMatrix

KEY_BYTES = 16


class VectorFile:
    """The open file.

    Args:
        path: made with its folder when missing.
        dimension: of every vector; a file serves one dimension, and its name should say which.
    """

    def __init__(self, path: Path, dimension: int) -> None:
        self._layout = np.dtype([("key", f"V{KEY_BYTES}"), ("check", "<u4"), ("vector", "<f4", (dimension,))])
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._file = path.open("ab")
        torn = self._file.tell() % self._layout.itemsize
        if torn:
            self._file.write(bytes(self._layout.itemsize - torn))
            self._file.flush()
        self._rows: dict[bytes, int] = {}
        self._records = self._read()
        for row, key in enumerate(self._records["key"]):
            self._rows[key.tobytes()] = row
        self._added: dict[bytes, NDArray[np.float32]] = {}

    def __len__(self) -> int:
        return len(self._rows.keys() | self._added.keys())

    def get(self, key: bytes) -> NDArray[np.float32] | None:
        """The vector of a key, or None."""
        added = self._added.get(key)
        if added is not None:
            return added
        row = self._rows.get(key)
        if row is None:
            return None
        record = self._records[row]
        vector: NDArray[np.float32] = record["vector"].copy()
        return vector if int(record["check"]) == _check(key, vector) else None

    def add(self, keys: Sequence[bytes], vectors: FloatMatrix) -> None:
        """Append vectors; a key that is there already is replaced."""
        records = np.empty(len(keys), self._layout)
        for record, key, vector in zip(records, keys, vectors, strict=True):
            record["key"], record["check"], record["vector"] = np.void(key), _check(key, vector), vector
            self._added[key] = np.array(vector)
        self._file.write(records.tobytes())
        self._file.flush()

    def close(self) -> None:
        """Close the file; calling it again does nothing."""
        self._file.close()
        self._records = np.empty(0, self._layout)

    def _read(self) -> NDArray[np.void]:
        if not self._file.tell():
            return np.empty(0, self._layout)  # an empty file cannot be mapped
        return np.memmap(self._path, self._layout, mode="r")


def _check(key: bytes, vector: NDArray[np.float32]) -> int:
    return zlib.crc32(np.ascontiguousarray(vector, "<f4").tobytes(), zlib.crc32(key))
