"""Spans: the retrievable pieces of events, and where they stand among their neighbours.

Texts are slices of the event's content, never copies. This file knows no ranking.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from fusion_memory.core.clock import from_ms
from fusion_memory.core.records import Span, SpanDraft, SpanKind, Trust
from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.storage.interface import Row, SpanFilter, Transaction


@dataclass(frozen=True, slots=True)
class Passage:
    """A span with its text and all a result shows of its event; ``whole`` when it is the entire event."""

    span_no: int
    span_id: str
    event_no: int
    event_id: str
    position: int
    start: int
    end: int
    text: str
    whole: bool
    event_chars: int
    role: str
    speaker: str | None
    said_at: datetime
    session_id: str | None
    client_id: str | None
    trust: Trust
    metadata: Mapping[str, Any]
    thread: str
    seq: int
    tier: str = "warm"
    archived: bool = False


class Place(NamedTuple):
    """Where a candidate stands: its event, its conversation and turn, when and by whom it was said; no text."""

    span_no: int
    event_no: int
    thread: str
    seq: int
    said_ms: int
    trust: str
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands right before and right after a span: of its own event, else of the turns beside it."""

    before: str
    after: str


def append(tx: Transaction, owner_no: int, event_no: int, drafts: Sequence[SpanDraft]) -> list[int]:
    """Store the pieces of a new event; their keys, in order."""
    keys: list[int] = []
    for position, draft in enumerate(drafts):
        row = tx.one(
            "span_append",
            event_no=event_no,
            owner_no=owner_no,
            position=position,
            kind=draft.kind.value,
            first=draft.start,
            last=draft.end,
        )
        if row is None:
            raise RuntimeError("an append returned no row")
        keys.append(row[0])
    return keys


def get(tx: Transaction, access: Access, span_id: str) -> Span | None:
    """One span of the scope by its id ``<event id>#<position>``, or None."""
    event_id, _, position = span_id.rpartition("#")
    if not position.isdecimal():
        return None
    owner_no = owners.find(tx, access)
    row = tx.one(
        "span_by_position",
        event_id=event_id,
        position=int(position),
        owner_no=owner_no,
        **owners.narrowing(access),
    )
    return Span(row[0], span_id, event_id, SpanKind(row[1]), row[2], row[3], row[4]) if row else None


def passages(tx: Transaction, access: Access, span_nos: Sequence[int]) -> dict[int, Passage]:
    """The passages of the given spans that belong to the owner, by key."""
    owner_no = owners.find(tx, access)
    rows = tx.rows("passages", span_nos=list(span_nos), owner_no=owner_no)
    return {row[0]: _as_passage(row) for row in rows}


def texts_of_events(tx: Transaction, access: Access, event_nos: Sequence[int]) -> dict[int, dict[int, str]]:
    """All passages of a few events: texts by span, in order, by event."""
    texts: dict[int, dict[int, str]] = {number: {} for number in event_nos}
    owner_no = owners.find(tx, access)
    for event_no, span_no, text in tx.rows("texts_of_events", event_nos=list(event_nos), owner_no=owner_no):
        texts[event_no][span_no] = text
    return texts


def places(tx: Transaction, access: Access, span_nos: Sequence[int]) -> dict[int, Place]:
    """Where the given spans stand, by key."""
    owner_no = owners.find(tx, access)
    rows = tx.rows("places", span_nos=list(span_nos), owner_no=owner_no)
    return {row[0]: Place._make(row) for row in rows}


def neighbours(tx: Transaction, access: Access, event_nos: Sequence[int], reach: int) -> list[Place]:
    """The first spans of the events up to ``reach`` turns away from any of these, in the same thread."""
    owner_no = owners.find(tx, access)
    rows = tx.rows(
        "neighbours", event_nos=list(event_nos), reach=reach, owner_no=owner_no, **owners.narrowing(access)
    )
    return [Place._make(row) for row in rows]


def surroundings(tx: Transaction, access: Access, span_nos: Sequence[int], chars: int) -> dict[int, Surroundings]:
    """Up to so many characters on either side of the given spans, by key.

    They are of the same event, or of the turns before and after it in its session, as far as the scope shows
    them. What was said outside any session stands alone.
    """
    narrowing = owners.narrowing(access)
    del narrowing["session_id"]  # turns of one thread are of one session
    rows = tx.rows(
        "surroundings", span_nos=list(span_nos), chars=chars, owner_no=owners.find(tx, access), **narrowing
    )
    return {row[0]: Surroundings(row[1], row[2]) for row in rows}


def of_content(tx: Transaction, access: Access, content_hash: bytes, count: int) -> list[int]:
    """Spans of events whose canonical text has this hash, the latest first."""
    owner_no = owners.find(tx, access)
    rows = tx.rows("spans_of_content", owner_no=owner_no, content_hash=content_hash, count=count)
    return [row[0] for row in rows]


def visible(tx: Transaction, access: Access, span_nos: Sequence[int], where: SpanFilter) -> set[int]:
    """Which of the given spans pass a filter."""
    rows = tx.rows(
        "visible_spans",
        span_nos=list(span_nos),
        owner_no=owners.find(tx, access),
        session_ids=list(where.session_ids),
        any_session=not where.session_ids,
        agent_id=where.agent_id,
        run_id=where.run_id,
        app_id=where.app_id,
        roles=list(where.roles),
        any_role=not where.roles,
        since_ms=where.since_ms,
        until_ms=where.until_ms,
        as_of_ms=where.as_of_ms,
        trusts=list(where.trusts),
        any_trust=not where.trusts,
        origins=list(where.origins),
        any_origin=not where.origins,
        types=list(where.types),
        any_type=not where.types,
        tiers=list(where.tiers),
        any_tier=not where.tiers,
        hide_archived=where.hide_archived,
    )
    return {row[0] for row in rows if not where.metadata or _has(json.loads(row[1]), where.metadata)}


def passing(tx: Transaction, access: Access, near: Sequence[Place], where: SpanFilter) -> list[Place]:
    """Those neighbours that a filter lets through."""
    kept = where.tiers or where.hide_archived
    if not (kept or where.roles or where.picks or where.since_ms or where.until_ms or where.as_of_ms):
        return list(near)
    seen = visible(tx, access, [place.span_no for place in near], where)
    return [place for place in near if place.span_no in seen]


def numbers(tx: Transaction, access: Access, span_ids: Sequence[str]) -> dict[str, int]:
    """The keys of spans by their ids ``<event id>#<position>``."""
    wanted = {span_id.rpartition("#")[0] for span_id in span_ids}
    rows = tx.rows("span_numbers", event_ids=list(wanted), owner_no=owners.find(tx, access))
    known = {f"{row[0]}#{row[1]}": row[2] for row in rows}
    return {span_id: known[span_id] for span_id in span_ids if span_id in known}


def of_events(tx: Transaction, access: Access, event_nos: Sequence[int]) -> list[int]:
    """All spans of the given events."""
    owner_no = owners.find(tx, access)
    return [row[0] for row in tx.rows("spans_of_events", event_nos=list(event_nos), owner_no=owner_no)]


def _has(metadata: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(metadata.get(name) == value for name, value in wanted.items())


def _as_passage(row: Row) -> Passage:
    return Passage(
        span_no=row[0],
        span_id=f"{row[8]}#{row[1]}",
        event_no=row[7],
        event_id=row[8],
        position=row[1],
        start=row[3],
        end=row[4],
        text=row[5],
        whole=row[3] == 0 and row[4] == row[6],
        event_chars=row[6],
        role=row[9],
        speaker=row[10],
        said_at=from_ms(row[11]),
        session_id=row[12],
        client_id=row[13],
        trust=Trust(row[14]),
        metadata={} if row[15] == "{}" else json.loads(row[15]),
        thread=row[16],
        seq=row[17],
        tier=row[18],
        archived=bool(row[19]),
    )
