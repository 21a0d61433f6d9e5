"""What became of what was said: the judgements of the gate, and the report that accounts for every event.

Why it exists: accounting says nothing about the world. It must not know how claims are judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fusion_memory.core.knowledge import FactType, GateDecision


@dataclass(frozen=True, slots=True)
class Encoding:
    """What the gate decided about one claim, with its scores and the reason in a word."""

    event_id: str
    decision: GateDecision
    reason: str
    text: str
    type: FactType
    scores: Mapping[str, float] = field(default_factory=dict)
    fact_id: str | None = None
    method: str = "rules"
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EncodingReport:
    """The conservation law and what the gate did: ``accepted = extracted + empty + pending + dead``.

    ``accepted`` counts events taken in; ``decisions`` counts claims by decision and reason.
    """

    accepted: int
    extracted: int
    empty: int
    pending: int
    dead: int
    decisions: Mapping[str, int]
    reasons: Mapping[str, int]
    recent: tuple[Encoding, ...] = ()
    labels: Mapping[str, Any] = field(default_factory=dict)

    @property
    def not_asked(self) -> int:
        """How many of the empty ones nobody was asked to read: encoding was switched off when they came in."""
        return self.reasons.get("empty: not_asked", 0)

    @property
    def balanced(self) -> bool:
        """Whether every event taken in is accounted for."""
        return self.accepted == self.extracted + self.empty + self.pending + self.dead
