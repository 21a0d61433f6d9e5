"""Facts beyond a number are told together: one line for each subject and kind; pure.

Why it exists: a prompt has room for few facts, and what has no room must not be lost silently (S5.12, S5.27). Must
not know: the database, or models.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from fusion_memory.core.digests import CompactFacts, Digest
from fusion_memory.core.knowledge import Fact, FactType, Polarity
from fusion_memory.memory.core_facts import importance
from fusion_memory.text.language import dominant_language

MAX_FACTS: Final = {"default": 0, "memori": 20}
"""Facts told one by one, by preset; 0: all of them."""


def compacted(found: Iterable[Fact], max_facts: int, now: datetime) -> CompactFacts:
    """Keep the most important facts and put the others into digest lines; with 0 all are kept.

    A line is about one subject, type, predicate and sense, and cites every source of every fact in it.
    """
    ranked = sorted(found, key=lambda fact: (-importance(fact, now), fact.said_at, fact.id))
    if not max_facts:
        return CompactFacts(tuple(ranked), (), 0)
    kinds: dict[tuple[str, FactType, str, Polarity], list[Fact]] = defaultdict(list)
    for fact in ranked[max_facts:]:
        kinds[fact.subject, fact.type, fact.predicate, fact.polarity].append(fact)
    return CompactFacts(tuple(ranked[:max_facts]), tuple(map(_digest, kinds.values())), max_facts)


def _digest(members: Sequence[Fact]) -> Digest:
    first = members[0]
    sources = dict.fromkeys(evidence.event_id for fact in members for evidence in fact.evidence)
    ids = tuple(fact.id for fact in members)
    return Digest(first.subject, first.type, first.predicate, _line(members), ids, tuple(sources))


def _line(members: Sequence[Fact]) -> str:
    """The facts in one line: what they begin with once, then their values, else one after the other."""
    texts = [fact.text.rstrip(".。") for fact in members]
    chinese = dominant_language(" ".join(texts)) == "zh"
    openings = {text.removesuffix(fact.object) for text, fact in zip(texts, members, strict=True)}
    whole = all(text.endswith(fact.object) for text, fact in zip(texts, members, strict=True))
    if whole and len(openings) == 1:
        values = dict.fromkeys(fact.object for fact in members)
        return openings.pop() + ("、" if chinese else ", ").join(values)
    return ("；" if chinese else "; ").join(dict.fromkeys(texts))
