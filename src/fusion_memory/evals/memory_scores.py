"""How far facts cover memories that others extracted, in words, since nobody labelled which is which. Pure.

Words are the content words of the keyword search: stems, without function words, pairs of characters in Chinese.
``user`` is no content word, every memory has it. A gold memory is found when one fact of its session holds at least
half of its words, or when the F1 of the two sets of words is at least one half. A fact is supported when at least
half of its words, and two, stand in one gold memory of its session. The coverage of a memory is the share of its
words that stand in any fact of its session; it needs no threshold.

The makers' memories are long (a median of some 17 words), are often taken from the assistant's plans, and are only
one choice of what to keep: an unsupported fact may well be true, so support is no precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fusion_memory.evals.fact_records import Dialogue, GoldMemory
from fusion_memory.text.tokens import query_terms

ENOUGH = 0.5
"""The share of words from which on one text counts as covered by another; see above."""

_WORD = 0.6  # the least weight of a term that is a word of its own, see text.tokens.QueryTerm
_MOST_WORDS = 500
_FEWEST = 2  # one word in common is chance: the topic of a session stands in most of its memories
_EVERYWHERE = frozenset({"user"})

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Covered:
    """One gold memory: whether a fact says it, and how much of it any facts say."""

    gold: GoldMemory
    found: bool
    coverage: float


@dataclass(frozen=True, slots=True)
class Compared:
    """One session: its gold memories, how many facts it gave and how many of them a gold memory supports."""

    dialogue: Dialogue
    memories: tuple[Covered, ...]
    facts: int
    supported: int


def content_words(text: str) -> Words:
    """The content words of a text."""
    terms = query_terms(text, _MOST_WORDS)
    return frozenset(" ".join(term.tokens) for term in terms if term.weight >= _WORD) - _EVERYWHERE


def compare(dialogue: Dialogue, facts: Sequence[str]) -> Compared:
    """Compare the gold memories of a session with the words of the facts that it gave."""
    told = [content_words(fact) for fact in facts]
    gold = [content_words(memory.content) for memory in dialogue.gold]
    said = frozenset[str]().union(*told)
    memories = [
        Covered(memory, any(_says(fact, words) for fact in told), _part(words, said))
        for memory, words in zip(dialogue.gold, gold, strict=True)
    ]
    supported = sum(any(_supports(words, fact) for words in gold) for fact in told)
    return Compared(dialogue, tuple(memories), len(facts), supported)


def metrics(rows: Sequence[Compared]) -> dict[str, float]:
    """Shares over all gold memories and over all facts."""
    facts = sum(row.facts for row in rows)
    return {
        **_of([memory for row in rows for memory in row.memories]),
        "fact_support": sum(row.supported for row in rows) / facts if facts else 0.0,
        "facts": facts,
        "facts_per_session": facts / len(rows) if rows else 0.0,
    }


def by_category(rows: Sequence[Compared]) -> dict[str, dict[str, float]]:
    """The figures by kind of memory, by whose message it came from, and by person."""
    groups: dict[str, list[Covered]] = {}
    for row in rows:
        for memory in row.memories:
            groups.setdefault(f"kind: {memory.gold.kind.lower()}", []).append(memory)
            groups.setdefault(f"source: {memory.gold.source}", []).append(memory)
            groups.setdefault(f"person: {row.dialogue.person}", []).append(memory)
    return {name: {"questions": len(group), **_of(group)} for name, group in sorted(groups.items())}


def failures(rows: Sequence[Compared]) -> list[dict[str, Any]]:
    """The memories that were not found, session by session, for people."""
    return [
        {"id": row.dialogue.id, "person": row.dialogue.person, "missed": missed}
        for row in rows
        if (missed := [memory.gold.content for memory in row.memories if not memory.found])
    ]


def _of(memories: Sequence[Covered]) -> dict[str, float]:
    count = len(memories) or 1
    return {
        "memory_recall": sum(memory.found for memory in memories) / count,
        "memory_coverage": sum(memory.coverage for memory in memories) / count,
    }


def _says(fact: Words, gold: Words) -> bool:
    both = len(fact & gold)
    return bool(both) and (both / len(gold) >= ENOUGH or 2 * both / (len(fact) + len(gold)) >= ENOUGH)


def _supports(gold: Words, fact: Words) -> bool:
    return len(fact & gold) >= _FEWEST and _part(fact, gold) >= ENOUGH


def _part(words: Words, of: Words) -> float:
    return len(words & of) / len(words) if words else 0.0
