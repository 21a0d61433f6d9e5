"""What we keep, as frozen values: the records that travel between rooms.

They carry no behaviour beyond describing themselves and know neither the database nor the models.
Times are zone-aware UTC datetimes; offsets count code points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from fusion_memory.core.question import QueryPlan


class Trust(StrEnum):
    """How far a source is believed. Captured text is data, whatever it says."""

    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    DOCUMENT = "document"
    UNKNOWN = "unknown"


class EventKind(StrEnum):
    """What came in: one message of a conversation, or a document."""

    MESSAGE = "message"
    DOCUMENT = "document"


class SpanKind(StrEnum):
    """How a retrievable piece was cut: a whole turn, or a chunk of a longer text."""

    TURN = "turn"
    CHUNK = "chunk"


@dataclass(frozen=True, slots=True)
class EmbeddingSpace:
    """Where vectors may be compared: one model, one dimension, one version of both."""

    model: str
    dimension: int
    version: str = "1"

    @property
    def name(self) -> str:
        """The space in one word, for messages and keys."""
        return f"{self.model}@{self.version}/{self.dimension}"


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said, normalised from whatever the caller passed and not yet stored.

    ``said_at`` is None when the caller gave no time; the moment of recording then stands in.
    ``client_id`` is the caller's own id; a repeated one is the same memory.
    """

    content: str
    role: str = "user"
    speaker: str | None = None
    kind: EventKind = EventKind.MESSAGE
    client_id: str | None = None
    session_id: str | None = None
    said_at: datetime | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    origin: str = "api"


@dataclass(frozen=True, slots=True)
class SpanDraft:
    """A retrievable piece of a turn: ``content[start:end]``, cut but not yet stored."""

    kind: SpanKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Event:
    """What was said, verbatim and immutable, with who, when and from where.

    ``seq`` is its place in its ``thread`` (the session, or the call that brought it).
    ``times_seen`` counts how often the same saying arrived; ``last_seen_at`` is the last time.
    ``identity`` is what makes it one saying: within an owner no two events share it.
    """

    id: str
    content: str
    kind: EventKind
    role: str
    speaker: str | None
    said_at: datetime
    recorded_at: datetime
    workspace_id: str | None
    user_id: str | None
    agent_id: str | None
    run_id: str | None
    session_id: str | None
    app_id: str | None
    thread: str
    seq: int
    client_id: str | None
    origin: str
    trust: Trust
    metadata: Mapping[str, Any]
    times_seen: int
    last_seen_at: datetime
    identity: str

    def __repr__(self) -> str:
        return f"Event({self.id}, {self.said_at:%Y-%m-%d}, {self.speaker or self.role}: {brief(self.content)!r})"


@dataclass(frozen=True, slots=True)
class Span:
    """A stored retrievable piece: ``number`` is its key, ``text`` the piece itself."""

    number: int
    id: str
    event_id: str
    kind: SpanKind
    start: int
    end: int
    text: str

    def __repr__(self) -> str:
        return f"Span({self.id}, {self.kind.value} {self.start}:{self.end}, {brief(self.text)!r})"


@dataclass(frozen=True, slots=True)
class AddResult:
    """What :meth:`MemoryApi.add` did, after it is durable.

    ``ids`` has one memory id per thing said, in order, also for repeated ones; ``duplicates`` are
    those that were already there; ``pending`` counts pieces whose vectors are still to be made; ``taken_back``
    counts facts of the message before, which somebody asked not to have remembered. ``redacted`` counts the
    credentials that were taken out before anything was kept, by kind.
    """

    ids: tuple[str, ...]
    inserted: int
    duplicates: tuple[str, ...] = ()
    spans: int = 0
    pending: int = 0
    degraded: tuple[str, ...] = ()
    taken_back: int = 0
    redacted: Mapping[str, int] = field(default_factory=dict)

    def __repr__(self) -> str:
        parts = [f"{self.inserted} stored"]
        if self.duplicates:
            parts.append(f"{len(self.duplicates)} already known")
        if self.pending:
            parts.append(f"{self.pending} vectors pending")
        if self.taken_back:
            parts.append(f"{self.taken_back} taken back")
        if self.redacted:
            parts.append(f"{sum(self.redacted.values())} credentials taken out")
        ids = ", ".join(self.ids[:3]) + (", ..." if len(self.ids) > 3 else "")
        return f"AddResult({', '.join(parts)}: {ids})"


@dataclass(frozen=True, slots=True)
class LaneScore:
    """One lane's opinion of a candidate: its rank from 1 and the lane's own score."""

    lane: str
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A memory that came back, with the passage that matched and why it ranks where it does.

    ``id`` is the memory (event) id, ``span_id`` the passage; ``parts`` are named score parts whose
    meaning :meth:`SearchResult.explain` prints. ``tier`` is ``"hot"``, ``"warm"`` or ``"cold"``.
    """

    id: str
    span_id: str
    text: str
    score: float
    role: str
    speaker: str | None
    said_at: datetime
    session_id: str | None
    client_id: str | None
    metadata: Mapping[str, Any]
    lanes: tuple[LaneScore, ...]
    parts: Mapping[str, float]
    whole: bool = True
    tier: str = "warm"
    archived: bool = False

    def __repr__(self) -> str:
        who = self.speaker or self.role
        return f"Hit({self.score:.3f}, {self.said_at:%Y-%m-%d}, {who}: {brief(self.text)!r}, id={self.id})"


@dataclass(frozen=True, slots=True)
class Drop:
    """A candidate that was not returned, with the reason in one word and its score so far."""

    span_id: str
    reason: str
    score: float


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How to search.

    Attributes:
        limit: results wanted, 1 to 1,000.
        recipe: name of a retrieval recipe, see ``fusion-memory config recipes``.
        allow_cross_session: look beyond the scope's session.
        group_by: ``"memory"`` for one hit per thing said, ``"session"`` for one per session.
        since, until: only what was said in ``[since, until)``.
        as_of: only what was recorded up to this moment, which is then also the present.
        context: what was said right before the question, oldest first; it decides with the question what fits.
        asked_at: the present that words like "yesterday" and the age of a memory refer to.
        roles: only what these roles said.
        session_ids: only these sessions.
        metadata: only memories whose metadata has these values.
        trust: only what is believed as one of these, see :class:`Trust`.
        origins: only what came in this way: ``"api"``, ``"log"``, ...
        types: only memories that told a fact of one of these types: ``"preference"``, ``"decision"``, ...
        tiers: only what is kept so near at hand: ``"hot"``, ``"warm"``, ``"cold"``.
        include_archived: also what a policy archived.
        min_score: only hits of this score or more; scores are comparable within one recipe.
        trace: store the recall trace, so that it can be fetched later.
    """

    limit: int = 10
    recipe: str | None = None
    allow_cross_session: bool = False
    group_by: str = "memory"
    since: datetime | str | None = None
    until: datetime | str | None = None
    as_of: datetime | str | None = None
    context: tuple[str, ...] = ()
    asked_at: datetime | str | None = None
    roles: tuple[str, ...] = ()
    session_ids: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    trust: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    include_archived: bool = False
    min_score: float | None = None
    trace: bool = True

    @property
    def narrowed(self) -> bool:
        """Whether only a part of what was said is asked for, sessions aside."""
        when = self.since or self.until
        kinds = self.trust or self.origins or self.types or self.tiers
        return bool(self.roles or self.metadata or kinds or when)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The memories that fit a question, best first, and the whole story of how they were found.

    It behaves like a sequence of :class:`Hit`. ``degraded`` names what was missing, for instance
    ``"embedder_absent"``; an empty tuple means everything took part. ``working`` holds the recent messages of the
    scope's session, oldest first, beside the hits and never among them. ``utility`` is a trained model's opinion of
    the hits by passage id, 0 to 1; empty without a model.
    """

    query: str
    hits: tuple[Hit, ...]
    plan: QueryPlan
    recipe: str
    drops: tuple[Drop, ...] = ()
    degraded: tuple[str, ...] = ()
    working: tuple[Event, ...] = ()
    trace_id: str | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    utility: Mapping[str, float] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.hits)

    def __iter__(self) -> Any:  # noqa: ANN401 (an iterator of Hit; typing it needs a runtime import)
        return iter(self.hits)

    def __getitem__(self, index: int) -> Hit:
        return self.hits[index]

    def __repr__(self) -> str:
        lines = [f"SearchResult({len(self.hits)} hits for {brief(self.query)!r})"]
        lines += [f"  {rank}. {hit!r}" for rank, hit in enumerate(self.hits[:5], 1)]
        return "\n".join(lines)

    def explain(self) -> str:
        """Every hit with its lanes, ranks and score parts, then what was dropped and why."""
        head = [
            f"question  {self.query}",
            f"language  {self.plan.language}   recipe {self.recipe}   terms {' '.join(self.plan.terms)}",
            f"kind      {self.plan.kind.value}{'   about the present' if self.plan.wants_current else ''}",
            *(f"time      {w.words!r} -> {w.start:%Y-%m-%d} to {w.end:%Y-%m-%d}" for w in self.plan.windows),
            *(f"degraded  {reason}" for reason in self.degraded),
        ]
        body = [line for rank, hit in enumerate(self.hits, 1) for line in _explain_hit(rank, hit)]
        tail = [f"dropped   {d.span_id}  {d.reason}  at {d.score:.4f}" for d in self.drops]
        return "\n".join(head + body + tail)


@dataclass(frozen=True, slots=True)
class Trace:
    """The stored explanation of one search: everything but the texts, which stay where they are."""

    id: str
    query: str
    created_at: datetime
    recipe: str
    payload: Mapping[str, Any]


def brief(text: str, limit: int = 60) -> str:
    """The start of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _explain_hit(rank: int, hit: Hit) -> list[str]:
    lanes = "  ".join(f"{lane.lane} #{lane.rank} ({lane.score:.4g})" for lane in hit.lanes) or "neighbour of a hit"
    parts = "  ".join(f"{name} {value:+.4f}" for name, value in hit.parts.items())
    return [
        f"{rank:>2}. {hit.score:.4f}  {hit.said_at:%Y-%m-%d}  {hit.speaker or hit.role}: {brief(hit.text, 90)}",
        f"    found by  {lanes}",
        f"    score     {parts}",
    ]
