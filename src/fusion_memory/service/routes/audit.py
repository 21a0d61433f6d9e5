"""``/v1/audit``: what was done in a workspace, and for operators whether the trail is as it was."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from fusion_memory.core.audit import AuditFilter, AuditRecord, AuditVerdict
from fusion_memory.core.service_errors import BadCursor
from fusion_memory.service.caller import Calling
from fusion_memory.service.cursors import next_link, place_of
from fusion_memory.service.options import options_of
from fusion_memory.service.replies import reply
from fusion_memory.service.requests import MAX_CURSOR_CHARS, Limit, Moment, Name, ScopeIds, Strict
from fusion_memory.service.routes.keys import place_of_work

router = APIRouter(prefix="/v1", tags=["keys"])
MOST_DIGITS = 18


class Auditing(ScopeIds):
    """Which deeds to list."""

    action: Name | None = Field(default=None, examples=["forget"])
    principal: Name | None = Field(default=None, examples=["key:key_01k9a3b4c5d6e7f8g9h0j1k2m3"])
    request_id: Name | None = None
    since: Moment | None = None
    until: Moment | None = None
    limit: Limit | None = None
    cursor: Annotated[str, Field(max_length=MAX_CURSOR_CHARS)] | None = None


class Checking(Strict):
    """A head that was kept elsewhere."""

    head: Name | None = Field(default=None, examples=["5:00112233445566778899aabbccddeeff"])


@router.get("/audit", response_model=list[AuditRecord], summary="What was done, by whom")
def audit(caller: Calling, request: Request, asked: Annotated[Auditing, Query()]) -> JSONResponse:
    """The latest first: ids and counts, never content. While there is more, ``Link`` leads to the next page."""
    place = place_of(request, asked.cursor)
    if place is not None and not (place.isascii() and place.isdigit() and len(place) <= MOST_DIGITS):
        raise BadCursor
    page = caller.memory.audit(
        place_of_work(caller, asked),
        AuditFilter(asked.action, asked.principal, asked.request_id, asked.since, asked.until),
        asked.limit or options_of(request).settings.page,
        int(place) if place is not None else None,
    )
    following = None if page.next_before is None else str(page.next_before)
    return reply(page.records, headers=next_link(request, following))


@router.get("/audit/verify", response_model=AuditVerdict, summary="Check that the audit trail is as it was")
def verify(caller: Calling, asked: Annotated[Checking, Query()]) -> JSONResponse:
    """For operators. Keep ``head`` elsewhere: it proves later that nothing up to it was changed."""
    return reply(caller.memory.verify_audit(asked.head))
