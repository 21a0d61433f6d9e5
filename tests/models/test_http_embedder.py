"""What providers are asked, and what is made of their answers."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from fusion_memory.core.errors import EmbeddingFailed
from fusion_memory.core.records import EmbeddingSpace
from fusion_memory.models.http_embedder import HttpEmbedder, WireFormat
from fusion_memory.models.ollama import OllamaEmbeddings
from fusion_memory.models.openai_compatible import OpenAIEmbeddings
from fusion_memory.models.prefixes import Prefixes, prefixes_of
from fusion_memory.models.transport import Endpoint, JsonTransport, ModelCall, Patience, Surroundings

httpx2 = pytest.importorskip("httpx2")


class Provider:
    """Answers with the lengths of texts, and keeps what it was asked."""

    def __init__(self, wire: WireFormat, reply: Any = None, **options: Any) -> None:
        self.asked: list[dict[str, Any]] = []
        self.calls: list[ModelCall] = []
        self.reply = reply
        around = Surroundings(network=httpx2.MockTransport(self.answer))
        self.transport = JsonTransport(Endpoint("test", "m", "http://models.test"), Patience(), self, around)
        self.embedder = HttpEmbedder(self.transport, wire, **options)

    def record(self, call: ModelCall) -> None:
        self.calls.append(call)

    def answer(self, request: Any) -> Any:
        asked = json.loads(request.content)
        self.asked.append(asked | {"path": request.url.path})
        return httpx2.Response(200, json=self.reply(asked["input"]) if self.reply else self.default(asked["input"]))

    def default(self, texts: Sequence[str]) -> dict[str, Any]:
        entries = [{"index": index, "embedding": [len(text), 1.0]} for index, text in enumerate(texts)]
        return {
            "data": entries[::-1],  # any order is allowed
            "usage": {"total_tokens": 5},
            "embeddings": [[len(text), 1.0] for text in texts],
            "prompt_eval_count": 5,
        }


@pytest.mark.parametrize(
    ("wire", "path"),
    [(OpenAIEmbeddings(), "/embeddings"), (OllamaEmbeddings(), "/api/embed")],
    ids=["openai", "ollama"],
)
def test_vectors_come_back_in_order(wire: WireFormat, path: str) -> None:
    provider = Provider(wire, dimension=2)
    vectors = provider.embedder.embed_passages(["a", "看见", "ccc"])
    assert vectors.dtype == np.float32
    assert vectors.tolist() == [[1, 1], [2, 1], [3, 1]]
    assert provider.asked[0]["path"] == path
    assert provider.asked[0]["model"] == "m"
    assert provider.asked[0]["input"] == ["a", "看见", "ccc"]
    assert provider.calls[0].tokens == 5


def test_questions_and_passages_get_the_prefixes_of_the_model() -> None:
    provider = Provider(OllamaEmbeddings(), dimension=2, prefixes=Prefixes("q: ", "p: "))
    provider.embedder.embed_queries(["a"])
    provider.embedder.embed_passages(["b"])
    assert [asked["input"] for asked in provider.asked] == [["q: a"], ["p: b"]]


def test_the_dimension_is_asked_once() -> None:
    provider = Provider(OpenAIEmbeddings())
    assert provider.embedder.space == provider.embedder.space == EmbeddingSpace("m", 2, "test")
    assert len(provider.asked) == 1


def test_a_given_dimension_is_believed_until_the_guard_sees_vectors() -> None:
    provider = Provider(OpenAIEmbeddings(), dimension=3, batch=7)
    assert provider.embedder.space.dimension == 3
    assert provider.embedder.max_batch == 7
    assert provider.asked == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"data": []},
        {"data": None},
        {"data": [{"index": 0}]},
        {"data": ["x"]},
        {"data": [{"embedding": ["one"]}]},
        {"data": [{"embedding": [1.0]}, {"embedding": [1.0, 2.0]}]},
        {"data": [{"embedding": 4}]},
    ],
)
def test_an_answer_of_another_form_is_named(body: dict[str, Any]) -> None:
    provider = Provider(OpenAIEmbeddings(), reply=lambda _: body, dimension=2)
    with pytest.raises(EmbeddingFailed, match="holds no vectors"):
        provider.embedder.embed_passages(["a", "b"])


def test_an_ollama_answer_of_another_form_is_named() -> None:
    provider = Provider(
        OllamaEmbeddings(), reply=lambda _: {"embeddings": [[1.0]], "prompt_eval_count": "x"}, dimension=1
    )
    with pytest.raises(EmbeddingFailed, match="holds no vectors"):
        provider.embedder.embed_passages(["a", "b"])
    assert provider.calls[0].tokens == 0


@pytest.mark.parametrize(
    ("model", "query", "passage"),
    [
        ("intfloat/multilingual-e5-small", "query: ", "passage: "),
        ("Nomic-Embed-Text", "search_query: ", "search_document: "),
        ("BAAI/bge-small-zh-v1.5", "为这个句子生成表示以用于检索相关文章：", ""),
        ("bge-m3", "", ""),
        ("text-embedding-3-small", "", ""),
    ],
)
def test_prefixes_follow_the_model(model: str, query: str, passage: str) -> None:
    assert prefixes_of(model) == Prefixes(query, passage)
