"""Fetch single objects and counts for the service."""

from __future__ import annotations

from fusion_memory.core.clock import from_ms
from fusion_memory.core.errors import NotFound
from fusion_memory.core.knowledge import Entity, Fact
from fusion_memory.core.objects import kind_of
from fusion_memory.core.records import Event, Span, Trace
from fusion_memory.core.reports import Stats
from fusion_memory.core.scope import Access
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import counts, entity_views, events, facts, outbox, packs, spaces, spans

Found = Event | Span | Trace | Fact | Entity


def find(parts: Parts, access: Access, object_id: str, object_type: str | None) -> Found | None:
    """A memory, passage, trace, fact or entity of the scope, or None.

    Raises:
        NotFound: a context pack was asked for as a trace.
    """
    kind = kind_of(object_id, object_type)
    if kind == "trace":
        if object_id.startswith(packs.PREFIX):
            raise NotFound(
                f"{object_id} is no recall trace.",
                why="It is the id of a context pack.",
                fix=f"fusion-memory pack show {object_id}",
            )
        return parts.traces.get(access, object_id)
    with parts.database.read() as tx:
        if kind == "fact":
            return facts.get(tx, access, object_id, events.present(tx, access, parts.clock.now()))
        if kind == "entity":
            return entity_views.find(tx, access, object_id)
        return spans.get(tx, access, object_id) if kind == "span" else events.get(tx, access, object_id)


def stats(parts: Parts, access: Access) -> Stats:
    """The counts of a scope."""
    with parts.database.read() as tx:
        space = spaces.active(tx)
        memories, sessions, first, last = counts.of_events(tx, access)
        pieces, vectors = counts.of_spans(tx, access, space[0] if space else None)
        pending = outbox.count(tx, access)
    return Stats(
        memories=memories,
        spans=pieces,
        sessions=sessions,
        vectors=vectors,
        pending=pending,
        first_said_at=from_ms(first) if first is not None else None,
        last_said_at=from_ms(last) if last is not None else None,
        space=space[1].name if space else None,
        database_bytes=parts.database.size_bytes(),
    )
