"""``/v1/log``: a captured log, of which only what says something is kept."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field, StrictBool

from fusion_memory.core.capture import ScreeningReport
from fusion_memory.service.caller import Calling
from fusion_memory.service.replies import reply
from fusion_memory.service.requests import Message, Metadata, Moment, Name, Scoped, Text

router = APIRouter(prefix="/v1", tags=["memories"])


class Captured(Scoped):
    """Records of a log, in any usual form: lines, or objects with role and content."""

    records: list[Text | Message] = Field(
        max_length=10_000, examples=[[{"type": "user", "message": {"role": "user", "content": "I keep bees."}}]]
    )
    session_time: Moment | None = None
    metadata: Metadata | None = None
    roles: list[Name] = Field(default_factory=lambda: ["user"], max_length=20)
    dry_run: StrictBool = False


@router.post("/log", response_model=ScreeningReport, summary="Take in a captured log")
def ingest_log(caller: Calling, given: Captured) -> JSONResponse:
    """What is noise or says nothing is left out and accounted for: every record is counted."""
    return reply(
        caller.memory.ingest_log(
            given.records,
            caller.scope(given.whose),
            given.session_time,
            given.metadata,
            roles=given.roles,
            dry_run=given.dry_run,
        )
    )
