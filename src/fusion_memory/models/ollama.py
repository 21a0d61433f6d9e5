"""The embedding call of Ollama.

https://docs.ollama.com/api/embed
"""

from __future__ import annotations

from collections.abc import Sequence

from fusion_memory.models.transport import Json

PROVIDER = "ollama"
ADDRESS = "http://localhost:11434"
MODEL = "bge-m3"


class OllamaEmbeddings:
    """``POST /api/embed``."""

    path = "/api/embed"

    def payload(self, model: str, texts: Sequence[str]) -> Json:
        """See ``WireFormat``; a text too long for the model is read as far as it fits."""
        return {"model": model, "input": list(texts), "truncate": True}

    def vectors(self, body: Json) -> list[Sequence[float]]:
        """See ``WireFormat``."""
        return list(body["embeddings"])

    def tokens(self, body: Json) -> int:
        """See ``WireFormat``."""
        counted = body.get("prompt_eval_count")
        return counted if isinstance(counted, int) else 0
