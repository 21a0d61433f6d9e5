"""From what an event says to what the ledger keeps: each claim is looked up, judged and written.

Why it exists: gate, ladder and ledger know nothing of each other; here they meet, in this order, for every claim,
in the transaction of the caller.
This file reads no text and calls no model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from fusion_memory.core.knowledge import Claim, GateDecision, Mention
from fusion_memory.core.records import Event
from fusion_memory.ingestion.dedup import Bars, Cosine, Likeness, Rung, climb
from fusion_memory.ingestion.gate import Judgement, Thresholds, judge
from fusion_memory.memory import encodings, tellings
from fusion_memory.memory.claim_keys import ClaimKeys, in_normal_form, keys_of
from fusion_memory.memory.encodings import Decision, EncodingState, Outcome
from fusion_memory.memory.tellings import Known, NewTelling, Source
from fusion_memory.storage.interface import Transaction

NOTHING_SAID: Final = "nothing_to_remember"
KEPT: Final = "kept"


class Reading(Protocol):
    """What an extractor read out of one event; ``dropped`` counts what it left out, by reason."""

    @property
    def claims(self) -> Sequence[Claim]:
        """What the event claims, in the order of its text."""
        ...

    @property
    def mentions(self) -> Sequence[Mention]:
        """The names in it."""
        ...

    @property
    def dropped(self) -> Mapping[str, int]:
        """Counts by reason."""
        ...

    @property
    def named_by(self) -> str:
        """Who found the names when it was not the rules, or why it was."""
        ...


@dataclass(frozen=True, slots=True)
class Judging:
    """By which measures claims are judged."""

    thresholds: Thresholds = field(default_factory=Thresholds)
    bars: Bars = field(default_factory=Bars)


@dataclass(frozen=True, slots=True)
class Said:
    """An event and what was read out of it."""

    event_no: int
    owner_no: int
    event: Event
    reading: Reading


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the claims of one event."""

    decisions: tuple[Decision, ...]
    written: int
    reason: str

    def outcome(self, said: Said, version: str) -> Outcome:
        """The line in the books."""
        state = EncodingState.EXTRACTED if self.written else EncodingState.EMPTY
        method = next((claim.method for claim in said.reading.claims), "rules")
        if said.reading.named_by:
            method += f"/{said.reading.named_by}"
        return Outcome(said.event_no, said.owner_no, state, self.reason, method, version, self.written)


def keep(tx: Transaction, said: Said, judging: Judging, cosine: Cosine, *, again: bool) -> Kept:
    """Judge and write every claim of an event; facts are not derived yet.

    Args:
        tx: a write transaction.
        said: what was said.
        judging: by which measures.
        cosine: of two texts, where it is known.
        again: True when everything is encoded anew, in order: later events are then not looked at.
    """
    decisions: list[Decision] = []
    written = 0
    for claim in map(in_normal_form, said.reading.claims):
        keys = keys_of(claim)
        likeness = _find(tx, said, claim, keys, judging, cosine, again=again)
        judgement = judge(claim, said.event.content, said.event.trust, likeness, judging.thresholds)
        fact_no = _write(tx, said, claim, keys, likeness, judgement)
        written += judgement.decision is not GateDecision.REJECT
        decisions.append(
            Decision(
                fact_no,
                judgement.decision,
                judgement.reason,
                claim.type,
                claim.text,
                judgement.scores,
                claim.method,
            )
        )
    return Kept(tuple(decisions), written, KEPT if written else _why_empty(said.reading, decisions))


def source_of(said: Said) -> Source:
    """The event as the source of its claims: what it says was learned when it was recorded."""
    return Source(said.event_no, said.event.id, said.event.said_at, said.event.recorded_at)


def _find(
    tx: Transaction,
    said: Said,
    claim: Claim,
    keys: ClaimKeys,
    judging: Judging,
    cosine: Cosine,
    *,
    again: bool,
) -> Likeness:
    equal = tellings.same_claim(tx, said.owner_no, keys, said.event_no if again else None)
    if equal:
        return Likeness(equal, 1.0, Rung.EQUAL)
    near = tellings.alike(tx, said.owner_no, keys, claim.predicate, said.event_no)
    return climb(claim, near, cosine, judging.bars)


def _write(
    tx: Transaction, said: Said, claim: Claim, keys: ClaimKeys, likeness: Likeness, judgement: Judgement
) -> int | None:
    if judgement.decision is GateDecision.REJECT:
        return None
    known: Known | None = likeness.known
    new = NewTelling(
        claim,
        keys,
        source_of(said),
        group_no=known.group_no if known and likeness.rung else None,
        held=judgement.decision is GateDecision.QUARANTINE,
    )
    fact_no = tellings.append(tx, said.owner_no, new)
    if fact_no is None:  # the event has told it already, in other words or to another reader
        return encodings.told(tx, said.owner_no, new.id)
    if known and judgement.decision is GateDecision.RELATE:
        tellings.link(tx, said.owner_no, fact_no, known.fact_no, judgement.reason, said.event.recorded_at)
    return fact_no


def _why_empty(reading: Reading, decisions: Sequence[Decision]) -> str:
    """The reason in a word: of the claims, else of what the extractor left out, the one met most."""
    reasons = Counter(made.reason for made in decisions) or Counter(dict(reading.dropped))
    return min(reasons, key=lambda reason: (-reasons[reason], reason)) if reasons else NOTHING_SAID
