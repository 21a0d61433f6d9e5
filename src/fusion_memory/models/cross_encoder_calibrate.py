"""Find the ranges of the local reranker's 8-bit products by running its float graph over some pairs of sentences.

    python -m fusion_memory.models.cross_encoder_calibrate

writes ``cross_encoder_ranges.npz`` beside this file, which is part of the package: every machine then converts
the weights to the same graph. The sentences are those of the embedder; each is read with itself and the next.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fusion_memory.core.errors import ModelUnavailable
from fusion_memory.models.cross_encoder import (
    MOST_QUESTION_TOKENS,
    RANGES_FILE,
    bundled_reranker,
    inputs_of,
    paired,
)
from fusion_memory.models.cross_encoder_weights import CrossEncoderWeights
from fusion_memory.models.e5_graph import float_graph
from fusion_memory.models.e5_products import FIXED_INPUTS, Ranges, product_inputs
from fusion_memory.models.runtime import open_session
from fusion_memory.models.wordpiece import WordPieceTokenizer

SENTENCES_FILE = "e5_calibration.txt"


def measure(weights: CrossEncoderWeights, sentences: Sequence[str]) -> Ranges:
    """The largest value of each channel that enters a product, over sentences read with themselves and the next."""
    sizes = weights.architecture
    names = product_inputs(sizes.layers)
    session = open_session(float_graph(weights, with_product_inputs=True))
    tokenizer = WordPieceTokenizer(weights.pieces)
    positions, types = weights.position_rows(), weights.type_rows()
    largest = np.zeros((len(names), sizes.width), np.float32)
    for place, sentence in enumerate(sentences):
        question = tokenizer.pieces_of(sentence, MOST_QUESTION_TOKENS)
        for passage in (sentence, sentences[(place + 1) % len(sentences)]):
            pair = paired(tokenizer, question, passage)
            entering = session.run(names, inputs_of(weights, positions, types, [pair]))
            np.maximum(largest, np.stack([np.abs(values[0]).max(axis=0) for values in entering]), out=largest)
    # Rounded up to half precision: 28 kB, and never below what was seen.
    ranges: Ranges = np.nextafter(largest.astype(np.float16), np.float16(np.inf)).astype(np.float32)
    return ranges.reshape(sizes.layers, len(FIXED_INPUTS), sizes.width)


def main() -> None:
    """Measure with the installed weights and write the ranges."""
    folder = bundled_reranker()
    if folder is None:
        raise ModelUnavailable("The weights of the local reranker are not installed.")
    here = Path(__file__)
    lines = here.with_name(SENTENCES_FILE).read_text(encoding="utf-8").splitlines()
    sentences = [line.partition(": ")[2].replace("\\n", "\n") or line for line in lines]
    ranges = measure(CrossEncoderWeights(folder), sentences)
    np.savez(here.with_name(RANGES_FILE), ranges=ranges.astype(np.float16))
    sys.stdout.write(f"{RANGES_FILE}: largest input {ranges.max():.1f}\n")


if __name__ == "__main__":
    main()
