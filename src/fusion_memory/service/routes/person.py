"""``/v1/core``, ``/v1/profile``, ``/v1/tell``, ``/v1/feedback``: what is always at hand, and plain words."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field, StrictBool

from fusion_memory.core.layers import CoreMemory
from fusion_memory.core.reports import Told
from fusion_memory.core.utility import Feedback
from fusion_memory.service.caller import Calling
from fusion_memory.service.replies import reply, versioned
from fusion_memory.service.requests import Id, Limit, Scoped, ScopeIds, Text
from fusion_memory.service.versions import IfMatch, changed

router = APIRouter(prefix="/v1", tags=["the person"])


class AtHand(ScopeIds):
    """How long the text may be."""

    budget: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class Updating(Scoped):
    """Values by key; null takes one away."""

    updates: dict[str, Any] = Field(examples=[{"language": "pt", "nickname": None}])


class Telling(Scoped):
    """Plain words."""

    text: Text = Field(examples=["Remember that I keep bees."])


class Judging(Scoped):
    """A memory, and whether it was of use; the search that had brought it, if it was one."""

    memory_id: Id = Field(examples=["mem_01k9a3b4c5d6e7f8g9h0j1k2m3"])
    useful: StrictBool
    trace_id: Id | None = None


class Judged(ScopeIds):
    """How much of what was said."""

    limit: Limit = 100


@router.get("/core", response_model=CoreMemory, summary="The few facts that are always at hand")
def core(caller: Calling, asked: Annotated[AtHand, Query()]) -> JSONResponse:
    """As marked text to put before a model once."""
    return reply(caller.memory.core_memory(caller.scope(asked.whose), asked.budget))


@router.get("/profile", response_model=dict[str, Any], summary="The values kept about the owner")
def profile(caller: Calling, asked: Annotated[ScopeIds, Query()]) -> JSONResponse:
    """Plain keys and values, never searched; the ``ETag`` is the version that ``If-Match`` wants for a change."""
    return versioned(caller.memory.get_user_profile(caller.scope(asked.whose)))


@router.patch("/profile", response_model=dict[str, Any], summary="Merge values into the profile")
def update_profile(caller: Calling, given: Updating, if_match: IfMatch = None) -> JSONResponse:
    """Key by key; the profile as it is then comes back."""
    scope = caller.scope(given.whose)
    return versioned(
        changed(
            if_match,
            lambda: caller.memory.get_user_profile(scope),
            lambda: caller.memory.update_user_profile(scope, given.updates),
        )
    )


@router.post("/tell", response_model=Told, summary="Do what plain words ask for")
def tell(caller: Calling, given: Telling) -> JSONResponse:
    """Remember, recall, search, tidy up; to forget is only proposed. What asks for nothing is added."""
    return reply(caller.memory.tell(given.text, caller.scope(given.whose)))


@router.post("/feedback", status_code=201, response_model=Feedback, summary="Say whether a memory was of use")
def feedback(caller: Calling, given: Judging) -> JSONResponse:
    """Said again, the later word counts."""
    scope = caller.scope(given.whose)
    return reply(caller.memory.feedback(given.memory_id, given.useful, scope, given.trace_id), 201)


@router.get("/feedback", response_model=list[Feedback], summary="What was said of memories")
def feedback_given(caller: Calling, asked: Annotated[Judged, Query()]) -> JSONResponse:
    """The latest first."""
    return reply(caller.memory.feedback_given(caller.scope(asked.whose), asked.limit))
