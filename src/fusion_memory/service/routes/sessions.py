"""``/v1/working /v1/conversations /v1/sessions /v1/summaries /v1/schemas``: conversations as wholes."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from fusion_memory.core.layers import SessionSchema, SessionSummary
from fusion_memory.core.records import AddResult, Event
from fusion_memory.service.caller import Calling
from fusion_memory.service.replies import reply
from fusion_memory.service.requests import Id, Limit, Message, Moment, Name, Scoped, ScopeIds, Text

router = APIRouter(prefix="/v1", tags=["conversations"])

MESSAGES = [[{"role": "user", "content": "I keep bees."}, {"role": "assistant", "content": "How many hives?"}]]


class Recent(ScopeIds):
    """How much of the conversation at hand; what is not said is as the service is set up."""

    preset: Name | None = Field(default=None, examples=["default"])
    messages: Annotated[int, Field(ge=0, le=10_000)] | None = None
    minutes: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] | None = None
    reach: Literal["session", "user"] | None = None
    budget: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    as_of: Moment | None = None


class Recording(Scoped):
    """One message of the running conversation."""

    role: Name = Field(examples=["user"])
    content: Text = Field(examples=["I keep bees."])
    time: Moment | None = None
    name: Name | None = None
    message_id: Id | None = None


class Conversation(Scoped):
    """A whole conversation."""

    messages: list[Message] = Field(max_length=10_000, examples=MESSAGES)


class Saving(Scoped):
    """A session that ends; the scope names it."""

    mode: Literal["raw", "summary"] = "raw"
    messages: list[Message] = Field(default_factory=list, max_length=10_000, examples=MESSAGES)


class Some(ScopeIds):
    """How many."""

    limit: Limit = 100


@router.get("/working", response_model=list[Event], summary="The recent messages of the conversation at hand")
def working(caller: Calling, asked: Annotated[Recent, Query()]) -> JSONResponse:
    """Oldest first."""
    return reply(
        caller.memory.working_memory(
            caller.scope(asked.whose),
            preset=asked.preset,
            messages=asked.messages,
            minutes=asked.minutes,
            reach=asked.reach,
            budget=asked.budget,
            as_of=asked.as_of,
        )
    )


@router.post("/working", status_code=201, response_model=AddResult, summary="Add a message of the conversation")
def record(caller: Calling, given: Recording) -> JSONResponse:
    """It is durable when the response comes; the same words said again are another message."""
    done = caller.memory.record_message(
        caller.scope(given.whose),
        given.role,
        given.content,
        time=given.time,
        name=given.name,
        message_id=given.message_id,
    )
    return reply(done, 201)


@router.post("/conversations", response_model=dict[str, int], summary="Take in a whole conversation")
def conversation(caller: Calling, given: Conversation) -> JSONResponse:
    """How many messages were new, and how many were known."""
    return reply(caller.memory.ingest_conversation(caller.scope(given.whose), given.messages))


@router.post("/sessions/save", response_model=SessionSummary | None, summary="Close a session")
def save(caller: Calling, given: Saving) -> JSONResponse:
    """Keep it as it is, or with a summary beside it; what of it is not here yet is taken in."""
    return reply(caller.memory.save_session(caller.scope(given.whose), given.mode, given.messages))


@router.post("/sessions/flush", response_model=dict[str, int], summary="Understand now what still waits")
def flush(caller: Calling, given: Scoped) -> JSONResponse:
    """Before a context window is cut."""
    return reply(caller.memory.memory_flush(caller.scope(given.whose)))


@router.get("/summaries", response_model=list[SessionSummary], summary="The summaries of sessions")
def summaries(caller: Calling, asked: Annotated[Some, Query()]) -> JSONResponse:
    """The latest first; sessions that are due are summarised now."""
    return reply(caller.memory.get_session_summaries(caller.scope(asked.whose), limit=asked.limit))


@router.post("/summaries/refresh", response_model=SessionSummary | None, summary="Summarise a session anew")
def refresh_summary(caller: Calling, given: Scoped) -> JSONResponse:
    """The scope names the session; null when there is nothing to summarise."""
    return reply(caller.memory.refresh_session_summary(caller.scope(given.whose)))


@router.get("/schemas", response_model=list[SessionSchema], summary="Longer sessions at a glance")
def schemas(caller: Calling, asked: Annotated[Some, Query()]) -> JSONResponse:
    """Their telling words and sentences."""
    return reply(caller.memory.get_session_schemas(caller.scope(asked.whose), limit=asked.limit))
