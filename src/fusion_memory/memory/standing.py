"""How a fact stands at a moment, and the record that is made of it, its row and its evidence; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fusion_memory.core.clock import from_ms
from fusion_memory.core.knowledge import (
    Evidence,
    Fact,
    FactState,
    FactType,
    Granularity,
    Polarity,
    TimeMention,
    TimeRole,
)
from fusion_memory.core.records import Trust
from fusion_memory.storage.interface import Row


@dataclass(frozen=True, slots=True)
class Standing:
    """How one fact stands, without its words; ``members`` are its tellings when they are known already.

    ``corrected`` is True when what superseded it is a correction.
    """

    no: int
    id: str
    type: str
    predicate: str
    slot: str | None
    subject_key: str
    object_key: str
    positive: bool
    valid_from: int
    valid_to: int | None
    ended: bool
    held: bool
    retracted: bool
    times_seen: int
    last_seen_at: int
    superseded_by: str | None
    corrected: bool
    supersedes: str | None = None
    members: tuple[int, ...] = ()
    event_nos: frozenset[int] = field(default_factory=frozenset)
    telling_ids: frozenset[str] = field(default_factory=frozenset)

    def state(self, at_ms: int) -> FactState:
        """Where it stands at a moment."""
        if self.retracted:
            return FactState.RETRACTED
        if self.held:
            return FactState.QUARANTINED
        if self.valid_to is not None and self.valid_to <= at_ms:
            return FactState.ENDED if self.ended else FactState.SUPERSEDED
        return FactState.UPCOMING if self.valid_from > at_ms else FactState.CURRENT


def as_fact(standing: Standing, row: Row, evidence: Sequence[Row], at_ms: int) -> Fact:
    """The record of a row of ``facts_by_numbers`` and rows of ``fact_evidence``, as it stands at a moment.

    Confidence and importance are the best of what its sources give.
    """
    return Fact(
        id=standing.id,
        type=FactType(row[2]),
        subject=row[3],
        predicate=row[4],
        object=row[5],
        text=row[6],
        polarity=Polarity(row[7]),
        slot=row[8],
        confidence=max([row[9], *(source[11] for source in evidence)]),
        importance=max([row[10], *(source[12] for source in evidence)]),
        valid_from=from_ms(standing.valid_from),
        valid_to=None if standing.valid_to is None else from_ms(standing.valid_to),
        said_at=from_ms(row[11]),
        recorded_at=from_ms(row[12]),
        state=standing.state(at_ms),
        when=_time(row),
        supersedes=standing.supersedes,
        superseded_by=standing.superseded_by,
        times_seen=standing.times_seen,
        last_seen_at=from_ms(standing.last_seen_at),
        method=row[22],
        rule=row[23],
        evidence=tuple(_evidence(source) for source in evidence),
    )


def _time(row: Row) -> TimeMention | None:
    if row[13] is None:
        return None
    return TimeMention(
        start=from_ms(row[13]),
        end=from_ms(row[14]),
        granularity=Granularity(row[15]),
        role=TimeRole(row[16]),
        words=row[17],
        first=row[18],
        last=row[19],
        certain=bool(row[20]),
        recurrence=row[21],
    )


def _evidence(row: Row) -> Evidence:
    return Evidence(
        event_id=row[1],
        quote=row[2],
        first=row[3],
        last=row[4],
        said_at=from_ms(row[5]),
        recorded_at=from_ms(row[6]),
        speaker=row[7],
        role=row[8],
        trust=Trust(row[9]),
        session_id=row[10],
    )
