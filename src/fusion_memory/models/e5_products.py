"""The products inside an encoder layer, in float32 and in 8 bits.

8-bit form: weights are int8 with one scale per output. What enters a product is uint8.

- Inputs of the attention, of its output and of the first inner product have fixed ranges, with channels
  balanced against the weights (SmoothQuant, Xiao et al. 2022, https://arxiv.org/abs/2211.10438), because
  in each layer one or two channels are ten times larger than the others.
- The input of the second inner product gets its range token by token: it follows a GELU, whose smallest
  value is -0.17, and its peaks differ too much between tokens for one range.

No range is taken over a batch, so a text's vector does not depend on the texts embedded with it. The
measurements behind the constants: docs/adr/0002-local-model.md. This file is pure and runs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fusion_memory.models.e5_weights import EncoderWeights, Floats
from fusion_memory.models.onnx_file import CONTRIB, GraphWriter

FIXED_INPUTS = ("attention", "output", "inner")
"""The products whose inputs have fixed ranges, in the order of the second axis of ``Ranges``."""

Ranges: TypeAlias = NDArray[np.float32]
"""Largest absolute value of each channel, shape (layers, len(FIXED_INPUTS), width)."""

_BALANCE = 0.6  # share of a channel's range that moves into the weights
_HEADROOM = 1.15  # over the largest value seen in calibration
_GELU_FLOOR = 0.17
_LEVELS, _ZERO = 127, 128
_SMALLEST_RANGE = 1e-3


class Products(Protocol):
    """The three parts of a layer that multiply by weights; each returns the name of its result."""

    def attention(self, layer: int, hidden: str) -> str:
        """Every token mixed with the others, before the output product."""
        ...

    def output(self, layer: int, mixed: str) -> str:
        """The output product of the attention."""
        ...

    def inner(self, layer: int, hidden: str) -> str:
        """The two inner products with the GELU between them."""
        ...


def product_inputs(layers: int) -> list[str]:
    """Names of the values with fixed ranges, in the order of ``Ranges``."""
    return [f"{layer}.{kind}.in" for layer in range(layers) for kind in FIXED_INPUTS]


@dataclass(frozen=True, slots=True)
class _Linear:
    """Weights of shape (outputs, inputs) and a bias."""

    weights: Floats
    bias: Floats


def _linear(weights: EncoderWeights, layer: int, *tensors: str) -> _Linear:
    sizes = weights.architecture
    inputs = sizes.inner if tensors == ("fo",) else sizes.width
    return _Linear(
        np.concatenate([weights.matrix(f"l{layer}.{tensor}.w", inputs) for tensor in tensors]),
        np.concatenate([weights.vector(f"l{layer}.{tensor}.b") for tensor in tensors]),
    )


class FloatProducts:
    """The reference."""

    def __init__(self, graph: GraphWriter, weights: EncoderWeights) -> None:
        self._graph = graph
        self._weights = weights

    def attention(self, layer: int, hidden: str) -> str:
        """See ``Products``."""
        matrix, bias = self._constants(f"{layer}.qkv", _linear(self._weights, layer, "q", "k", "v"))
        heads = self._weights.architecture.heads
        inputs = [hidden, matrix, bias, "lengths"]
        return self._graph.node("Attention", inputs, f"{layer}.output.in", CONTRIB, num_heads=heads)

    def output(self, layer: int, mixed: str) -> str:
        """See ``Products``."""
        return self._product(f"{layer}.output", mixed, _linear(self._weights, layer, "ao"))

    def inner(self, layer: int, hidden: str) -> str:
        """See ``Products``."""
        wide = self._product(f"{layer}.wide", hidden, _linear(self._weights, layer, "fi"))
        active = self._graph.node("Gelu", [wide], f"{layer}.active", CONTRIB)
        return self._product(f"{layer}.narrow", active, _linear(self._weights, layer, "fo"))

    def _product(self, name: str, values: str, linear: _Linear) -> str:
        matrix, bias = self._constants(name, linear)
        product = self._graph.node("MatMul", [values, matrix], f"{name}.product")
        return self._graph.node("Add", [product, bias], name)

    def _constants(self, name: str, linear: _Linear) -> tuple[str, str]:
        return (
            self._graph.constant(f"{name}.weights", linear.weights.T),
            self._graph.constant(f"{name}.bias", linear.bias),
        )


class EightBitProducts:
    """What runs: about twice as fast as float32, with a quarter of the memory."""

    def __init__(self, graph: GraphWriter, weights: EncoderWeights, ranges: Ranges, weight_limit: int) -> None:
        self._graph = graph
        self._weights = weights
        self._ranges = ranges
        self._limit = weight_limit
        graph.constant("one", np.array(1, np.float32))
        graph.constant("zero", np.array(0, np.uint8))
        graph.constant("middle", np.array(_ZERO, np.uint8))
        graph.constant("last_axis", np.array([-1], np.int64))
        graph.constant("gelu_floor", np.array(_GELU_FLOOR, np.float32))
        graph.constant("per_level", np.array(1 / 255, np.float32))

    def attention(self, layer: int, hidden: str) -> str:
        """See ``Products``."""
        name = f"{layer}.attention"
        linear = _linear(self._weights, layer, "q", "k", "v")
        entering, scale, balanced = self._enter(name, layer, hidden, linear.weights)
        matrix, scales = self._weights_of(name, balanced)
        bias = self._graph.constant(f"{name}.bias", linear.bias)
        zeros = self._graph.constant("weight_zeros", np.zeros(len(linear.bias), np.int8))
        inputs = [entering, matrix, bias, scale, scales, "lengths", "middle", zeros]
        heads = self._weights.architecture.heads
        return self._graph.node("QAttention", inputs, f"{layer}.output.in", CONTRIB, num_heads=heads)

    def output(self, layer: int, mixed: str) -> str:
        """See ``Products``."""
        return self._fixed_product(f"{layer}.output", layer, mixed, _linear(self._weights, layer, "ao"))

    def inner(self, layer: int, hidden: str) -> str:
        """See ``Products``."""
        wide = self._fixed_product(f"{layer}.inner", layer, hidden, _linear(self._weights, layer, "fi"))
        active = self._graph.node("Gelu", [wide], f"{layer}.active", CONTRIB)
        return self._token_product(f"{layer}.narrow", active, _linear(self._weights, layer, "fo"))

    def _fixed_product(self, name: str, layer: int, values: str, linear: _Linear) -> str:
        entering, scale, balanced = self._enter(name, layer, values, linear.weights)
        matrix, scales = self._weights_of(name, balanced)
        bias = self._graph.constant(f"{name}.bias", linear.bias)
        inputs = [entering, matrix, scale, scales, "middle", "", bias]
        return self._graph.node("MatMulIntegerToFloat", inputs, name, CONTRIB)

    def _enter(self, name: str, layer: int, values: str, weights: Floats) -> tuple[str, str, Floats]:
        """The balanced input in 8 bits, its scale, and the weights that undo the balance."""
        largest = np.maximum(self._ranges[layer, FIXED_INPUTS.index(name.split(".")[1])], _SMALLEST_RANGE)
        balance = largest**_BALANCE / np.abs(weights).max(axis=0) ** (1 - _BALANCE)
        balance /= balance.mean()
        scale = (largest / balance).max() * _HEADROOM / _LEVELS
        graph = self._graph
        factors = graph.constant(f"{name}.balance", (1 / balance).astype(np.float32))
        balanced = graph.node("Mul", [values, factors], f"{name}.balanced")
        scale_name = graph.constant(f"{name}.scale", np.array(scale, np.float32))
        entering = graph.node("QuantizeLinear", [balanced, scale_name, "middle"], f"{name}.entering")
        return entering, scale_name, (weights * balance).astype(np.float32)

    def _token_product(self, name: str, values: str, linear: _Linear) -> str:
        graph = self._graph
        lifted = graph.node("Add", [values, "gelu_floor"], f"{name}.lifted")  # now nothing is negative
        largest = graph.node("ReduceMax", [lifted], f"{name}.largest", axes=[-1], keepdims=1)
        scale = graph.node("Mul", [largest, "per_level"], f"{name}.scale")
        levels = graph.node("Div", [lifted, scale], f"{name}.levels")
        entering = graph.node("QuantizeLinear", [levels, "one", "zero"], f"{name}.entering")
        matrix, scales = self._weights_of(name, linear.weights)
        inputs = [entering, matrix, "one", scales, "zero"]
        product = graph.node("MatMulIntegerToFloat", inputs, f"{name}.product", CONTRIB)
        scaled = graph.node("Mul", [product, scale], f"{name}.scaled")
        lift = np.float32(_GELU_FLOOR) * self._rounded(linear.weights).sum(axis=1)
        bias = graph.constant(f"{name}.bias", (linear.bias - lift).astype(np.float32))
        return graph.node("Add", [scaled, bias], name)

    def _weights_of(self, name: str, weights: Floats) -> tuple[str, str]:
        levels, scales = self._quantized(weights)
        return (
            self._graph.constant(f"{name}.weights", levels.T),
            self._graph.constant(f"{name}.weight_scales", scales),
        )

    def _quantized(self, weights: Floats) -> tuple[NDArray[np.int8], Floats]:
        scales = np.maximum(np.abs(weights).max(axis=1), np.float32(1e-12)) / np.float32(self._limit)
        return np.rint(weights / scales[:, None]).astype(np.int8), scales.astype(np.float32)

    def _rounded(self, weights: Floats) -> Floats:
        levels, scales = self._quantized(weights)
        rounded: Floats = levels * scales[:, None]
        return rounded
