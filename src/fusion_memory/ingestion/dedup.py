"""Is this claim known already? A ladder from equal to alike, pure.

Equal claims are found by their hash before anyone comes here. Then: fingerprints that differ in fewer than three of
64 bits, then vectors whose cosine passes the bar of the claim's type, both only among claims of the same owner,
subject, type and sense. On either rung the values must agree: what differs in a number, a negation or a name, or
says something else on both sides ("tennis" and "chess"), is not the same, however alike it looks; a doubled fact
costs a line, a merged one is lost. This file knows no database and no model: cosines are handed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from fusion_memory.core.knowledge import Claim, FactType, Polarity
from fusion_memory.memory.tellings import Known
from fusion_memory.text.folding import fold
from fusion_memory.text.similarity import hamming, jaccard, shingles, simhash
from fusion_memory.text.stopwords import CHINESE, ENGLISH

HAMMING_BELOW: Final = 3
"""Fingerprints with fewer differing bits are near (S2.60)."""

COSINE: Final = 0.85
COSINE_BY_TYPE: Final[Mapping[FactType, float]] = MappingProxyType(
    {
        FactType.CONSTRAINT: 0.85,
        FactType.ERROR: 0.87,
        FactType.DECISION: 0.88,
        FactType.FACT: 0.88,
        FactType.REFERENCE: 0.88,
        FactType.INSTRUCTION: 0.88,
        FactType.PREFERENCE: 0.93,
        FactType.TASK: 0.93,
        FactType.ACTION: 0.93,
        FactType.SKILL: 0.93,
        FactType.RISK: 0.93,
        FactType.EVENT: 0.93,
    }
)
"""The cosine from which two claims of a type are one (S2.60); :data:`COSINE` for the other types."""

LEXICALLY_NEAR: Final = 0.3
"""Vectors are compared only with claims that share this part of their words."""

RELATED: Final = 0.75
"""From here on two claims are related (S1.89)."""

Cosine = Callable[[str, str], float | None]
"""The cosine of two texts, or None when it is not known."""

_NUMBER: Final = re.compile(r"\d+(?:[.:,/]\d+)*")
_CJK_NUMBER: Final = re.compile(r"[零〇一二三四五六七八九十百千万亿两半]+")
_NAME: Final = re.compile(r"(?<!^)\b[A-Z]\w*")
_WORD: Final = re.compile(r"\w+")
_NEGATION: Final = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|without|cannot|\w+n['’]t|(?:do|does|did|is|was|are|ca|wo)nt)\b"
    r"|[不没沒无無非别別勿未]",
    re.IGNORECASE,
)


class Rung(StrEnum):
    """How a claim was recognised."""

    EQUAL = "same_claim"
    NEAR = "near_duplicate"
    MEANING = "same_meaning"


@dataclass(frozen=True, slots=True)
class Bars:
    """What counts as the same and as related."""

    hamming_below: int = HAMMING_BELOW
    cosine: float = COSINE
    cosine_by_type: Mapping[FactType, float] = field(default_factory=lambda: COSINE_BY_TYPE)
    lexically_near: float = LEXICALLY_NEAR
    related: float = RELATED

    def cosine_of(self, kind: FactType) -> float:
        """The bar for claims of a type."""
        return self.cosine_by_type.get(kind, self.cosine)


@dataclass(frozen=True, slots=True)
class Likeness:
    """The known claim closest to a new one: how like it is (0 to 1), and on which rung it is the same, if it is."""

    known: Known | None = None
    similarity: float = 0.0
    rung: Rung | None = None


def climb(claim: Claim, candidates: Sequence[Known], cosine: Cosine, bars: Bars) -> Likeness:
    """Find the known claim that this one repeats, or else the one it is closest to."""
    fingerprint, words = simhash(claim.text), shingles(claim.text)
    best = Likeness()
    for known in candidates:
        if not comparable(claim, known):
            continue
        if hamming(fingerprint, known.fingerprint) < bars.hamming_below and _same(claim, known):
            return Likeness(known, 1.0, Rung.NEAR)
        overlap = jaccard(words, shingles(known.text))
        angle = cosine(claim.text, known.text) if overlap >= bars.lexically_near else None
        if angle is not None and angle >= bars.cosine_of(claim.type) and _same(claim, known):
            return Likeness(known, angle, Rung.MEANING)
        similarity = max(overlap, angle or 0.0)
        if similarity > best.similarity:
            best = Likeness(known, similarity)
    return best


def comparable(claim: Claim, known: Known) -> bool:
    """Whether the two can be the same at all: of one type, one question or predicate, one sense."""
    if known.type != claim.type.value or known.slot != (claim.slot or None):
        return False
    if known.slot is None and known.predicate != claim.predicate:
        return False
    return known.positive == (claim.ends or claim.polarity is Polarity.POSITIVE)


def values_agree(left: str, right: str) -> bool:
    """Whether one of two wordings only says more than the other, with the same numbers, negations and names."""
    if fold(left) == fold(right):
        return True
    if _marks(left) != _marks(right) or not (_names(left) <= _words(right) and _names(right) <= _words(left)):
        return False
    ours, theirs = _content(left), _content(right)
    return not (ours - theirs and theirs - ours)


def _same(claim: Claim, known: Known) -> bool:
    return values_agree(claim.object, known.object) and values_agree(claim.text, known.text)


def _marks(text: str) -> tuple[list[str], bool]:
    numbers = _NUMBER.findall(fold(text)) + _CJK_NUMBER.findall(text)
    return sorted(numbers), bool(_NEGATION.search(text))


def _names(text: str) -> set[str]:
    return {fold(name) for name in _NAME.findall(text)}


def _words(text: str) -> set[str]:
    return set(_WORD.findall(fold(text)))


def _content(text: str) -> frozenset[str]:
    return frozenset(shingles(text) - ENGLISH - CHINESE)
