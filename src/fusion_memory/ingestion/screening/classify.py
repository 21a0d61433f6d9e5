"""What a captured message is mostly about, how much it matters, and how close at hand it belongs.

Why it exists: a log is easier to look through by task, decision, error, preference and fact. Must not know:
storage. There is no second set of rules: the claims that the extraction rules read decide, the weightiest first; a
message in which they read none is chat. Facts are made of messages elsewhere; what is said here changes none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fusion_memory.core.capture import Category, Tier
from fusion_memory.core.knowledge import Claim, FactType
from fusion_memory.ingestion.extraction.reading import read

NO_CLAIM: Final = "no_claim"
READ_CHARS: Final = 1_200
"""A message is classified by its beginning; of 494 real messages two were about something else further on."""

_HIGHEST: Final = 5
_NOON: Final = datetime(2000, 1, 1, 12, tzinfo=UTC)  # the type of a claim does not depend on when it was made

CATEGORY_OF: Final[Mapping[FactType, Category]] = {
    FactType.TASK: Category.TASK,
    FactType.ACTION: Category.TASK,
    FactType.DECISION: Category.DECISION,
    FactType.ERROR: Category.ERROR,
    FactType.RISK: Category.ERROR,
    FactType.PREFERENCE: Category.PREFERENCE,
    FactType.INSTRUCTION: Category.PREFERENCE,
    FactType.CONSTRAINT: Category.PREFERENCE,
}
"""The category of a type of fact; every other type is a fact."""


@dataclass(frozen=True, slots=True)
class TierLines:
    """From which priority on a message is hot, and from which warm; 6: never."""

    hot: int = 5
    warm: int = 4


TIER_PRESETS: Final[Mapping[str, TierLines]] = {"default": TierLines(), "vector-mind": TierLines(hot=6, warm=4)}
"""Tiers by name: ours, and those of the system that knows warm and cold only (S2.63)."""


@dataclass(frozen=True, slots=True)
class Classification:
    """What a message is about.

    Attributes:
        category, tier: see there.
        priority: 1 to 5, higher matters more: fifths of the importance of the weightiest claim; chat is 1.
        reason: the type of that claim, or ``"no_claim"``.
    """

    category: Category
    priority: int
    tier: Tier
    reason: str


def classify(text: str, role: str = "user", lines: TierLines = TIER_PRESETS["default"]) -> Classification:
    """Classify a message by what the extraction rules read in it.

    Args:
        text: the message.
        role: who said it; of what an assistant says only names are read, so it is chat.
        lines: where the tiers begin.
    """
    claims = read(text[:READ_CHARS], role=role, speaker=None, said_at=_NOON).claims
    if not claims:
        return Classification(Category.CHAT, 1, _tier(1, lines), NO_CLAIM)
    first = max(claims, key=_weight)
    priority = min(_HIGHEST, max(1, math.ceil(first.importance * _HIGHEST)))
    return Classification(category_of(first.type), priority, _tier(priority, lines), first.type.value)


def category_of(kind: FactType) -> Category:
    """The category of a type of fact."""
    return CATEGORY_OF.get(kind, Category.FACT)


def _weight(claim: Claim) -> tuple[float, bool]:
    return claim.importance, category_of(claim.type) is not Category.FACT


def _tier(priority: int, lines: TierLines) -> Tier:
    if priority >= lines.hot:
        return Tier.HOT
    return Tier.WARM if priority >= lines.warm else Tier.COLD
