"""Find the constants of the local model by running its float graph over some dozens of sentences.

    python -m fusion_memory.models.e5_calibrate

writes ``e5_constants.npz`` beside this file, which is part of the package: every machine then converts
the weights to the same graph and makes the same vectors. ``e5_calibration.txt`` is for the ranges: chat,
notes, code, logs, numbers and repetition in English, Chinese and a dozen other languages.
``e5_parallel.tsv`` says the same things in English and in Chinese: what its vectors have in common is
the centre, and what tells its halves apart is only the language.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fusion_memory.core.errors import ModelUnavailable
from fusion_memory.models.e5 import CONSTANTS_FILE, PASSAGE_PREFIX, Constants, bundled_weights
from fusion_memory.models.e5_graph import OUTPUT, float_graph
from fusion_memory.models.e5_products import FIXED_INPUTS, Ranges, product_inputs
from fusion_memory.models.e5_weights import E5Weights, Floats
from fusion_memory.models.runtime import open_session
from fusion_memory.models.unigram import UnigramTokenizer

SENTENCES_FILE = "e5_calibration.txt"
PARALLEL_FILE = "e5_parallel.tsv"
_MAX_TOKENS = 512


class _FloatModel:
    """The reference, with a look at what enters its products."""

    def __init__(self, weights: E5Weights) -> None:
        self._weights = weights
        self._names = product_inputs(weights.architecture.layers)
        self._session = open_session(float_graph(weights, with_product_inputs=True))
        self._tokenizer = UnigramTokenizer(weights.vocabulary())
        self._positions = weights.position_rows()
        self.largest = np.zeros((len(self._names), weights.architecture.width), np.float32)

    def vector(self, sentence: str) -> Floats:
        """The vector of one sentence; remembers the largest values on the way."""
        tokens = np.array([self._tokenizer.encode(sentence, min(_MAX_TOKENS, len(self._positions)))])
        count = tokens.shape[1]
        inputs = {
            "embedded": self._weights.word_rows(tokens) + self._positions[:count],
            "lengths": np.array([count], np.int32),
            "pooling": np.full((1, 1, count), 1 / count, np.float32),
        }
        pooled, *entering = self._session.run([OUTPUT, *self._names], inputs)
        np.maximum(self.largest, np.stack([np.abs(values[0]).max(axis=0) for values in entering]), out=self.largest)
        unit: Floats = pooled[0] / np.linalg.norm(pooled[0])
        return unit


def measure(weights: E5Weights, sentences: Sequence[str], pairs: Sequence[tuple[str, str]]) -> Constants:
    """The constants of a model.

    Args:
        weights: of the model.
        sentences: with their prefixes, for the ranges.
        pairs: passages in English and in Chinese, for centre and language.
    """
    model, sizes = _FloatModel(weights), weights.architecture
    for sentence in sentences:
        model.vector(sentence)
    vectors = np.array([[model.vector(PASSAGE_PREFIX + text) for text in pair] for pair in pairs])
    english, chinese = vectors.mean(axis=0)
    # Rounded up to half precision: 28 kB, and never below what was seen.
    ranges: Ranges = np.nextafter(model.largest.astype(np.float16), np.float16(np.inf)).astype(np.float32)
    centre: Floats = (english + chinese) / 2
    language: Floats = (english - chinese) / np.linalg.norm(english - chinese)
    return Constants(ranges.reshape(sizes.layers, len(FIXED_INPUTS), sizes.width), centre, language)


def main() -> None:
    """Measure with the bundled weights and write the constants."""
    path = bundled_weights()
    if path is None:
        raise ModelUnavailable
    here = Path(__file__)
    sentences = here.with_name(SENTENCES_FILE).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in here.with_name(PARALLEL_FILE).read_text(encoding="utf-8").splitlines()]
    constants = measure(
        E5Weights(path),
        [sentence.replace("\\n", "\n") for sentence in sentences],
        [(english, chinese) for english, chinese in rows],
    )
    np.savez(
        here.with_name(CONSTANTS_FILE),
        ranges=constants.ranges.astype(np.float16),
        centre=constants.centre,
        language=constants.language,
    )
    norm = np.linalg.norm(constants.centre)
    sys.stdout.write(f"{CONSTANTS_FILE}: largest input {constants.ranges.max():.1f}, centre {norm:.3f}\n")


if __name__ == "__main__":
    main()
