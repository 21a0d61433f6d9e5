"""``/v1/ops``, ``/metrics``, ``/v1/sessions/reset``, ``/v1/dev/seed``: what operators see and do.

Without ids a question is about all that the caller is bound to, or about everything; that takes the right to
administer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client.metrics_core import Metric
from pydantic import Field, StrictBool

from fusion_memory.core.cards import Condensation
from fusion_memory.core.operations import Happening, Holdings, PipelineReport, PromptNote, SessionReset
from fusion_memory.core.packs import PackNote
from fusion_memory.core.records import AddResult
from fusion_memory.core.scope import Scope
from fusion_memory.core.service_errors import DevelopmentOff
from fusion_memory.service import meter as counted
from fusion_memory.service.caller import Caller, Calling
from fusion_memory.service.life import life_of
from fusion_memory.service.options import options_of
from fusion_memory.service.replies import reply
from fusion_memory.service.requests import Id, Limit, Name, ScopeIds, Strict

router = APIRouter(tags=["operations"])


class Listing(ScopeIds):
    """How many, of whom."""

    limit: Limit = 20


class Trail(ScopeIds):
    """Which deeds: those after a cursor, in order."""

    after: Name = Field(default="0-0", examples=["0-0"])
    limit: Limit = 100


class Resetting(Strict):
    """Which session to erase."""

    namespace: Id = Field(examples=["ana"])
    session_id: Id = Field(examples=["monday"])
    confirm: StrictBool = False
    dry_run: StrictBool = False
    clear_audit: StrictBool = False


class Seeding(Strict):
    """Into whose memory."""

    namespace: Id = Field(default="demo", examples=["demo"])


def concerned(caller: Caller, asked: ScopeIds) -> Scope | None:
    """Whom a question of an operator concerns; None is everybody."""
    named = any(value is not None for value in asked.whose.values())
    return caller.scope(asked.whose) if named or caller.principal.within else None


@router.get("/v1/ops/stats", response_model=Holdings, summary="How much is there")
def stats(caller: Calling, asked: Annotated[ScopeIds, Query()]) -> JSONResponse:
    """Owners, memories, facts, names, sessions, and the size of the database."""
    return reply(caller.memory.holdings(concerned(caller, asked)))


@router.get("/v1/ops/pipeline", response_model=PipelineReport, summary="What waits, what was done, what failed")
def pipeline(caller: Calling, asked: Annotated[ScopeIds, Query()]) -> JSONResponse:
    """Queues with the age of their oldest job, dead letters, last errors, deeds a minute, and what models cost."""
    return reply(caller.memory.pipeline(concerned(caller, asked)))


@router.get("/v1/ops/audit", response_model=list[Happening], summary="What was done, in order")
def audit(caller: Calling, asked: Annotated[Trail, Query()]) -> JSONResponse:
    """Ids and counts, never content; the last one's ``cursor`` asks for those after it."""
    return reply(caller.memory.happenings(concerned(caller, asked), asked.after, asked.limit).items)


@router.get("/v1/ops/condensations", response_model=list[Condensation], summary="What sessions came to")
def condensations(caller: Calling, asked: Annotated[Listing, Query()]) -> JSONResponse:
    """The memory cards of the scope's sessions, the latest session first."""
    return reply(caller.memory.condensations(caller.scope(asked.whose), limit=asked.limit))


@router.get("/v1/ops/context_packs", response_model=list[PackNote], summary="The packs handed out lately")
def context_packs(caller: Calling, asked: Annotated[Listing, Query()]) -> JSONResponse:
    """The latest first; ``GET /v1/packs/{pack_id}`` shows one."""
    return reply(caller.memory.packs(caller.scope(asked.whose), asked.limit))


@router.get("/v1/ops/procedural", response_model=dict[str, Any], summary="The prompts and the tools of this memory")
def procedural(caller: Calling, request: Request) -> JSONResponse:
    """What language models are told, word for word, and every operation an agent may call."""
    prompts: tuple[PromptNote, ...] = caller.memory.prompts()
    return reply({"prompts": list(prompts), "tools": [*_tools(request.app.openapi())]})


@router.post("/v1/sessions/reset", response_model=SessionReset, summary="Erase everything of one session")
def reset(caller: Calling, given: Resetting) -> JSONResponse:
    """Only with ``confirm``; ``dry_run`` counts.

    ``clear_audit`` takes the traces of its searches with it; the audit trail itself holds no content and is never
    shortened, so that it can be verified.
    """
    scope = caller.scope({"user_id": given.namespace, "session_id": given.session_id})
    wishes = {"confirm": given.confirm, "dry_run": given.dry_run, "clear_audit": given.clear_audit}
    return reply(caller.memory.reset_session(scope, **wishes))


@router.post("/v1/dev/seed", status_code=201, response_model=AddResult, summary="Tell a story, for trying out")
def seed(caller: Calling, request: Request, given: Seeding) -> JSONResponse:
    """A few conversations in English and Chinese. Only where ``server.dev`` is on."""
    if options_of(request).settings.dev != "on":
        raise DevelopmentOff
    return reply(caller.memory.seed(caller.scope({"user_id": given.namespace})), 201)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "Metrics in the text form of Prometheus"}},
    summary="Metrics for Prometheus",
)
def metrics(caller: Calling, request: Request) -> Response:
    """They concern the whole database, so that takes the right to administer it."""
    memory = caller.memory
    report, held = memory.pipeline(None), memory.holdings(None)

    def look() -> Iterator[Metric]:
        life = life_of(request.scope)
        checks = life.readiness(lambda: memory.readiness(options_of(request).settings.backlog_age_s)).checks
        return counted.gauges(report, held, checks, life.streams)

    return Response(request.app.state.meter.scrape(look), media_type=counted.CONTENT_TYPE)


def _tools(contract: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for path, operations in contract["paths"].items():
        for verb, operation in operations.items():
            told = {"name": operation["operationId"], "method": verb.upper(), "path": path}
            yield {**told, "summary": operation.get("summary", "")}
