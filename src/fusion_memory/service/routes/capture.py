"""``/v1/log``: a captured log, of which only what says something is kept."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field, StrictBool

from fusion_memory.core.capture import LogRecord, ScreeningReport
from fusion_memory.core.errors import InvalidInput
from fusion_memory.core.wire import Mismatch, decode
from fusion_memory.service.caller import Calling
from fusion_memory.service.replies import reply
from fusion_memory.service.requests import Message, Metadata, Moment, Name, Scoped, Text

router = APIRouter(prefix="/v1", tags=["memories"])

READ = frozenset(item.name for item in fields(LogRecord))
"""All fields of a record that was read."""


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
            [_as_read(record) for record in given.records],
            caller.scope(given.whose),
            given.session_time,
            given.metadata,
            roles=given.roles,
            dry_run=given.dry_run,
        )
    )


def _as_read(record: str | dict[str, Any]) -> str | dict[str, Any] | LogRecord:
    """A record that its source has read already, as a client sends it; any other as it came.

    Raises:
        InvalidInput: it has the fields of one that was read, and a value is none.
    """
    if not isinstance(record, dict) or not record.keys() >= READ:
        return record
    try:
        return decode(LogRecord, record)
    except Mismatch as error:
        raise InvalidInput("A record cannot be read.", why=f"In it {error}.") from None
