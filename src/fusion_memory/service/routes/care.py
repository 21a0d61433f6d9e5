"""``/v1/stats /v1/reports /v1/tasks /v1/reindex``: what a scope holds and what is still to be done."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from fusion_memory.core.encodings import EncodingReport
from fusion_memory.core.jobs import Job
from fusion_memory.core.reports import ProfileReport, ReindexReport, Stats, TaskReport
from fusion_memory.service.caller import Calling
from fusion_memory.service.replies import reply
from fusion_memory.service.requests import Count, Name, Scoped, ScopeIds, Strict
from fusion_memory.service.routes.jobs import accepted, prefers_async

router = APIRouter(prefix="/v1", tags=["care"])


class Labelled(Scoped):
    """What is to be found in the profiles or facts, by name; for measuring."""

    labels: dict[str, str] | None = Field(default=None, examples=[{"residence": "Porto"}])


class Waiting(ScopeIds):
    """Which tasks."""

    status: Name | None = Field(default=None, examples=["dead"])


class Working(Scoped):
    """How much to do now."""

    limit: Count = 10


class Draining(Strict):
    """How much to do now, of every scope."""

    limit: Count = 200


class Reindexing(Strict):
    """Nothing has to be said."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


@router.get("/stats", response_model=Stats, summary="Count what a scope holds")
def stats(caller: Calling, asked: Annotated[ScopeIds, Query()]) -> JSONResponse:
    """Memories, passages, sessions, vectors, and the state of the embedding space."""
    return reply(caller.memory.stats(caller.scope(asked.whose)))


@router.post("/reports/encoding", response_model=EncodingReport, summary="What became of everything said")
def encoding_report(caller: Calling, given: Labelled) -> JSONResponse:
    """And why: accepted = extracted + empty + pending + dead."""
    return reply(caller.memory.encoding_report(caller.scope(given.whose), given.labels))


@router.post("/reports/profiles", response_model=ProfileReport, summary="What the profiles rest on")
def profile_report(caller: Calling, given: Labelled) -> JSONResponse:
    """Counts of entities, facts and sources."""
    return reply(caller.memory.profile_report(caller.scope(given.whose), given.labels))


@router.get("/tasks", response_model=list[TaskReport], summary="Work on memories that waits or was given up")
def tasks(caller: Calling, asked: Annotated[Waiting, Query()]) -> JSONResponse:
    """With the reason why it failed last."""
    return reply(caller.memory.list_background_tasks(caller.scope(asked.whose), asked.status))


@router.post("/tasks/process", response_model=dict[str, int], summary="Do some of the waiting work of a scope")
def process(caller: Calling, given: Working) -> JSONResponse:
    """How much was claimed, processed, retried and failed."""
    return reply(caller.memory.process_background_tasks(caller.scope(given.whose), given.limit))


@router.post("/tasks/drain", response_model=dict[str, int], summary="Do some of the waiting work of every scope")
def drain(caller: Calling, given: Draining) -> JSONResponse:
    """For administrators."""
    return reply(caller.memory.drain_update_queue(given.limit))


@router.post(
    "/reindex",
    response_model=ReindexReport,
    responses={202: {"model": Job, "description": "It is queued: Prefer: respond-async"}},
    summary="Embed every passage with the present model",
)
def reindex(caller: Calling, given: Reindexing, request: Request) -> JSONResponse:
    """For administrators: the whole database has one space. With ``Prefer: respond-async`` it becomes a job."""
    del given
    if prefers_async(request):
        return accepted(caller.memory.submit_job("reindex"))
    return reply(caller.memory.reindex())
