"""The calls of the service on what people say of search results: this was of use, that was not."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fusion_memory.core.errors import NotFound
from fusion_memory.core.records import Event, Hit, LaneScore, Span, Trace
from fusion_memory.core.scope import Access, Action, Scope
from fusion_memory.core.utility import Feedback, features_of
from fusion_memory.engine import lookup
from fusion_memory.engine.calls import Calls
from fusion_memory.engine.options import MAX_LIMIT, require_count
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import feedback, packs


class FeedbackCalls(Calls):
    """See :class:`~fusion_memory.core.api.MemoryApi`."""

    def feedback(self, memory_id: str, useful: bool, scope: Scope, trace_id: str | None = None) -> Feedback:
        """Say whether a memory was of use; said again, the later word counts.

        Args:
            memory_id: the ``id`` of a hit.
            useful: whether it helped.
            scope: whose memory.
            trace_id: the search or context pack that had brought it; only then can the ranking be trained on it.

        Raises:
            NotFound: there is no such memory or search in the scope, or the search had not brought the memory.
        """
        parts, access = self._enter(Action.WRITE, scope)
        features: tuple[float, ...] = ()
        if trace_id is not None:
            trace_id = _search_of(parts, access, trace_id)
            features = _features(parts, access, memory_id, trace_id)
        said = Feedback(memory_id, bool(useful), parts.clock.now(), trace_id, features)
        with parts.database.write() as tx:
            if not feedback.save(tx, access, said):
                raise NotFound(f"There is no memory {memory_id!r} in {access.scope!r}.")
        return said

    def feedback_given(self, scope: Scope, limit: int = 1_000) -> tuple[Feedback, ...]:
        """What was said of the memories of a scope, the latest first.

        Raises:
            InvalidOption: the limit is out of range.
        """
        parts, access = self._enter(Action.READ, scope)
        require_count("limit", limit, MAX_LIMIT)
        with parts.database.read() as tx:
            return feedback.of_scope(tx, access, limit)


def _search_of(parts: Parts, access: Access, trace_id: str) -> str:
    """The id of a recall trace: that of the search that a pack was made of, when it is a pack's."""
    if not trace_id.startswith(packs.PREFIX):
        return trace_id
    pack = parts.traces.get(access, trace_id)
    found = pack.payload["trace_id"] if pack else None
    if not isinstance(found, str):
        raise NotFound(f"There is no pack {trace_id!r} in {access.scope!r}.", fix="fusion-memory pack list")
    return found


def _features(parts: Parts, access: Access, memory_id: str, trace_id: str) -> tuple[float, ...]:
    """What a memory looked like in a search, from the trace of the search."""
    trace = lookup.find(parts, access, trace_id, "trace")
    if not isinstance(trace, Trace):
        raise NotFound(f"There is no recall trace {trace_id!r} in {access.scope!r}.")
    found = [hit for hit in trace.payload["hits"] if hit["id"] == memory_id]
    if not found:
        raise NotFound(f"The search {trace_id} had not brought {memory_id!r}.")
    event = lookup.find(parts, access, memory_id, "memory")
    span = lookup.find(parts, access, found[0]["span_id"], "span")
    if not isinstance(event, Event) or not isinstance(span, Span):
        raise NotFound(f"There is no memory {memory_id!r} in {access.scope!r}.")
    hits = [_as_it_was(hit, event, span) for hit in trace.payload["hits"]]
    place = trace.payload["hits"].index(found[0])
    return tuple(features_of(hits, trace.created_at)[place])


def _as_it_was(hit: Mapping[str, Any], event: Event, span: Span) -> Hit:
    """A hit of a trace; text and time are those of the one memory that is asked about."""
    return Hit(
        id=hit["id"],
        span_id=hit["span_id"],
        text=span.text,
        score=hit["score"],
        role=event.role,
        speaker=event.speaker,
        said_at=event.said_at,
        session_id=event.session_id,
        client_id=event.client_id,
        metadata=MappingProxyType({}),
        lanes=tuple(LaneScore(name, rank, score) for name, (rank, score) in hit["lanes"].items()),
        parts=MappingProxyType(hit["parts"]),
        whole=span.start == 0 and span.end == len(event.content),
    )
