"""A memory card as a text, and the lines that a session gives without a model; both pure.

Why it exists: what a card says must not depend on where it is kept. Facts come from the ledger as the session alone
shows it, marked lines from what people marked themselves, the excerpt from the session's most telling sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from fusion_memory.core.cards import MOST_LINES, Bucket, MemoryCard
from fusion_memory.core.knowledge import Fact, FactType
from fusion_memory.core.records import brief
from fusion_memory.memory import core_facts
from fusion_memory.memory.summaries import Material, quoted, worth_quoting
from fusion_memory.text.card_marks import marked
from fusion_memory.text.language import dominant_language
from fusion_memory.text.similarity import jaccard, shingles

LONGEST_LINE: Final = 240
"""Code points of one line."""

EXCERPT_CHARS: Final = 480
CHINESE_EXCERPT_CHARS: Final = 200
"""Code points of the excerpt: about as many tokens in either language."""

_TOLD_ALREADY: Final = 0.6
"""A sentence that shares this part of its words with a line is not quoted beside it."""

PEOPLE: Final = frozenset({"user", "human"})
"""Whose marked lines count; what an assistant proposes is nobody's decision yet."""

BUCKETS: Final[Mapping[FactType, Bucket]] = {
    FactType.PREFERENCE: Bucket.PREFERENCES,
    FactType.CONSTRAINT: Bucket.CONSTRAINTS,
    FactType.INSTRUCTION: Bucket.CONSTRAINTS,
    FactType.DECISION: Bucket.DECISIONS,
    FactType.RISK: Bucket.RISKS,
    FactType.ERROR: Bucket.RISKS,
    FactType.TASK: Bucket.ACTIONS,
    FactType.ACTION: Bucket.ACTIONS,
}
"""Where a fact of a type stands; the others are facts."""

HEADINGS: Final[Mapping[str, Mapping[Bucket, str]]] = {
    "en": {
        Bucket.FACTS: "Facts",
        Bucket.PREFERENCES: "Preferences",
        Bucket.CONSTRAINTS: "Constraints",
        Bucket.DECISIONS: "Decisions",
        Bucket.RISKS: "Risks",
        Bucket.ACTIONS: "Actions",
        Bucket.EXCERPT: "Excerpt",
    },
    "zh": {
        Bucket.FACTS: "事实",
        Bucket.PREFERENCES: "偏好",
        Bucket.CONSTRAINTS: "约束",
        Bucket.DECISIONS: "决策",
        Bucket.RISKS: "风险",
        Bucket.ACTIONS: "行动",
        Bucket.EXCERPT: "摘录",
    },
}

Told = tuple[Bucket, str, tuple[str, ...], str | None]
"""A line: bucket, words, the memories they come from, the fact."""


def text(card: MemoryCard) -> str:
    """The card for a reader: its headings in the language most of it is in, one line each; empty for no line."""
    lines = list(card.lines())
    language = "zh" if dominant_language(" ".join(line.text for _, line in lines)) == "zh" else "en"
    colon = "：" if language == "zh" else ":"
    told: list[str] = []
    before: Bucket | None = None
    for bucket, line in lines:
        if bucket is not before:
            told.append(f"{HEADINGS[language][bucket]}{colon}")
        told.append(f"- {line.text}")
        before = bucket
    return "\n".join(told)


def extracted(found: Material, facts: Iterable[Fact], now: datetime) -> Iterator[Told]:
    """The lines of a session without a model, the most important of each bucket first.

    Args:
        found: the session.
        facts: what it told, from its own tellings alone.
        now: for how recent something is.
    """
    refused = {said.event_id for said in found.said} - {said.event_id for said in worth_quoting(found)}
    told = list(_marked(found, refused))
    told += list(_of_facts(facts, refused, now, told[:]))
    yield from told
    spoken = " ".join(said.text[:LONGEST_LINE] for said in found.said)
    chars = CHINESE_EXCERPT_CHARS if dominant_language(spoken) == "zh" else EXCERPT_CHARS
    for said, sentence in quoted(found, chars, MOST_LINES[Bucket.EXCERPT]):
        if not _told(sentence, told):
            line = f"{said.speaker or said.role}: {sentence}"
            yield Bucket.EXCERPT, brief(line, LONGEST_LINE), (said.event_id,), None


def _told(words: str, lines: Iterable[Told]) -> bool:
    """Whether a line says the same in other words; a mark before them counts not."""
    own = shingles(_bare(words))
    return any(jaccard(own, shingles(line[1])) >= _TOLD_ALREADY for line in lines)


def _bare(words: str) -> str:
    return next((behind for _, behind in marked(words)), words)


def _is_marked(fact: Fact, lines: Iterable[Told]) -> bool:
    """Whether a fact was read out of a line that says itself what it is."""
    read = [(evidence.event_id, shingles(_bare(evidence.quote))) for evidence in fact.evidence]
    return any(
        event_id in sources and len(own & shingles(words)) >= _TOLD_ALREADY * len(own)
        for _, words, sources, _ in lines
        for event_id, own in read
    )


def _marked(found: Material, refused: set[str]) -> Iterator[Told]:
    """What people marked themselves, in the order said, the last ones first: later lines replace earlier ones."""
    for said in reversed(found.said):
        if said.role in PEOPLE and said.event_id not in refused:
            for kind, words in marked(said.text):
                yield Bucket(kind), brief(words, LONGEST_LINE), (said.event_id,), None


def _of_facts(facts: Iterable[Fact], refused: set[str], now: datetime, lines: Sequence[Told]) -> Iterator[Told]:
    ranked = sorted(facts, key=lambda fact: (-core_facts.importance(fact, now), fact.said_at, fact.id))
    for fact in ranked:
        sources = tuple(dict.fromkeys(evidence.event_id for evidence in fact.evidence))
        if sources and refused.isdisjoint(sources) and not _is_marked(fact, lines):
            bucket = BUCKETS.get(fact.type, Bucket.FACTS)
            yield bucket, brief(fact.text, LONGEST_LINE), sources, fact.id
