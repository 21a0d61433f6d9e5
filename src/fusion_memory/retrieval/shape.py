"""Shape what the pipeline found into the records that callers see: filters in, hits and traces out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from fusion_memory.core.clock import Clock, to_ms
from fusion_memory.core.records import Hit, LaneScore, SearchOptions, SearchResult, Trace
from fusion_memory.core.scope import Access
from fusion_memory.memory import keeping, owners
from fusion_memory.memory.spans import Passage
from fusion_memory.retrieval.candidates import Candidates
from fusion_memory.retrieval.lanes import Lane
from fusion_memory.storage.interface import SpanFilter, Transaction


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate that made it: its memory, the span that stands for it, its score and the parts of it."""

    event_no: int
    span_no: int
    score: float
    parts: dict[str, float]


class Stopwatch:
    """Milliseconds between laps, by name."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = clock.monotonic()
        self.laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        """Note the time since the last lap under a name."""
        now = self._clock.monotonic()
        self.laps[name] = (now - self._last) * 1_000
        self._last = now


def filter_of(tx: Transaction, access: Access, options: SearchOptions) -> SpanFilter:
    """The filter of a search: its scope, narrowed by its options; what is archived only where it is asked for."""
    owner_no = owners.find(tx, access)
    where = owners.span_filter(owner_no, access)
    allowed = options.session_ids
    if where.session_ids and allowed:
        allowed = tuple(set(where.session_ids) & set(allowed)) or ("",)  # no session is called ""
    return replace(
        where,
        session_ids=allowed or where.session_ids,
        roles=options.roles,
        since_ms=_ms(options.since),
        until_ms=_ms(options.until),
        as_of_ms=_ms(options.as_of),
        metadata=options.metadata,
        trusts=options.trust,
        origins=options.origins,
        types=options.types,
        tiers=options.tiers,
        hide_archived=not options.include_archived and keeping.archives(tx, owner_no),
    )


def ranked(candidates: Candidates, row: int) -> Ranked:
    """One row of the candidates with the parts that are not 0."""
    place = candidates.places[row]
    parts = {name: float(part[row]) for name, part in candidates.parts.items() if part[row]}
    return Ranked(place.event_no, place.span_no, sum(parts.values()), parts)


def as_hit(item: Ranked, passage: Passage, lanes: Sequence[Lane]) -> Hit:
    """A ranked memory as callers see it.

    Keyword search knows a longer memory by its first span, vectors by the passage: both are looked up.
    """
    known = {item.span_no, passage.span_no}
    return Hit(
        id=passage.event_id,
        span_id=passage.span_id,
        text=passage.text,
        score=item.score,
        role=passage.role,
        speaker=passage.speaker,
        said_at=passage.said_at,
        session_id=passage.session_id,
        client_id=passage.client_id,
        metadata=MappingProxyType(dict(passage.metadata)),
        lanes=tuple(_standing(lane, found) for lane in lanes if (found := known & lane.standings.keys())),
        parts=MappingProxyType(dict(item.parts)),
        whole=passage.whole,
        tier=passage.tier,
        archived=passage.archived,
    )


def reason_of(hit: Hit) -> str:
    """Why a hit is there, in a few words."""
    return ", ".join(f"{lane.lane} #{lane.rank}" for lane in hit.lanes) or "beside a hit"


def as_trace(trace_id: str, result: SearchResult, at: datetime) -> Trace:
    """The explanation of a result without its texts."""
    payload = {
        "language": result.plan.language,
        "terms": list(result.plan.terms),
        "kind": result.plan.kind.value,
        "names": list(result.plan.names),
        "windows": [[w.words, w.start.isoformat(), w.end.isoformat()] for w in result.plan.windows],
        "hits": [
            {
                "id": hit.id,
                "span_id": hit.span_id,
                "score": round(hit.score, 6),
                "lanes": {lane.lane: [lane.rank, round(lane.score, 6)] for lane in hit.lanes},
                "parts": {name: round(value, 6) for name, value in hit.parts.items()},
            }
            for hit in result.hits
        ],
        "drops": [[drop.span_id, drop.reason, round(drop.score, 6)] for drop in result.drops],
        **({"utility": dict(result.utility)} if result.utility else {}),
        "degraded": list(result.degraded),
        "timings_ms": {name: round(value, 3) for name, value in result.timings_ms.items()},
    }
    return Trace(trace_id, result.query, at, result.recipe, payload)


def _standing(lane: Lane, span_nos: set[int]) -> LaneScore:
    rank, score = min(lane.standings[span_no] for span_no in span_nos)
    return LaneScore(lane.name, rank, score)


def _ms(moment: datetime | str | None) -> int | None:
    return to_ms(moment) if isinstance(moment, datetime) else None
