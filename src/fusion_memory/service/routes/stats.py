"""``GET /v1/stats``: what a scope holds."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from fusion_memory.core.reports import Stats
from fusion_memory.service.caller import Calling
from fusion_memory.service.replies import reply
from fusion_memory.service.requests import ScopeIds

router = APIRouter(prefix="/v1", tags=["care"])


@router.get("/stats", response_model=Stats, summary="Count what a scope holds")
def stats(caller: Calling, asked: Annotated[ScopeIds, Query()]) -> JSONResponse:
    """Memories, passages, sessions, vectors, and the state of the embedding space."""
    return reply(caller.memory.stats(caller.scope(asked.ids)))
