"""Write an ONNX model file: the few messages of its protobuf format that a graph of ours needs.

The ``onnx`` package (31 MB, 0.1 s to import) would do the same; onnxruntime alone reads the result.
Field numbers are those of ``onnx.proto`` (ONNX 1.x, Apache-2.0 specification). This file knows
nothing of any model.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

CONTRIB = "com.microsoft"
"""The operator set of onnxruntime's own operators."""

_IR_VERSION = 8
_OPSET = 17
_ELEMENT_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7}
_FLOAT_ATTRIBUTE, _INT_ATTRIBUTE, _INTS_ATTRIBUTE = 1, 2, 7

Shape = Sequence[int | str]
"""Sizes; a name stands for a size that changes from call to call."""


class GraphWriter:
    """Collects constants and nodes, then gives the bytes of the model file.

    Every method that makes a value returns its name, so that calls nest as the graph does.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._nodes: list[bytes] = []
        self._constants: dict[str, bytes] = {}

    def constant(self, name: str, values: NDArray[Any]) -> str:
        """A tensor stored in the file; a second one of the same name is ignored."""
        if name not in self._constants:
            dims = b"".join(_integer(1, size) for size in values.shape)
            kind = _integer(2, _ELEMENT_TYPES[values.dtype.name])
            data = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<")).tobytes()
            self._constants[name] = dims + kind + _text(8, name) + _bytes(9, data)
        return name

    def node(self, operator: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: Any) -> str:  # noqa: ANN401 (an attribute is a float, an int or a list of ints)
        """One operation with one output; an empty input name is an input left out."""
        message = b"".join(_text(1, name) for name in inputs)
        message += _text(2, output) + _text(3, output) + _text(4, operator)
        message += b"".join(_bytes(5, _attribute(name, value)) for name, value in attributes.items())
        self._nodes.append(message + _text(7, domain))
        return output

    def model(self, inputs: dict[str, tuple[str, Shape]], outputs: dict[str, tuple[str, Shape]]) -> bytes:
        """The model file; inputs and outputs are names with element type and shape."""
        graph = b"".join(_bytes(1, node) for node in self._nodes) + _text(2, self._name)
        graph += b"".join(_bytes(5, tensor) for tensor in self._constants.values())
        graph += b"".join(_bytes(11, _value(name, *of)) for name, of in inputs.items())
        graph += b"".join(_bytes(12, _value(name, *of)) for name, of in outputs.items())
        operator_sets = _bytes(8, _text(1, "") + _integer(2, _OPSET)) + _bytes(
            8, _text(1, CONTRIB) + _integer(2, 1)
        )
        return _integer(1, _IR_VERSION) + _text(2, "fusion-memory") + _bytes(7, graph) + operator_sets


def _attribute(name: str, value: float | Sequence[int]) -> bytes:
    if isinstance(value, float):
        return _text(1, name) + b"\x15" + struct.pack("<f", value) + _integer(20, _FLOAT_ATTRIBUTE)
    if isinstance(value, int):
        return _text(1, name) + _integer(3, value) + _integer(20, _INT_ATTRIBUTE)
    return _text(1, name) + b"".join(_integer(8, item) for item in value) + _integer(20, _INTS_ATTRIBUTE)


def _value(name: str, element: str, shape: Shape) -> bytes:
    sizes = b"".join(_bytes(1, _text(2, size) if isinstance(size, str) else _integer(1, size)) for size in shape)
    tensor = _integer(1, _ELEMENT_TYPES[element]) + _bytes(2, sizes)
    return _text(1, name) + _bytes(2, _bytes(1, tensor))


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1  # negative numbers travel as their 64-bit complement
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _integer(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode("utf-8"))
