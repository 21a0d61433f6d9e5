"""``/v1/memories``: what was said. Added, searched, leafed through, fetched, erased."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field, StrictBool

from fusion_memory.core.graph import RelatedMemories
from fusion_memory.core.records import AddResult, Event, SearchResult
from fusion_memory.core.reports import ForgetResult, HistoryEntry
from fusion_memory.service.caller import Calling
from fusion_memory.service.cursors import next_link, place_of
from fusion_memory.service.options import options_of
from fusion_memory.service.replies import reply, versioned
from fusion_memory.service.requests import (
    MAX_CURSOR_CHARS,
    Across,
    Asked,
    AsOf,
    Id,
    Limit,
    Message,
    Metadata,
    Moment,
    Name,
    ObjectId,
    Scoped,
    ScopeIds,
    Text,
    TierName,
    TrustName,
)

router = APIRouter(prefix="/v1", tags=["memories"])

Said = Text | Message | list[Text | Message]
SAID = [
    "I moved from Lisbon to Porto in May.",
    [{"role": "user", "content": "I keep bees.", "time": "2026-03-14T09:30:00+01:00", "id": "m1"}],
]


class Adding(Scoped):
    """What was said: a text, a message, or a list of either."""

    input: Said = Field(examples=SAID)
    session_time: Moment | None = None
    metadata: Metadata | None = Field(default=None, examples=[{"channel": "mail"}])


class AddingMany(Scoped):
    """Many inputs; messages may carry their own ``session_id``, ``time`` and ``metadata``."""

    inputs: list[Said] = Field(max_length=10_000, examples=[SAID])
    session_time: Moment | None = None
    metadata: Metadata | None = Field(default=None, examples=[{"channel": "mail"}])


class Forgetting(Scoped):
    """What to erase: either ids, or everything that the scope covers."""

    ids: list[Id] | None = Field(default=None, max_length=10_000, examples=[["mem_01k9a3b4c5d6e7f8g9h0j1k2m3"]])
    everything: StrictBool = False
    dry_run: StrictBool = False
    despite_hold: Text | None = Field(default=None, examples=["order of the court, 12 May"])


class Leafing(AsOf):
    """Which memories to list."""

    since: Moment | None = None
    until: Moment | None = None
    role: Name | None = Field(default=None, examples=["user"])
    speaker: Name | None = None
    origin: Name | None = None
    trust: TrustName | None = None
    limit: Limit | None = None
    cursor: Annotated[str, Field(max_length=MAX_CURSOR_CHARS)] | None = None


class Near(AsOf):
    """Which memories beside a memory to show."""

    limit: Limit = 20
    tier: TierName | None = None
    derived: bool = True


class Erasing(ScopeIds):
    """Whether to erase, or only to count."""

    dry_run: bool = False


class Past(Across):
    """How much of what happened to show."""

    entity: Name | None = None
    limit: Limit = 100


@router.post(
    "/memories",
    status_code=201,
    response_model=AddResult,
    responses={200: {"model": AddResult, "description": "All of it was known already"}},
    summary="Store what was said",
)
def add(caller: Calling, given: Adding) -> JSONResponse:
    """It is durable when the response comes. The same saying again is the same memory, and counts as seen again."""
    done = caller.memory.add(given.input, caller.scope(given.whose), given.session_time, given.metadata)
    return reply(done, 201 if done.inserted else 200)


@router.post(
    "/memories/batch",
    status_code=201,
    response_model=AddResult,
    responses={200: {"model": AddResult, "description": "All of it was known already"}},
    summary="Store many inputs",
)
def add_batch(caller: Calling, given: AddingMany) -> JSONResponse:
    """As with one input; an error stops the batch, what was stored before it stays, and a repetition skips it."""
    done = caller.memory.add_batch(given.inputs, caller.scope(given.whose), given.session_time, given.metadata)
    return reply(done, 201 if done.inserted else 200)


@router.post("/memories/search", response_model=SearchResult, summary="Find the memories that fit a question")
def search(caller: Calling, asked: Asked) -> JSONResponse:
    """Best first, each with the lanes that found it and the parts of its score, then what was dropped and why."""
    return reply(caller.memory.search(asked.query, caller.scope(asked.whose), asked.options.given()))


@router.post("/memories/forget", response_model=ForgetResult, summary="Erase memories")
def forget(caller: Calling, given: Forgetting) -> JSONResponse:
    """Passages, vectors, index entries, facts and traces go with them. Try ``dry_run`` first: it only counts."""
    scope = caller.scope(given.whose)
    return reply(
        caller.memory.forget(
            scope,
            given.ids,
            everything=given.everything,
            dry_run=given.dry_run,
            despite_hold=given.despite_hold,
        )
    )


@router.get("/memories", response_model=list[Event], summary="Leaf through memories")
def memories(caller: Calling, request: Request, asked: Annotated[Leafing, Query()]) -> JSONResponse:
    """What was said last first. While there is more, the header ``Link`` leads to the next page."""
    page = caller.memory.memories(
        caller.scope(asked.whose),
        since=asked.since,
        until=asked.until,
        role=asked.role,
        speaker=asked.speaker,
        origin=asked.origin,
        trust=asked.trust,
        as_of=asked.as_of,
        allow_cross_session=asked.allow_cross_session,
        limit=asked.limit or options_of(request).settings.page,
        after=place_of(request, asked.cursor),
    )
    return reply(page.items, headers=next_link(request, page.next))


@router.get("/memories/{memory_id}", response_model=Event, summary="Fetch a memory")
def memory(caller: Calling, memory_id: ObjectId, asked: Annotated[ScopeIds, Query()]) -> JSONResponse:
    """Word for word as it was said."""
    return versioned(caller.memory.get(memory_id, "memory", caller.scope(asked.whose)))


@router.delete("/memories/{memory_id}", response_model=ForgetResult, summary="Erase a memory")
def erase(caller: Calling, memory_id: ObjectId, asked: Annotated[Erasing, Query()]) -> JSONResponse:
    """With everything derived from it."""
    return reply(caller.memory.forget(caller.scope(asked.whose), [memory_id], dry_run=asked.dry_run))


@router.get("/memories/{memory_id}/history", response_model=list[HistoryEntry], summary="The life of a memory")
def memory_history(caller: Calling, memory_id: ObjectId, asked: Annotated[Across, Query()]) -> JSONResponse:
    """When it was recorded, said again, erased."""
    scope = caller.scope(asked.whose)
    return reply(caller.memory.history(scope, fact_id=memory_id, allow_cross_session=asked.allow_cross_session))


@router.get("/memories/{memory_id}/related", response_model=RelatedMemories, summary="The memories beside a memory")
def related(caller: Calling, memory_id: ObjectId, asked: Annotated[Near, Query()]) -> JSONResponse:
    """With what connects them and how strongly."""
    return reply(
        caller.memory.related(
            memory_id,
            caller.scope(asked.whose),
            limit=asked.limit,
            tier=asked.tier,
            derived=asked.derived,
            as_of=asked.as_of,
            allow_cross_session=asked.allow_cross_session,
        )
    )


@router.get("/history", response_model=list[HistoryEntry], summary="What happened in a scope")
def history(caller: Calling, asked: Annotated[Past, Query()]) -> JSONResponse:
    """What was recorded, said again and erased, oldest first; the latest so many."""
    return reply(
        caller.memory.history(
            caller.scope(asked.whose),
            entity=asked.entity,
            allow_cross_session=asked.allow_cross_session,
            limit=asked.limit,
        )
    )
