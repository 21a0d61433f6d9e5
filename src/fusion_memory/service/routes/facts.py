"""``/v1/facts``: what was understood. Listed, fetched, put right, taken back; and what contradicts itself."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from fusion_memory.core.knowledge import Conflict, Fact, FactState
from fusion_memory.service.caller import Calling
from fusion_memory.service.cursors import next_link, place_of
from fusion_memory.service.options import options_of
from fusion_memory.service.replies import reply, versioned
from fusion_memory.service.requests import (
    MAX_CURSOR_CHARS,
    AsOf,
    Limit,
    Moment,
    Name,
    ObjectId,
    Question,
    Scoped,
    ScopeIds,
    Text,
)
from fusion_memory.service.versions import IfMatch, changed

router = APIRouter(prefix="/v1", tags=["facts"])


STATES = [*(state.value for state in FactState), "all"]
StateName = Annotated[str, Field(max_length=64, json_schema_extra={"enum": STATES})]
"""A name that the contract lists and the memory judges."""


class Wanted(AsOf):
    """Which facts."""

    query: Question | None = None
    subject: Name | None = None
    entity: Name | None = None
    type: list[Name] = Field(default_factory=list, max_length=50, examples=[["preference"]])
    slot: Name | None = Field(default=None, examples=["residence"])
    state: list[StateName] = Field(default_factory=lambda: ["current"], max_length=10, examples=[["current"]])
    limit: Limit | None = None
    after: Name | None = Field(default=None, description="Go on after this fact; a cursor does the same.")
    cursor: Annotated[str, Field(max_length=MAX_CURSOR_CHARS)] | None = None


class Correcting(Scoped):
    """What a fact should say."""

    object: Text = Field(examples=["Porto"])
    text: Text | None = Field(default=None, examples=["Ana lives in Porto."])


class Clashes(ScopeIds):
    """Which conflicts."""

    as_of: Moment | None = None
    limit: Limit = 100


@router.get("/facts", response_model=list[Fact], summary="Facts with their evidence")
def facts(caller: Calling, request: Request, asked: Annotated[Wanted, Query()]) -> JSONResponse:
    """The latest validity first; with a ``query`` those that fit it, best first and without further pages.

    ``type`` and ``state`` may be given several times; the state ``all`` stands for every one. While there is more,
    the header ``Link`` leads to the next page.
    """
    limit = asked.limit or options_of(request).settings.page
    found = caller.memory.facts(
        caller.scope(asked.whose),
        asked.query,
        subject=asked.subject,
        entity=asked.entity,
        type=asked.type or None,
        slot=asked.slot,
        state=asked.state,
        as_of=asked.as_of,
        allow_cross_session=asked.allow_cross_session,
        limit=limit,
        after=place_of(request, asked.cursor) or asked.after,
    )
    more = asked.query is None and len(found) == limit
    return reply(found, headers=next_link(request, found[-1].id if more else None))


@router.get("/facts/{fact_id}", response_model=Fact, summary="Fetch a fact")
def fact(caller: Calling, fact_id: ObjectId, asked: Annotated[ScopeIds, Query()]) -> JSONResponse:
    """Its ``ETag`` is the version that ``If-Match`` wants for a change."""
    return versioned(caller.memory.get(fact_id, "fact", caller.scope(asked.whose)))


@router.post("/facts/{fact_id}/correct", response_model=Fact, summary="Put a fact right")
def correct(caller: Calling, fact_id: ObjectId, given: Correcting, if_match: IfMatch = None) -> JSONResponse:
    """A new version comes back, with its own id; the old one stays as history."""
    scope = caller.scope(given.whose)
    return versioned(
        changed(
            if_match,
            lambda: caller.memory.get(fact_id, "fact", scope),
            lambda: caller.memory.correct(fact_id, scope, object=given.object, text=given.text),
        )
    )


@router.post("/facts/{fact_id}/retract", response_model=Fact, summary="Take a fact back")
def retract(caller: Calling, fact_id: ObjectId, given: Scoped, if_match: IfMatch = None) -> JSONResponse:
    """It is current no longer; its evidence stays."""
    scope = caller.scope(given.whose)
    return versioned(
        changed(
            if_match,
            lambda: caller.memory.get(fact_id, "fact", scope),
            lambda: caller.memory.retract(fact_id, scope),
        )
    )


@router.get("/conflicts", response_model=list[Conflict], summary="What contradicts itself")
def conflicts(caller: Calling, asked: Annotated[Clashes, Query()]) -> JSONResponse:
    """Claims that cannot both be true at one time, with both sides and their evidence."""
    return reply(caller.memory.conflicts(caller.scope(asked.whose), as_of=asked.as_of, limit=asked.limit))
