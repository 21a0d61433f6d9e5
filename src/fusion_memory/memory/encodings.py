"""What became of every event that came in, and every judgement of the gate: the proof that nothing was dropped.

The law, checked by one query: accepted = extracted + empty + pending + dead. This file judges nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.encodings import Encoding, EncodingReport
from fusion_memory.core.knowledge import FactType, GateDecision
from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.storage.interface import Row, Transaction, Value

RECENT: Final = 20
NOT_ASKED: Final = "not_asked"
"""Why there is nothing of an event: reading was switched off when it came in."""

TAKEN_BACK: Final = "taken_back"
"""Why there is nothing of an event: it was said, and then asked not to be remembered. Nobody reads it again."""

_LAST: Final = 2**62


class EncodingState(StrEnum):
    """What became of an event: claims were kept, there were none to keep, or reading it failed for good."""

    EXTRACTED = "extracted"
    EMPTY = "empty"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event: the state, why, read how, by which version, and how many claims were kept.

    ``method`` is who read it; after a slash, who found its names when it was not the rules, or why it was.
    """

    event_no: int
    owner_no: int
    state: EncodingState
    reason: str
    method: str
    version: str
    claims: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate did with one claim of an event; ``fact_no`` is the telling it became, if any."""

    fact_no: int | None
    decision: GateDecision
    reason: str
    type: FactType
    text: str
    scores: Mapping[str, float] = field(default_factory=dict)
    method: str = "rules"


def not_asked(event_no: int, owner_no: int) -> Outcome:
    """What becomes of an event that nobody is asked to read; a rebuild may still read it."""
    return Outcome(event_no, owner_no, EncodingState.EMPTY, NOT_ASKED, "none", "", 0)


def record(tx: Transaction, outcome: Outcome, at: datetime, *, replace: bool = False) -> bool:
    """Note what became of an event; False when that is known already and is not to be replaced."""
    columns: dict[str, Value] = {
        "event_no": outcome.event_no,
        "owner_no": outcome.owner_no,
        "state": outcome.state.value,
        "reason": outcome.reason,
        "method": outcome.method,
        "version": outcome.version,
        "claims": outcome.claims,
    }
    return tx.run("encoding_replace" if replace else "encoding_record", **columns, at=to_ms(at)) > 0


def known(tx: Transaction, event_no: int) -> bool:
    """Whether it is settled what became of an event."""
    return tx.one("encoding_of", event_no=event_no) is not None


def accounted(tx: Transaction, owner_no: int, event_nos: Sequence[int]) -> dict[int, str]:
    """Why there is what there is of those events that were read: event key to reason, others are absent.

    Absent are those that wait, those that nobody was asked to read, and those on which reading failed.
    """
    rows = tx.rows("encoding_reasons_of_events", owner_no=owner_no, event_nos=list(event_nos))
    return {row[0]: row[2] for row in rows if row[1] != EncodingState.DEAD and row[2] != NOT_ASKED}


def decide(tx: Transaction, owner_no: int, event_no: int, decisions: Sequence[Decision], at: datetime) -> None:
    """Keep what the gate did with the claims of an event."""
    tx.run_many(
        "decision_record",
        [
            {
                "owner_no": owner_no,
                "event_no": event_no,
                "fact_no": made.fact_no,
                "decision": made.decision.value,
                "reason": made.reason,
                "type": made.type.value,
                "text": made.text,
                "scores": json.dumps(dict(made.scores)),
                "method": made.method,
                "at": to_ms(at),
            }
            for made in decisions
        ],
    )


def told(tx: Transaction, owner_no: int, fact_id: str) -> int | None:
    """The key of a telling that stands in the ledger already, for the judgement of one that says the same."""
    row = tx.one("telling_of_id", owner_no=owner_no, fact_id=fact_id)
    return row[0] if row else None


def decisions_of(tx: Transaction, access: Access, event_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What the gate decided about the claims of some events of the scope, by event id; one without is absent."""
    where = {"owner_no": owners.find(tx, access), **owners.narrowing(access)}
    found: dict[str, tuple[str, ...]] = {}
    for event_id, decision in tx.rows("decisions_of_events", event_ids=list(event_ids), **where):
        found[event_id] = (*found.get(event_id, ()), decision)
    return found


def forget_decisions(tx: Transaction, owner_no: int, event_nos: Sequence[int]) -> None:
    """Drop the judgements on some events, before they are made anew."""
    tx.run("decisions_of_events_drop", owner_no=owner_no, event_nos=list(event_nos))


def report(
    tx: Transaction, access: Access, labels: Mapping[str, Any] | None = None, recent: int = RECENT
) -> EncodingReport:
    """What became of everything the scope took in, with counts of judgements and reasons and the latest ones.

    Reasons of events are counted under ``<state>: <reason>``, those of claims under ``<decision>: <reason>``, and
    events whose names a finder was asked for under ``names: <reason>``.
    """
    where = {"owner_no": owners.find(tx, access), **owners.narrowing(access)}
    row = tx.one("encoding_balance", **where) or (0, 0, 0, 0, 0)
    decisions: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for decision, reason, count in tx.rows("decision_counts", **where):
        decisions[decision] += count
        reasons[f"{decision}: {reason}"] += count
    for state, reason, count in tx.rows("encoding_reasons", **where):
        reasons[f"{state}: {reason}"] += count
    reasons.update({f"names: {named_by}": count for named_by, count in tx.rows("encoding_names", **where)})
    latest = tx.rows("decisions_latest", **where, count=recent, before=_LAST)
    return EncodingReport(
        accepted=row[0],
        extracted=row[1],
        empty=row[2],
        pending=row[3],
        dead=row[4],
        decisions=dict(decisions),
        reasons=dict(reasons),
        recent=tuple(_as_encoding(r) for r in latest),
        labels=dict(labels or {}),
    )


def _as_encoding(row: Row) -> Encoding:
    return Encoding(
        event_id=row[1],
        decision=GateDecision(row[2]),
        reason=row[3],
        text=row[4],
        type=FactType(row[5]),
        scores=json.loads(row[6]),
        fact_id=row[7],
        method=row[8],
        at=from_ms(row[9]),
    )
