"""``/v1/timeline /v1/compare /v1/views /v1/profiles``: what is derived from facts when it is asked for."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from fusion_memory.core.jobs import Job
from fusion_memory.core.knowledge import VIEW_TYPES, Profile, View
from fusion_memory.core.reports import RebuildReport
from fusion_memory.core.timeline import Comparison, TimelineEntry
from fusion_memory.service.caller import Calling
from fusion_memory.service.replies import reply
from fusion_memory.service.requests import AsOf, Limit, Moment, Name, Scoped, ScopeIds
from fusion_memory.service.routes.jobs import ACCEPTED, accepted, prefers_async

router = APIRouter(prefix="/v1", tags=["time and views"])


ViewName = Annotated[str, Field(max_length=64, json_schema_extra={"enum": list(VIEW_TYPES)})]
"""A name that the contract lists and the memory judges."""


class Between(AsOf):
    """Which happenings."""

    entity: Name | None = None
    start: Moment | None = None
    end: Moment | None = None
    limit: Limit = 100


class Two(ScopeIds):
    """Two happenings, each named by a fact id or in words."""

    first: Name = Field(examples=["the move to Porto"])
    second: Name = Field(examples=["the wedding"])


class Now(AsOf):
    """Which views."""

    view_type: ViewName | None = Field(default=None, examples=["current_preferences"])


class About(AsOf):
    """Whose profile."""

    entity: Name = Field(examples=["Ana"])
    profile_type: Name | None = None


@router.get("/timeline", response_model=list[TimelineEntry], summary="What happened and what is to happen")
def timeline(caller: Calling, asked: Annotated[Between, Query()]) -> JSONResponse:
    """In the order of its time; the latest so many."""
    return reply(
        caller.memory.timeline(
            asked.entity,
            caller.scope(asked.whose),
            asked.start,
            asked.end,
            asked.allow_cross_session,
            as_of=asked.as_of,
            limit=asked.limit,
        )
    )


@router.get("/compare", response_model=Comparison, summary="How two happenings lie in time")
def compare(caller: Calling, asked: Annotated[Two, Query()]) -> JSONResponse:
    """Before, after, overlapping, and the days between them."""
    return reply(caller.memory.compare_events(asked.first, asked.second, caller.scope(asked.whose)))


@router.get("/views", response_model=list[View], summary="What is true now, by kind")
def views(caller: Calling, asked: Annotated[Now, Query()]) -> JSONResponse:
    """Computed from the facts when asked for, so it cannot be stale."""
    scope = caller.scope(asked.whose)
    return reply(
        caller.memory.get_current_views(scope, asked.view_type, asked.allow_cross_session, as_of=asked.as_of)
    )


@router.post(
    "/views/refresh",
    response_model=RebuildReport,
    responses={ACCEPTED: {"model": Job, "description": "It is queued: Prefer: respond-async"}},
    summary="Derive all facts anew",
)
def refresh_views(caller: Calling, given: Scoped, request: Request) -> JSONResponse:
    """From the ledger of what was said."""
    if prefers_async(request):
        return accepted(caller.memory.submit_job("rebuild", caller.scope(given.whose)))
    return reply(caller.memory.refresh_current_views(caller.scope(given.whose)))


@router.get("/profiles", response_model=list[Profile], summary="What repeated evidence says about an entity")
def profiles(caller: Calling, asked: Annotated[About, Query()]) -> JSONResponse:
    """Named by id or by any of its names."""
    scope = caller.scope(asked.whose)
    return reply(
        caller.memory.get_entity_profile(
            asked.entity, scope, asked.profile_type, asked.allow_cross_session, as_of=asked.as_of
        )
    )
