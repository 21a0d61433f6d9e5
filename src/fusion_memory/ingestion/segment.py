"""Cut a turn into retrievable pieces and say how a piece is read by the indexes.

A short turn is one piece; a longer one is cut at sentence ends. Offsets refer to the verbatim text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fusion_memory.core.records import EventKind, SpanDraft, SpanKind, Turn
from fusion_memory.core.settings import IngestSettings
from fusion_memory.text.chunks import chunk_chars, chunk_tokens
from fusion_memory.text.tokens import terms

WHOLE_TURN_CHARS = 8_000
"""Up to here a turn is one text to keyword search."""


@dataclass(frozen=True, slots=True)
class Cutting:
    """How long pieces are: characters for conversation, tokens for documents."""

    chat_chars: int
    chat_overlap_chars: int
    document_tokens: int
    document_overlap_tokens: int

    @classmethod
    def from_settings(cls, settings: IngestSettings) -> Cutting:
        """The lengths that the settings name."""
        return cls(
            settings.chunk_chars,
            settings.chunk_overlap_chars,
            settings.document_tokens,
            settings.document_overlap_tokens,
        )


def segment(turn: Turn, cutting: Cutting) -> list[SpanDraft]:
    """The pieces of a turn, in order, covering all of it."""
    if turn.kind is EventKind.DOCUMENT:
        chunks = chunk_tokens(turn.content, cutting.document_tokens, cutting.document_overlap_tokens)
    else:
        chunks = chunk_chars(turn.content, cutting.chat_chars, cutting.chat_overlap_chars)
    if len(chunks) == 1:
        return [SpanDraft(SpanKind.TURN, 0, len(turn.content))]
    return [SpanDraft(SpanKind.CHUNK, chunk.start, chunk.end) for chunk in chunks]


def keyword_terms(turn: Turn, drafts: Sequence[SpanDraft]) -> list[Sequence[str]]:
    """The terms each piece is found by: who said it and what it says.

    A turn that fits is read as one text under its first piece, so that a question finds all of its words
    together; the passage to show is chosen when it is shown. Documents and longer turns are read by piece.
    """
    if turn.kind is EventKind.MESSAGE and len(turn.content) <= WHOLE_TURN_CHARS:
        whole = terms(passage_text(turn.speaker, turn.content))
        return [whole, *([] for _ in drafts[1:])]
    return [terms(passage_text(turn.speaker, turn.content[draft.start : draft.end])) for draft in drafts]


def passage_text(speaker: str | None, text: str) -> str:
    """A piece as the embedder reads it: with the name of whoever said it, when known."""
    return f"{speaker}: {text}" if speaker else text
