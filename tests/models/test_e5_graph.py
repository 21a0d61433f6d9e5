"""The graphs compute a BERT encoder, in float32 exactly and in 8 bits closely."""

from pathlib import Path

import numpy as np
import pytest
from e5_file import INNER, LAYERS, POSITIONS, WIDTH, SmallModel, write

from fusion_memory.core.errors import ModelUnavailable
from fusion_memory.models.e5_calibrate import measure
from fusion_memory.models.e5_graph import NARROW_WEIGHTS, eight_bit_graph, float_graph
from fusion_memory.models.e5_weights import E5Weights
from fusion_memory.models.runtime import open_session
from fusion_memory.models.unigram import UnigramTokenizer

pytest.importorskip("onnxruntime")

PAIRS = [("red", "猫"), ("blue", "猫猫")]
TEXTS = [[0, 5, 8, 2], [0, 9, 2], [0, 10, 11, 12, 13, 14, 15, 4, 6, 7, 5, 2], [0, 2]]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallModel:
    return write(tmp_path_factory.mktemp("weights") / "small.bin")


def run(model: bytes, weights: E5Weights, texts: list[list[int]]) -> np.ndarray:
    lengths = np.array([len(text) for text in texts], np.int32)
    tokens = np.ones((len(texts), lengths.max()), np.int64)
    for row, text in zip(tokens, texts, strict=True):
        row[: len(text)] = text
    pooling = (np.arange(tokens.shape[1]) < lengths[:, None]) / lengths[:, None]
    inputs = {
        "embedded": weights.word_rows(tokens) + weights.position_rows()[: tokens.shape[1]],
        "lengths": lengths,
        "pooling": pooling.astype(np.float32)[:, None],
    }
    return open_session(model, 1).run(None, inputs)[0]


def cosines(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return (ours * theirs).sum(1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)


def test_the_float_graph_is_the_encoder_of_the_book(small: SmallModel) -> None:
    weights = E5Weights(small.path)
    expected = np.stack([small.forward(text) for text in TEXTS])
    assert np.allclose(run(float_graph(weights), weights, TEXTS), expected, atol=1e-4)


@pytest.mark.parametrize(("limit", "closeness"), [(127, 0.9995), (NARROW_WEIGHTS, 0.998)])
def test_eight_bits_stay_close(small: SmallModel, limit: int, closeness: float) -> None:
    weights = E5Weights(small.path)
    ranges = measure(weights, ["red", "blue red 猫", "abe lure", "猫猫"], PAIRS).ranges
    assert ranges.shape == (LAYERS, 3, WIDTH)
    model = eight_bit_graph(weights, ranges, limit)
    assert cosines(run(model, weights, TEXTS), run(float_graph(weights), weights, TEXTS)).min() > closeness


def test_a_text_does_not_depend_on_its_neighbours(small: SmallModel) -> None:
    weights = E5Weights(small.path)
    model = eight_bit_graph(weights, measure(weights, ["red blue 猫"], PAIRS).ranges)
    together = run(model, weights, TEXTS)
    alone = np.concatenate([run(model, weights, [text]) for text in TEXTS])
    assert np.allclose(together, alone, atol=1e-5)


def test_the_graph_is_the_same_every_time(small: SmallModel) -> None:
    weights = E5Weights(small.path)
    ranges = measure(weights, ["red blue 猫"], PAIRS).ranges
    assert eight_bit_graph(weights, ranges) == eight_bit_graph(E5Weights(small.path), ranges)


def test_weights_are_read_as_written(small: SmallModel) -> None:
    weights = E5Weights(small.path)
    assert np.array_equal(weights.matrix("l1.fo.w", INNER), small.tensors["l1.fo.w"])
    assert np.array_equal(weights.vector("l0.q.b"), small.tensors["l0.q.b"])
    assert np.array_equal(weights.word_rows(np.array([[3, 5]])), small.tensors["emb.word"][[[3, 5]]])
    assert weights.position_rows().shape == (POSITIONS, WIDTH)


def test_the_vocabulary_is_read_as_written(small: SmallModel) -> None:
    tokenizer = UnigramTokenizer(E5Weights(small.path).vocabulary())
    assert tokenizer.encode("red  blue\n猫", 10) == [0, 5, 8, 16, 2]
    assert tokenizer.encode("Ａb\0b", 10) == [0, 4, 10, 11, 11, 2]  # full-width A becomes a, NUL disappears


def test_the_fingerprint_follows_the_content(small: SmallModel, tmp_path: Path) -> None:
    other = write(tmp_path / "other.bin", seed=1)
    assert E5Weights(small.path).fingerprint == E5Weights(small.path).fingerprint
    assert E5Weights(small.path).fingerprint != E5Weights(other.path).fingerprint


@pytest.mark.parametrize("keep", [0, 3, 40, 300, 2_000, -100])
def test_a_cut_file_is_named(small: SmallModel, tmp_path: Path, keep: int) -> None:
    cut = tmp_path / "cut.bin"
    cut.write_bytes(small.path.read_bytes()[:keep])
    with pytest.raises(ModelUnavailable) as caught:
        E5Weights(cut)
    assert str(cut) in caught.value.what
    assert "pip install" in caught.value.fix


def test_another_file_is_named(tmp_path: Path) -> None:
    other = tmp_path / "other.bin"
    other.write_bytes(b"GGUF" + bytes(1_000))
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        E5Weights(other)
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        E5Weights(tmp_path / "missing.bin")
