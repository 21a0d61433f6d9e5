"""What becomes of a claim: accepted, merged, related, quarantined or rejected, with scores and a reason; pure.

Why it exists: whatever extracts, rules or a model, passes here, so that a claim is judged by one measure and every
judgement can be shown. Nothing is dropped for being doubtful: what is not sure enough is quarantined, where it is
kept and changes nothing. This file knows no database, no model and no clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fusion_memory.core.knowledge import USER, Claim, FactType, GateDecision
from fusion_memory.core.records import Trust
from fusion_memory.ingestion.dedup import Likeness

ACCEPTED_CONFIDENCE: Final = 0.5
"""Below, a claim is quarantined, never dropped (the resolution of 0.70, 0.5 and 0.0 in the systems before)."""

SALIENT: Final = 0.35
NOVEL: Final = 0.25
"""A claim closer to a known one than ``1 - NOVEL`` is related to it (S1.89)."""

LONGEST_OBJECT: Final = 1_000
"""A value of more characters is a passage, which is kept as what was said."""

_OF_A_PERSON: Final = frozenset({FactType.PREFERENCE, FactType.INSTRUCTION})
_UNHEARD: Final = frozenset({Trust.ASSISTANT, Trust.TOOL, Trust.DOCUMENT})


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the gate draws its lines."""

    confidence: float = ACCEPTED_CONFIDENCE
    salience: float = SALIENT
    novelty: float = NOVEL


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the gate decided, why in a word, and by which scores."""

    decision: GateDecision
    reason: str
    scores: Mapping[str, float]


def judge(claim: Claim, content: str, trust: Trust, likeness: Likeness, lines: Thresholds) -> Judgement:
    """Judge one claim.

    Args:
        claim: what an extractor read.
        content: the text it read, for the evidence.
        trust: how far its speaker is believed.
        likeness: the known claim closest to it.
        lines: the thresholds.
    """
    novelty = 0.0 if likeness.rung else 1.0 - likeness.similarity
    scores = {
        "confidence": round(claim.confidence, 3),
        "salience": round(claim.importance, 3),
        "novelty": round(novelty, 3),
    }
    fault = _fault(claim, content, trust, lines)
    if fault:
        return Judgement(GateDecision.REJECT, fault, scores)
    if claim.confidence < lines.confidence:
        return Judgement(GateDecision.QUARANTINE, "uncertain", scores)
    if likeness.rung:
        return Judgement(GateDecision.MERGE, likeness.rung.value, scores)
    if likeness.known and novelty <= lines.novelty:
        return Judgement(GateDecision.RELATE, "close_to_known", scores)
    return Judgement(GateDecision.ACCEPT, _news(claim), scores)


def _fault(claim: Claim, content: str, trust: Trust, lines: Thresholds) -> str | None:
    """Why a claim cannot be kept, in a word, or None."""
    if not claim.object.strip() or not claim.subject.strip() or not claim.predicate.strip():
        return "incomplete"
    if len(claim.object) > LONGEST_OBJECT:
        return "too_long"
    if not 0 <= claim.first < claim.last <= len(content) or not content[claim.first : claim.last].strip():
        return "no_evidence"
    if trust in _UNHEARD and (claim.subject == USER or claim.type in _OF_A_PERSON):
        return "not_said_by_the_user"
    return "not_salient" if claim.importance < lines.salience else None


def _news(claim: Claim) -> str:
    if claim.ends:
        return "over"
    return "change" if claim.previous else "new"
