"""A reranker behind HTTP: the ``/rerank`` call that Cohere, Jina, vLLM, Text Embeddings Inference and others speak.

Cohere, Jina and vLLM take ``documents`` and answer ``{"results": [{"index", "relevance_score"}]}``; TEI takes
``texts`` and answers a list of ``{"index", "score"}``. A server that asks for ``texts`` gets them from then on.
https://docs.cohere.com/reference/rerank, https://huggingface.github.io/text-embeddings-inference
"""

from __future__ import annotations

from collections.abc import Sequence

from fusion_memory.core.errors import RerankFailed
from fusion_memory.models.transport import Endpoint, Json, JsonTransport, Patience, Purpose

PROVIDER = "reranker"
ADDRESS = "http://localhost:8000/v1"
MODEL = "Qwen/Qwen3-Reranker-0.6B"
PATH = "/rerank"
MOST_CHARS = 2_000
"""Of a passage; the rest is not sent."""

RERANKING = Purpose(
    section="reranker",
    deed="rerank",
    product="scores",
    failed=RerankFailed,
    refused=RerankFailed,
    later="try again later",
    shorten="check reranker.model and reranker.endpoint",
    list_as="results",
)

_DOCUMENTS, _TEXTS = "documents", "texts"
_LISTS = ("results", "data")
_SCORES = ("relevance_score", "score")


class HttpReranker:
    """Scores from a provider.

    Args:
        transport: to the provider; closed with this object.
    """

    def __init__(self, transport: JsonTransport) -> None:
        self._transport = transport
        self._field = _DOCUMENTS

    @property
    def name(self) -> str:
        """The provider's model."""
        return self._transport.endpoint.model

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """See ``Reranker``; one call for all passages."""
        texts = [passage[:MOST_CHARS] for passage in passages]
        body = self._asked(query, texts)
        try:
            return _scores(body, len(texts))
        except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
            raise RerankFailed(
                f"The answer of {self.name} holds no scores for these passages.",
                why=f"{type(error).__name__}: {error}.",
                fix="check reranker.endpoint and reranker.model",
            ) from error

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _asked(self, query: str, texts: Sequence[str]) -> Json:
        try:
            return self._transport.post(PATH, self._payload(query, texts), _tokens)
        except RerankFailed as error:
            if self._field == _TEXTS or _TEXTS not in error.why:
                raise
        self._field = _TEXTS
        return self._transport.post(PATH, self._payload(query, texts), _tokens)

    def _payload(self, query: str, texts: Sequence[str]) -> Json:
        asked = {"model": self.name, "query": query, self._field: list(texts)}
        return asked if self._field == _TEXTS else {**asked, "top_n": len(texts), "return_documents": False}


class HTTPReranker(HttpReranker):
    """A reranker by its address: ``HTTPReranker("http://localhost:8000/v1", "bge-reranker-v2-m3")``.

    Args:
        endpoint: the address, without ``/rerank``.
        model: as the server calls it.
        api_key: sent as a bearer token, never shown.
        timeout_s: longest time of one call.

    Raises:
        ModelUnavailable: httpx2 is not installed, or the address is none.
    """

    def __init__(
        self, endpoint: str = ADDRESS, model: str = MODEL, *, api_key: str = "", timeout_s: float = 1.0
    ) -> None:
        whom, patience = Endpoint(PROVIDER, model, endpoint, api_key), Patience(timeout_s, retries=1)
        super().__init__(JsonTransport(whom, patience, purpose=RERANKING))


def _scores(body: Json, wanted: int) -> list[float]:
    entries = next(body[name] for name in _LISTS if isinstance(body.get(name), list))
    scores: dict[int, float] = {}
    for entry in entries:
        index = entry["index"]
        if not isinstance(index, int) or not 0 <= index < wanted or index in scores:
            raise ValueError(f"the index {index!r} is none of {wanted} passages")
        scores[index] = float(next(entry[name] for name in _SCORES if name in entry))
    return [scores[index] for index in range(wanted)]


def _tokens(body: Json) -> int:
    """What an answer cost: Jina and vLLM say ``usage``, Cohere ``meta``; 0 when it does not say."""
    usage = body.get("usage")
    counted = usage.get("total_tokens") if isinstance(usage, dict) else 0
    return counted if isinstance(counted, int) else 0
