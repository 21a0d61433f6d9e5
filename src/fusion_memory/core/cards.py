"""Memory cards: what a session came to, line by line, each line with the memories it was made of.

The buckets and their sizes are those of ``memory_card.v2`` (S3.52 of the feature list). This file must not know how
cards are made, when, or where they are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Final

from fusion_memory.core.layers import Cause

CARD_SCHEMA: Final = "memory_card.v2"


class Bucket(StrEnum):
    """What a line of a card is; the fields of :class:`MemoryCard` have these names, in this order."""

    FACTS = "facts"
    PREFERENCES = "preferences"
    CONSTRAINTS = "constraints"
    DECISIONS = "decisions"
    RISKS = "risks"
    ACTIONS = "actions"
    EXCERPT = "raw_excerpt"


MOST_LINES: Final[Mapping[Bucket, int]] = {
    Bucket.FACTS: 8,
    Bucket.PREFERENCES: 6,
    Bucket.CONSTRAINTS: 6,
    Bucket.DECISIONS: 6,
    Bucket.RISKS: 6,
    Bucket.ACTIONS: 20,
    Bucket.EXCERPT: 12,
}
"""The most lines of each bucket."""


@dataclass(frozen=True, slots=True)
class CardLine:
    """One line: its words, the ids of the memories they come from, and the fact it tells, if it tells one."""

    text: str
    sources: tuple[str, ...]
    fact_id: str | None = None


@dataclass(frozen=True, slots=True)
class MemoryCard:
    """What a session came to. ``raw_excerpt`` are sentences of its own, one line a message."""

    facts: tuple[CardLine, ...] = ()
    preferences: tuple[CardLine, ...] = ()
    constraints: tuple[CardLine, ...] = ()
    decisions: tuple[CardLine, ...] = ()
    risks: tuple[CardLine, ...] = ()
    actions: tuple[CardLine, ...] = ()
    raw_excerpt: tuple[CardLine, ...] = ()

    def lines(self) -> Iterator[tuple[Bucket, CardLine]]:
        """Every line with its bucket, in order."""
        for item in fields(self):
            for line in getattr(self, item.name):
                yield Bucket(item.name), line

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of all memories it was made of, each once."""
        return tuple(dict.fromkeys(source for _, line in self.lines() for source in line.sources))


@dataclass(frozen=True, slots=True)
class Condensation:
    """One card of a session and how it came about; a later version stands beside it, never in its place.

    Attributes:
        card: the lines that still stand: what quoted an erased memory is gone.
        text: the card as a text, in the language most of it is in.
        sources: ids of the memories it was made of.
        messages: read for it.
        method: ``"extractive"``, or ``"model"`` with the model's name after a slash.
        cause: why it was made; ``details`` says it in numbers, with the trigger's name in the words of S3.
        version: 1, 2, 3 ... of the same session.
        source_tokens, tokens: estimated tokens of what was read and of the text.
        saved: the share of tokens that the text saves, 0.9 for a tenth; below 0 when it is longer.
    """

    id: str
    session_id: str
    card: MemoryCard
    text: str
    sources: tuple[str, ...]
    messages: int
    first_said_at: datetime
    last_said_at: datetime
    method: str
    cause: Cause
    details: Mapping[str, int | str]
    version: int
    source_tokens: int
    tokens: int
    saved: float
    created_at: datetime

    def __repr__(self) -> str:
        return (
            f"Condensation({self.session_id!r} v{self.version}, {sum(1 for _ in self.card.lines())} lines from "
            f"{len(self.sources)} of {self.messages} messages, {self.cause.value}, {self.saved:.0%} saved)"
        )


@dataclass(frozen=True, slots=True)
class CondensationReport:
    """What the cards of a scope come to: how many sessions have one, and what the latest ones save.

    Attributes:
        sessions: sessions of the scope that have a card; ``versions`` counts their whole history.
        lines: lines of the latest cards, by bucket.
        methods, causes: of the latest cards, how many were made so and for that reason.
        source_tokens, tokens, saved: of the latest cards together.
        uncited: lines without a source that is still there; 0, unless something is broken.
    """

    sessions: int
    versions: int
    lines: Mapping[str, int]
    methods: Mapping[str, int]
    causes: Mapping[str, int]
    source_tokens: int
    tokens: int
    saved: float
    uncited: int
