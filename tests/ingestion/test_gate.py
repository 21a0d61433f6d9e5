"""The gate: what becomes of a claim, by which scores, for which reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.core.knowledge import FactType, GateDecision
from fusion_memory.core.records import Trust
from fusion_memory.ingestion.dedup import Likeness, Rung
from fusion_memory.ingestion.gate import LONGEST_OBJECT, Thresholds, judge
from fusion_memory.memory.tellings import Known
from fusion_memory.testing.reader import claim

CONTENT = "I like jazz a lot"
JAZZ = replace(claim("likes", "jazz", type=FactType.PREFERENCE), first=0, last=len(CONTENT))
KNOWN = Known(1, 1, "preference", "likes", None, True, "jazz", "user likes jazz", 0)


def gate(made=JAZZ, likeness=None, trust=Trust.USER, lines=None):
    found = judge(made, CONTENT, trust, likeness or Likeness(), lines or Thresholds())
    return found.decision, found.reason


@pytest.mark.parametrize(
    ("made", "likeness", "decision", "reason"),
    [
        (JAZZ, Likeness(), GateDecision.ACCEPT, "new"),
        (replace(JAZZ, previous="rock"), Likeness(), GateDecision.ACCEPT, "change"),
        (replace(JAZZ, ends=True), Likeness(), GateDecision.ACCEPT, "over"),
        (JAZZ, Likeness(KNOWN, 1.0, Rung.EQUAL), GateDecision.MERGE, "same_claim"),
        (JAZZ, Likeness(KNOWN, 1.0, Rung.NEAR), GateDecision.MERGE, "near_duplicate"),
        (JAZZ, Likeness(KNOWN, 0.95, Rung.MEANING), GateDecision.MERGE, "same_meaning"),
        (JAZZ, Likeness(KNOWN, 0.8), GateDecision.RELATE, "close_to_known"),
        (JAZZ, Likeness(KNOWN, 0.7), GateDecision.ACCEPT, "new"),
        (replace(JAZZ, confidence=0.49), Likeness(), GateDecision.QUARANTINE, "uncertain"),
        (replace(JAZZ, confidence=0.0), Likeness(KNOWN, 1.0, Rung.EQUAL), GateDecision.QUARANTINE, "uncertain"),
        (replace(JAZZ, confidence=0.5), Likeness(), GateDecision.ACCEPT, "new"),
        (replace(JAZZ, importance=0.3), Likeness(), GateDecision.REJECT, "not_salient"),
        (replace(JAZZ, object=" "), Likeness(), GateDecision.REJECT, "incomplete"),
        (replace(JAZZ, object="x" * (LONGEST_OBJECT + 1)), Likeness(), GateDecision.REJECT, "too_long"),
        (replace(JAZZ, first=3, last=3), Likeness(), GateDecision.REJECT, "no_evidence"),
        (replace(JAZZ, last=99), Likeness(), GateDecision.REJECT, "no_evidence"),
        (replace(JAZZ, first=1, last=2), Likeness(), GateDecision.REJECT, "no_evidence"),
    ],
)
def test_decisions(made, likeness, decision, reason):
    assert gate(made, likeness) == (decision, reason)


@pytest.mark.parametrize("trust", [Trust.ASSISTANT, Trust.TOOL, Trust.DOCUMENT])
def test_nobody_else_speaks_for_the_user(trust):
    assert gate(trust=trust) == (GateDecision.REJECT, "not_said_by_the_user")
    assert gate(replace(JAZZ, subject="Ann"), trust=trust)[0] is GateDecision.REJECT
    port = replace(JAZZ, subject="server", type=FactType.CONFIG)
    assert gate(port, trust=trust)[0] is GateDecision.ACCEPT


def test_the_lines_can_be_drawn_elsewhere():
    doubtful = replace(JAZZ, confidence=0.6, importance=0.1)
    assert gate(doubtful, lines=Thresholds(confidence=0.7, salience=0.0)) == (GateDecision.QUARANTINE, "uncertain")


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_doubt_never_drops_a_claim(confidence, importance, similarity):
    made = replace(JAZZ, confidence=confidence, importance=max(importance, 0.35))
    found = judge(made, CONTENT, Trust.USER, Likeness(KNOWN, similarity), Thresholds())
    assert found.decision is not GateDecision.REJECT
    assert set(found.scores) == {"confidence", "salience", "novelty"}
    assert all(0 <= score <= 1 for score in found.scores.values())
