"""What rules can say about two facts that hold side by side: whether the newer one ends the older one. Pure.

A new statement ends an old one only if it says so itself ("now", "instead", 改用) and both speak of one matter:
they share most of their telling words, the verb not counted. Everything else stays side by side; a fact too many
costs a line, a fact ended by mistake is hard to find.
"""

from __future__ import annotations

import re
from typing import Final

from fusion_memory.core.knowledge import USER
from fusion_memory.core.records import Trust
from fusion_memory.ingestion.dedup import values_agree
from fusion_memory.memory.near_facts import Standing
from fusion_memory.text.similarity import shingles
from fusion_memory.text.stopwords import CHINESE, ENGLISH

VERDICTS: Final = ("ADD", "UPDATE", "SUPERSEDE", "NOOP")
"""Both stand; the newer says more of the same; the newer ends the older; the newer says the same."""

REASONS: Final = frozenset(
    {
        "both_hold",
        "other_matter",
        "more_precise",
        "newer_value",
        "says_so",
        "correction",
        "same_meaning",
        "not_sure",
    }
)
"""Why, as codes: never words of a memory."""

LEAST_SHARED: Final = 2
SHARE: Final = 0.5
"""Telling words that two facts on one matter have in common: so many, and this part of the longer one's."""

_CHANGE: Final = re.compile(
    r"\b(?:now|instead|no longer|any ?more|switched|replaced|changed|from now on|these days|nowadays|as of)\b"
    r"|现在|如今|改用|改成|改为|换成|换用|不再|以后都|从今",
    re.IGNORECASE,
)


def by_rules(older: Standing, newer: Standing) -> tuple[str, str]:
    """The verdict on two facts, and why."""
    if may_supersede(older, newer) and _CHANGE.search(newer.quote) and same_matter(older, newer):
        return "SUPERSEDE", "says_so"
    return "ADD", "not_sure"


def may_supersede(older: Standing, newer: Standing) -> bool:
    """Whether the newer one is entitled to end the older one: what a person said, only a person ends."""
    later = newer.said_at > older.said_at
    return later and (newer.trust is Trust.USER or older.trust is not Trust.USER)


def may_join(older: Standing, newer: Standing) -> bool:
    """Whether two may count as one claim: no number, name, negation or word keeps them apart on both sides."""
    pairs = ((older.known.object, newer.known.object), (older.known.text, newer.known.text))
    return all(values_agree(left, right) for left, right in pairs)


def same_matter(older: Standing, newer: Standing) -> bool:
    """Whether two facts speak of one matter, by the words of their events."""
    left, right = _telling(older), _telling(newer)
    shared = len(left & right)
    return shared >= LEAST_SHARED and shared >= SHARE * max(len(left), len(right))


def _telling(one: Standing) -> frozenset[str]:
    """The words of what was said without subject, verb, small words and words of change."""
    said = shingles(_CHANGE.sub(" ", one.quote))
    verb = shingles(one.known.predicate.replace("_", " "))
    return said - verb - shingles(one.subject) - shingles(USER) - ENGLISH - CHINESE
