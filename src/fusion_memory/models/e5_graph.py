"""Build the graph that turns token embeddings into a sentence vector: a BERT encoder, 8-bit or float.

Devlin et al. 2018, https://arxiv.org/abs/1810.04805; multilingual-e5-small pools by the mean. How the
products are computed is in ``e5_products``. This file is pure and runs nothing.
"""

from __future__ import annotations

import numpy as np

from fusion_memory.models.e5_products import EightBitProducts, FloatProducts, Products, Ranges, product_inputs
from fusion_memory.models.e5_weights import EncoderWeights
from fusion_memory.models.onnx_file import GraphWriter, Shape

GRAPH_VERSION = 1
"""Raise it when the same weights would give another graph; vectors of two versions still compare."""

FULL_WEIGHTS, NARROW_WEIGHTS = 127, 63
"""Largest 8-bit weight: the full range, or half of it where products saturate."""

INPUTS: dict[str, tuple[str, Shape]] = {
    "embedded": ("float32", ("texts", "tokens", "width")),
    "lengths": ("int32", ("texts",)),
    "pooling": ("float32", ("texts", 1, "tokens")),
}
"""Token embeddings, filled up to the longest text; tokens of each text; weight of each token in the mean."""

OUTPUT = "sentence"
"""The pooled vector, shape (texts, width), not yet of length 1."""


def eight_bit_graph(
    weights: EncoderWeights, ranges: Ranges, weight_limit: int = FULL_WEIGHTS, *, one_token: bool = False
) -> bytes:
    """The model file with 8-bit products; ``ranges`` come from calibration.

    With ``one_token`` the pooling must pick a single token of each text: the last layer is then computed for it
    alone, which saves a twelfth of the work.
    """
    graph = GraphWriter("encoder-8bit")
    return _encoder(graph, weights, EightBitProducts(graph, weights, ranges, weight_limit), [], one_token=one_token)


def float_graph(weights: EncoderWeights, *, with_product_inputs: bool = False) -> bytes:
    """The model file with the same weights in float32: the reference, and the source of the ranges.

    With ``with_product_inputs`` the values named by ``product_inputs`` are outputs as well.
    """
    graph = GraphWriter("multilingual-e5-small-float")
    taps = product_inputs(weights.architecture.layers) if with_product_inputs else []
    return _encoder(graph, weights, FloatProducts(graph, weights), taps)


def saturation_probe() -> tuple[bytes, int]:
    """A model file with one product of all-largest numbers, and what each result must be.

    x86 processors without VNNI instructions add two 8-bit products in 16 bits; the largest do not fit
    and come out smaller. There the weights must be narrower. Its input ``x`` is uint8, shape (4, 64).
    """
    graph, inner = GraphWriter("probe"), 64
    graph.constant("w", np.full((inner, 16), FULL_WEIGHTS, np.int8))
    graph.node("MatMulInteger", ["x", "w"], "y")
    return graph.model({"x": ("uint8", (4, inner))}, {"y": ("int32", (4, 16))}), 255 * FULL_WEIGHTS * inner


def _encoder(
    graph: GraphWriter, weights: EncoderWeights, products: Products, taps: list[str], *, one_token: bool = False
) -> bytes:
    hidden = _normalized(graph, weights, "embedded", "emb.ln", "0.attention.in")
    for layer in range(weights.architecture.layers):
        mixed = products.attention(layer, hidden)
        last = layer == weights.architecture.layers - 1
        if one_token and last:
            mixed = graph.node("MatMul", ["pooling", mixed], "last.mixed")
            hidden = graph.node("MatMul", ["pooling", hidden], "last.hidden")
        kept = graph.node("Add", [hidden, products.output(layer, mixed)], f"{layer}.attended")
        hidden = _normalized(graph, weights, kept, f"l{layer}.aln", f"{layer}.inner.in")
        kept = graph.node("Add", [hidden, products.inner(layer, hidden)], f"{layer}.changed")
        hidden = _normalized(graph, weights, kept, f"l{layer}.oln", f"{layer + 1}.attention.in")
    pooled = hidden if one_token else graph.node("MatMul", ["pooling", hidden], "pooled")
    graph.node("Squeeze", [pooled, graph.constant("token_axis", np.array([1], np.int64))], OUTPUT)
    width = weights.architecture.width
    outputs: dict[str, tuple[str, Shape]] = dict.fromkeys(taps, ("float32", ("texts", "tokens", width)))
    return graph.model(INPUTS, {OUTPUT: ("float32", ("texts", width)), **outputs})


def _normalized(graph: GraphWriter, weights: EncoderWeights, values: str, tensor: str, name: str) -> str:
    gain = graph.constant(f"{tensor}.w", weights.vector(f"{tensor}.w"))
    shift = graph.constant(f"{tensor}.b", weights.vector(f"{tensor}.b"))
    epsilon = weights.architecture.epsilon
    return graph.node("LayerNormalization", [values, gain, shift], name, axis=-1, epsilon=epsilon)
