"""Many facts told in few lines: the important ones one by one, the others as digests that cite all their sources.

A view: it is made when asked for, nothing of it is stored and nothing is taken away. This file must not know how
importance is told.
"""

from __future__ import annotations

from dataclasses import dataclass

from fusion_memory.core.knowledge import Fact, FactType
from fusion_memory.core.records import brief


@dataclass(frozen=True, slots=True)
class Digest:
    """Facts of one subject and kind in one line, with their ids and the memories that say them."""

    subject: str
    type: FactType
    predicate: str
    text: str
    fact_ids: tuple[str, ...]
    sources: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Digest({len(self.fact_ids)} facts, {brief(self.text)!r})"


@dataclass(frozen=True, slots=True)
class CompactFacts:
    """What is true now in at most so many facts one by one, the most important first, and digests of the others."""

    facts: tuple[Fact, ...]
    digests: tuple[Digest, ...]
    max_facts: int

    def __repr__(self) -> str:
        return f"CompactFacts({len(self.facts)} facts, {len(self.digests)} digests)"
