"""``/v1/condensations /v1/digests``: memory cards of sessions and what they save; many facts in few lines."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from fusion_memory.core.cards import Condensation, CondensationReport
from fusion_memory.core.digests import CompactFacts
from fusion_memory.service.caller import Calling
from fusion_memory.service.replies import reply
from fusion_memory.service.requests import Limit, Moment, Scoped, ScopeIds

router = APIRouter(prefix="/v1", tags=["conversations"])


class Wanted(ScopeIds):
    """Which cards: with ``history`` also those that newer ones replaced."""

    limit: Limit = 100
    history: bool = False
    as_of: Moment | None = None


class Compact(ScopeIds):
    """How many facts are told one by one; 0 for all, absent for what the settings say."""

    max_facts: Annotated[int, Field(ge=0, le=100_000, examples=[20])] | None = None


@router.get("/condensations", response_model=list[Condensation], summary="The memory cards of sessions")
def condensations(caller: Calling, asked: Annotated[Wanted, Query()]) -> JSONResponse:
    """The latest session first."""
    scope = caller.scope(asked.whose)
    return reply(caller.memory.condensations(scope, limit=asked.limit, history=asked.history, as_of=asked.as_of))


@router.post("/condensations", response_model=list[Condensation], summary="Make memory cards anew")
def condense(caller: Calling, given: Scoped) -> JSONResponse:
    """Of the scope's session, or of all its sessions."""
    return reply(caller.memory.condense(caller.scope(given.whose)))


@router.get("/condensations/report", response_model=CondensationReport, summary="What memory cards save")
def report(caller: Calling, asked: Annotated[ScopeIds, Query()]) -> JSONResponse:
    """How many sessions have a card, and the tokens."""
    return reply(caller.memory.condensation_report(caller.scope(asked.whose)))


@router.get("/digests", response_model=CompactFacts, summary="Few facts one by one, the others in digest lines")
def digests(caller: Calling, asked: Annotated[Compact, Query()]) -> JSONResponse:
    """Each digest cites the memories of all its facts; nothing is stored or taken away."""
    return reply(caller.memory.compact_facts(caller.scope(asked.whose), asked.max_facts))
