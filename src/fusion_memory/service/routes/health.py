"""``/healthz /readyz /version``: whether the process runs, whether it can serve, what it is. They want no key."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from fusion_memory import __version__
from fusion_memory.core.reports import HealthCheck
from fusion_memory.core.served import ServedMemory
from fusion_memory.service.life import life_of
from fusion_memory.service.options import options_of

router = APIRouter(tags=["health"])

API_VERSION = "v1"


class Running(BaseModel):
    """The process runs."""

    status: str = "ok"


class Ready(BaseModel):
    """Whether requests can be served, and what says so."""

    ready: bool
    checks: list[dict[str, str]]


class Version(BaseModel):
    """What serves here."""

    name: str = "fusion-memory"
    version: str = __version__
    api: str = API_VERSION


@router.get("/healthz", response_model=Running, summary="Whether the process runs")
def healthz() -> JSONResponse:
    """It looks at nothing else."""
    return JSONResponse(Running().model_dump())


@router.get(
    "/readyz",
    response_model=Ready,
    responses={503: {"model": Ready, "description": "Requests cannot be served now"}},
    summary="Whether requests can be served",
)
def readyz(request: Request) -> JSONResponse:
    """Red while the service ends, when the database does not answer, or when work waits too long."""
    life = life_of(request.scope)
    memory: ServedMemory = request.app.state.memory
    seen = life.readiness(lambda: memory.readiness(options_of(request).settings.backlog_age_s))
    ending = HealthCheck("service", "fail" if life.ending else "ok", "ends" if life.ending else "serves")
    checks = [{"name": one.name, "status": one.status, "detail": one.detail} for one in (ending, *seen.checks)]
    ready = seen.ready and not life.ending
    return JSONResponse({"ready": ready, "checks": checks}, 200 if ready else 503)


@router.get("/version", response_model=Version, summary="What serves here")
def version() -> JSONResponse:
    """The version of the program and of the routes."""
    return JSONResponse(Version().model_dump())
