"""Find the ranges of the 8-bit products by running the float graph over a few dozen sentences.

    python -m fusion_memory.models.e5_calibrate

writes ``e5_ranges.npy`` beside this file, which is part of the package: every machine then converts
the weights to the same graph. The sentences stand in ``e5_calibration.txt``: chat, notes, code, logs,
numbers and repetition, half English, a third Chinese, the rest in a dozen other languages.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fusion_memory.core.errors import ModelUnavailable
from fusion_memory.models.e5 import RANGES_FILE, bundled_weights
from fusion_memory.models.e5_graph import float_graph
from fusion_memory.models.e5_products import FIXED_INPUTS, Ranges, product_inputs
from fusion_memory.models.e5_weights import E5Weights
from fusion_memory.models.runtime import open_session
from fusion_memory.models.unigram import UnigramTokenizer

SENTENCES_FILE = "e5_calibration.txt"
_MAX_TOKENS = 512


def measure_ranges(weights: E5Weights, sentences: Sequence[str]) -> Ranges:
    """The largest absolute value of each channel that enters a product with a fixed range.

    Args:
        weights: of the model.
        sentences: with their prefixes.

    Returns:
        Float32, shape (layers, products, width).
    """
    sizes = weights.architecture
    session = open_session(float_graph(weights, with_product_inputs=True))
    tokenizer = UnigramTokenizer(weights.vocabulary())
    positions = weights.position_rows()
    names = product_inputs(sizes.layers)
    ranges = np.zeros((len(names), sizes.width), np.float32)
    for sentence in sentences:
        tokens = np.array([tokenizer.encode(sentence, min(_MAX_TOKENS, sizes.positions))])
        count = tokens.shape[1]
        inputs = {
            "embedded": weights.word_rows(tokens) + positions[:count],
            "lengths": np.array([count], np.int32),
            "pooling": np.full((1, 1, count), 1 / count, np.float32),
        }
        seen = [np.abs(values[0]).max(axis=0) for values in session.run(names, inputs)]
        np.maximum(ranges, np.stack(seen), out=ranges)
    return ranges.reshape(sizes.layers, len(FIXED_INPUTS), sizes.width)


def main() -> None:
    """Measure with the bundled weights and write the ranges."""
    path = bundled_weights()
    if path is None:
        raise ModelUnavailable
    here = Path(__file__)
    lines = here.with_name(SENTENCES_FILE).read_text(encoding="utf-8").splitlines()
    ranges = measure_ranges(E5Weights(path), [line.replace("\\n", "\n") for line in lines])
    # Rounded up to half precision: 28 kB, and never below what was seen.
    rounded = np.nextafter(ranges.astype(np.float16), np.float16(np.inf))
    np.save(here.with_name(RANGES_FILE), rounded, allow_pickle=False)
    sys.stdout.write(f"{RANGES_FILE}: {ranges.shape}, largest {ranges.max():.1f}\n")


if __name__ == "__main__":
    main()
