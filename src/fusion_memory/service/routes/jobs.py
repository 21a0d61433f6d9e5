"""``/v1/jobs`` and ``/v1/care``: work in the background, queued here and done by a worker.

Without a scope a request concerns the whole database, which takes the right to administer.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field, StrictBool

from fusion_memory.core.jobs import Job, JobPage, Scheduled
from fusion_memory.core.scope import Scope
from fusion_memory.service.caller import Caller, Calling
from fusion_memory.service.replies import reply
from fusion_memory.service.requests import MAX_CURSOR_CHARS, Limit, Name, ObjectId, Scoped, ScopeIds

router = APIRouter(prefix="/v1", tags=["care"])

ACCEPTED = 202


class Listing(ScopeIds):
    """Which jobs."""

    state: Name | None = Field(default=None, examples=["dead"])
    kind: Name | None = Field(default=None, examples=["care"])
    limit: Limit = 50
    cursor: str | None = Field(default=None, max_length=MAX_CURSOR_CHARS)


class Wanted(Scoped):
    """``rebuild``, or ``care`` with the option ``task``; without a scope ``reindex`` or ``backup``."""

    kind: Name = Field(examples=["rebuild"])
    options: dict[str, Any] | None = Field(default=None, examples=[{}])


class Cared(Scoped):
    """A care task to run; without ``wait`` a worker does it."""

    task: Name = Field(examples=["profiles"])
    wait: StrictBool = True


@router.post("/jobs", response_model=Job, status_code=ACCEPTED, summary="Queue work")
def submit(caller: Calling, given: Wanted) -> JSONResponse:
    """The job, or the same one that is open already; ``Location`` says where it is looked at."""
    job = caller.memory.submit_job(given.kind, scope_or_none(caller, given.scope), given.options)
    return accepted(job)


@router.get("/jobs", response_model=JobPage, summary="Jobs, the latest first")
def jobs(caller: Calling, asked: Annotated[Listing, Query()], request: Request) -> JSONResponse:
    """With a ``cursor``, also in ``Link``, when there are more."""
    scope = scope_or_none(caller, asked)
    page = caller.memory.jobs(scope, state=asked.state, kind=asked.kind, limit=asked.limit, cursor=asked.cursor)
    if page.cursor is None:
        return reply(page)
    url = request.url.include_query_params(cursor=page.cursor)
    return reply(page, headers={"Link": f'<{url.path}?{url.query}>; rel="next"'})


@router.get("/jobs/{job_id}", response_model=Job, summary="Where a job stands")
def job(caller: Calling, job_id: ObjectId, asked: Annotated[ScopeIds, Query()]) -> JSONResponse:
    """Its state, progress, counts, and why it failed last."""
    return reply(caller.memory.job(job_id, scope_or_none(caller, asked)))


@router.post("/jobs/{job_id}/retry", response_model=Job, summary="Try a job again")
def retry(caller: Calling, job_id: ObjectId, given: Scoped) -> JSONResponse:
    """One that was given up, cancelled or put off."""
    return reply(caller.memory.retry_job(job_id, scope_or_none(caller, given.scope)))


@router.post("/jobs/{job_id}/cancel", response_model=Job, summary="Cancel a job")
def cancel(caller: Calling, job_id: ObjectId, given: Scoped) -> JSONResponse:
    """One that is not finished; if it runs, it stops at its next step."""
    return reply(caller.memory.cancel_job(job_id, scope_or_none(caller, given.scope)))


@router.get("/care/tasks", response_model=list[str], summary="The care tasks there are")
def tasks(caller: Calling) -> JSONResponse:
    """By name."""
    return reply(caller.memory.care_tasks())


@router.get("/care/schedule", response_model=list[Scheduled], summary="What runs when")
def schedule(caller: Calling) -> JSONResponse:
    """For administrators: each task, for which moment it last ran, and when it will."""
    return reply(caller.memory.care_schedule())


@router.post(
    "/care/run",
    response_model=list[Job],
    responses={ACCEPTED: {"model": list[Job], "description": "It is queued"}},
    summary="Run a care task",
)
def run_care(caller: Calling, given: Cared, request: Request) -> JSONResponse:
    """For the scope's owner, or without a scope for every owner; queued with ``Prefer: respond-async``."""
    wait = given.wait and not prefers_async(request)
    done = caller.memory.run_care(given.task, scope_or_none(caller, given.scope), wait=wait)
    return reply(done, 200 if wait else ACCEPTED)


def scope_or_none(caller: Caller, ids: ScopeIds) -> Scope | None:
    """The scope that a request names, completed by the caller's bounds; None where neither says anything."""
    if caller.principal.within is None and not any(ids.whose.values()):
        return None
    return caller.scope(ids.whose)


def prefers_async(request: Request) -> bool:
    """Whether the caller would rather have a job than wait (RFC 7240)."""
    wishes = ",".join(request.headers.getlist("prefer")).lower().split(",")
    return any(wish.partition(";")[0].strip() == "respond-async" for wish in wishes)


def accepted(job: Job) -> JSONResponse:
    """A job in the place of what it will do; ``Location`` says where it is looked at."""
    return reply(job, ACCEPTED, {"Location": f"/v1/jobs/{job.id}"})
