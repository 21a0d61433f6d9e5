"""The embeddings call of OpenAI, spoken by Gemini, Voyage, vLLM, LM Studio and many others too.

https://platform.openai.com/docs/api-reference/embeddings
"""

from __future__ import annotations

from collections.abc import Sequence

from fusion_memory.models.transport import Json

PROVIDER = "openai"
ADDRESS = "https://api.openai.com/v1"
MODEL = "text-embedding-3-small"


class OpenAIEmbeddings:
    """``POST /embeddings``."""

    path = "/embeddings"

    def payload(self, model: str, texts: Sequence[str]) -> Json:
        """See ``WireFormat``."""
        return {"model": model, "input": list(texts), "encoding_format": "float"}

    def vectors(self, body: Json) -> list[Sequence[float]]:
        """See ``WireFormat``; entries carry their index and may come in any order."""
        entries = sorted(enumerate(body["data"]), key=lambda entry: entry[1].get("index", entry[0]))
        return [entry["embedding"] for _, entry in entries]

    def tokens(self, body: Json) -> int:
        """See ``WireFormat``."""
        usage = body.get("usage")
        counted = usage.get("total_tokens") or usage.get("prompt_tokens") if isinstance(usage, dict) else 0
        return counted if isinstance(counted, int) else 0
