"""A hub model from a repository folder made here: the loading is real, only the download is not."""

from pathlib import Path

import numpy as np
import pytest

from fusion_memory.core.errors import ModelUnavailable
from fusion_memory.core.records import EmbeddingSpace
from fusion_memory.models.hub import HubEmbedder, fetch_from_hub
from fusion_memory.models.onnx_file import GraphWriter

tokenizers = pytest.importorskip("tokenizers")
pytest.importorskip("onnxruntime")

WORDS = ["[UNK]", "query", ":", "passage", "cat", "dog", "猫", "sleeps"]
TABLE = np.random.default_rng(0).normal(size=(len(WORDS), 6)).astype(np.float32)


def graph(*, pooled: bool, three_inputs: bool = False) -> bytes:
    writer = GraphWriter("small")
    table = writer.constant("table", TABLE)
    output = writer.node("Gather", [table, "input_ids"], "last_hidden_state", axis=0)
    if pooled:
        writer.node("ReduceMax", [output], "sentence_embedding", axes=[1], keepdims=0)
    texts = ("int64", ("texts", "tokens"))
    inputs = dict.fromkeys(["input_ids", "attention_mask", *(["token_type_ids"] if three_inputs else [])], texts)
    outputs = {"last_hidden_state": ("float32", ("texts", "tokens", 6))}
    if pooled:
        outputs["sentence_embedding"] = ("float32", ("texts", 6))
    return writer.model(inputs, outputs)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    vocabulary = tokenizers.models.WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="[UNK]")
    tokenizer = tokenizers.Tokenizer(vocabulary)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "onnx").mkdir()
    (tmp_path / "onnx" / "model.onnx").write_bytes(graph(pooled=False))
    return tmp_path


def embedder(folder: Path, model: str = "someone/small-e5-model") -> HubEmbedder:
    def fetch(asked: str, name: str) -> Path | None:
        assert asked == model
        return folder / name if (folder / name).exists() else None

    return HubEmbedder(model, threads=1, fetch=fetch)


def test_token_vectors_are_averaged_without_filling(repository: Path) -> None:
    hub = embedder(repository)
    vectors = hub.embed_passages(["cat sleeps", "猫", "nobody knows these words at all"])
    prefix = TABLE[3] + TABLE[2]
    assert np.allclose(vectors[0], (prefix + TABLE[4] + TABLE[7]) / 4, atol=1e-6)
    assert np.allclose(vectors[1], (prefix + TABLE[6]) / 3, atol=1e-6)
    assert hub.embed_queries(["cat"]).tolist() != hub.embed_passages(["cat"]).tolist()
    assert hub.space == EmbeddingSpace("someone/small-e5-model", 6, "hub")
    assert hub.embed_passages([]).shape == (0, 6)


def test_a_pooled_output_is_taken_as_it_is(repository: Path) -> None:
    (repository / "onnx" / "model.onnx").write_bytes(graph(pooled=True, three_inputs=True))
    hub = embedder(repository, "someone/other")
    assert np.allclose(hub.embed_queries(["cat dog"])[0], TABLE[[4, 5]].max(axis=0))


def test_the_smaller_file_is_preferred(repository: Path) -> None:
    (repository / "onnx" / "model.onnx").write_bytes(b"never opened")
    (repository / "onnx" / "model_quantized.onnx").write_bytes(graph(pooled=False))
    assert embedder(repository).embed_queries(["cat"]).shape == (1, 6)


def test_long_and_broken_texts_have_vectors(repository: Path) -> None:
    hub = embedder(repository)
    assert np.isfinite(hub.embed_passages(["cat " * 5_000, "", "\ud800", "\0"])).all()


def test_a_closed_one_loads_again(repository: Path) -> None:
    hub = embedder(repository)
    first = hub.embed_queries(["cat"])
    hub.close()
    assert np.array_equal(hub.embed_queries(["cat"]), first)


@pytest.mark.parametrize("missing", ["tokenizer.json", "onnx/model.onnx"])
def test_a_repository_without_a_part_is_named(repository: Path, missing: str) -> None:
    (repository / missing).unlink()
    with pytest.raises(ModelUnavailable, match=f"has no .*{Path(missing).name}"):
        embedder(repository).embed_queries(["cat"])


@pytest.mark.parametrize("damaged", ["tokenizer.json", "onnx/model.onnx"])
def test_a_damaged_part_is_named(repository: Path, damaged: str) -> None:
    (repository / damaged).write_bytes(b"{")
    with pytest.raises(ModelUnavailable, match="cannot be"):
        embedder(repository).embed_queries(["cat"])


def test_the_hub_is_asked_only_for_what_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = pytest.importorskip("huggingface_hub")
    here = tmp_path / "tokenizer.json"
    here.write_text("{}")

    def offline(*_: object, **__: object) -> str:
        raise hub.errors.LocalEntryNotFoundError("no network")

    def absent(*_: object, **__: object) -> str:
        raise hub.errors.EntryNotFoundError("404")

    monkeypatch.setattr(hub, "hf_hub_download", offline)
    monkeypatch.setattr(hub, "try_to_load_from_cache", lambda *_: str(here))
    assert fetch_from_hub("a/b", "tokenizer.json") == here
    monkeypatch.setattr(hub, "try_to_load_from_cache", lambda *_: None)
    with pytest.raises(ModelUnavailable, match="cannot be fetched") as caught:
        fetch_from_hub("a/b", "tokenizer.json")
    assert "network" in caught.value.fix
    monkeypatch.setattr(hub, "hf_hub_download", absent)
    assert fetch_from_hub("a/b", "tokenizer.json") is None
    monkeypatch.setattr(hub, "try_to_load_from_cache", lambda *_: object())  # known to be absent
    monkeypatch.setattr(hub, "hf_hub_download", offline)
    assert fetch_from_hub("a/b", "tokenizer.json") is None
    monkeypatch.setattr(hub, "try_to_load_from_cache", lambda *_: None)
    monkeypatch.setattr(hub, "hf_hub_download", lambda *_: str(here))
    assert fetch_from_hub("a/b", "tokenizer.json") == here
