"""``/add /search /answer-context /health /status /clear /delete``: names that other systems use.

They do what the routes under ``/v1`` do. ``/clear`` erases all that a scope covers and wants it confirmed.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, StrictBool

from fusion_memory import __version__
from fusion_memory.core.errors import InvalidInput
from fusion_memory.core.packs import ContextPack
from fusion_memory.core.records import AddResult, SearchResult
from fusion_memory.core.reports import ForgetResult, Stats
from fusion_memory.service.caller import Calling
from fusion_memory.service.replies import reply
from fusion_memory.service.requests import Asked, AskedWithin, Id, Scoped, ScopeIds
from fusion_memory.service.routes import care, memories, packs

router = APIRouter(tags=["other names"])

ONE_MEMORY = ["mem_01k9a3b4c5d6e7f8g9h0j1k2m3"]


class Alive(BaseModel):
    """The service runs."""

    status: str = "ok"
    version: str = __version__


class Clearing(Scoped):
    """Everything that the scope covers."""

    confirm: StrictBool = False
    dry_run: StrictBool = False


class Deleting(Scoped):
    """Memories to erase."""

    ids: list[Id] = Field(min_length=1, max_length=10_000, examples=[ONE_MEMORY])
    dry_run: StrictBool = False


@router.post(
    "/add",
    status_code=201,
    response_model=AddResult,
    responses={200: {"model": AddResult, "description": "All of it was known already"}},
    summary="Another name of POST /v1/memories",
)
def add(caller: Calling, given: memories.Adding) -> JSONResponse:
    """Store what was said."""
    return memories.add(caller, given)


@router.post("/search", response_model=SearchResult, summary="Another name of POST /v1/memories/search")
def search(caller: Calling, asked: Asked) -> JSONResponse:
    """Find the memories that fit a question."""
    return memories.search(caller, asked)


@router.post("/answer-context", response_model=ContextPack, summary="Another name of POST /v1/packs")
def answer_context(caller: Calling, asked: AskedWithin) -> JSONResponse:
    """Pack the evidence for a question."""
    return packs.pack(caller, asked)


@router.get("/health", response_model=Alive, summary="Whether the service runs")
def health() -> JSONResponse:
    """Asks nothing of the memory and wants no key."""
    return JSONResponse(Alive().model_dump())


@router.get("/status", response_model=Stats, summary="Another name of GET /v1/stats")
def status(caller: Calling, asked: Annotated[ScopeIds, Query()]) -> JSONResponse:
    """What a scope holds."""
    return care.stats(caller, asked)


@router.post("/clear", response_model=ForgetResult, summary="Erase everything that a scope covers")
def clear(caller: Calling, given: Clearing) -> JSONResponse:
    """Only with ``confirm``; ``dry_run`` counts and needs none."""
    if not given.confirm and not given.dry_run:
        raise InvalidInput("It is not confirmed.", why="Everything would be erased.", fix='send "confirm": true')
    return reply(caller.memory.forget(caller.scope(given.whose), everything=True, dry_run=given.dry_run))


@router.post("/delete", response_model=ForgetResult, summary="Another name of POST /v1/memories/forget")
def delete(caller: Calling, given: Deleting) -> JSONResponse:
    """Erase memories."""
    return reply(caller.memory.forget(caller.scope(given.whose), given.ids, dry_run=given.dry_run))
