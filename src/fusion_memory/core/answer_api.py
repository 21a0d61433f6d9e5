"""The public face of evidence and answers: context packs, what becomes of them, and answers made from them.

:class:`~fusion_memory.core.api.MemoryApi` includes it; it stands apart so that each can be read at one sitting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from fusion_memory.core.answers import Answer, AnswerPart
from fusion_memory.core.packs import ContextPack, PackDiff, PackNote, Recall, StoredPack
from fusion_memory.core.records import SearchOptions
from fusion_memory.core.scope import Scope


class AnswerApi(Protocol):
    """What is handed to an agent for a question."""

    def answer_context(
        self,
        query: str,
        scope: Scope,
        budget: int | None = None,
        options: SearchOptions | Mapping[str, Any] | None = None,
    ) -> ContextPack:
        """Pack the evidence for a question into at most ``budget`` tokens, with citations."""
        ...

    def recall(
        self,
        query: str,
        scope: Scope,
        budget: int | None = None,
        options: SearchOptions | Mapping[str, Any] | None = None,
    ) -> Recall:
        """Search once, and have both the hits and the pack of their evidence."""
        ...

    def answer(
        self,
        query: str,
        scope: Scope,
        budget: int | None = None,
        options: SearchOptions | Mapping[str, Any] | None = None,
    ) -> Answer:
        """Answer a question, each claim with a checked quote, or say that the memories do not tell."""
        ...

    def answer_stream(
        self,
        query: str,
        scope: Scope,
        budget: int | None = None,
        options: SearchOptions | Mapping[str, Any] | None = None,
    ) -> Iterator[AnswerPart]:
        """The same in parts: each claim once it is checked, at the end the whole."""
        ...

    def packs(self, scope: Scope, limit: int = 20) -> tuple[PackNote, ...]:
        """The packs handed out lately, the latest first."""
        ...

    def pack(self, pack_id: str, scope: Scope) -> StoredPack:
        """A pack that was handed out, its texts read again."""
        ...

    def replay_pack(self, pack_id: str, scope: Scope, *, now: bool = False) -> ContextPack:
        """Make a pack anew, from what was known then or is known now."""
        ...

    def diff_packs(self, first: str, second: str, scope: Scope) -> PackDiff:
        """How two packs that were handed out differ."""
        ...
