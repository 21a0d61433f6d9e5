"""``GET /v1/points``: where memories lie among each other, in bytes that can be drawn as they come."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response
from pydantic import Field

from fusion_memory.service import points_form
from fusion_memory.service.caller import Calling
from fusion_memory.service.requests import ScopeIds

router = APIRouter(prefix="/v1", tags=["operations"])

MOST: Final = 100_000


class Drawing(ScopeIds):
    """How many points, and whether their ids come with them."""

    limit: Annotated[int, Field(ge=1, le=MOST, examples=[20_000])] = 20_000
    ids: bool = True


@router.get(
    "/points",
    response_class=Response,
    responses={
        200: {"content": {points_form.MEDIA_TYPE: {}}, "description": "Points, as docs/operations.md describes"},
        304: {"description": "They are as they were"},
    },
    summary="Where memories lie among each other",
)
def points(
    caller: Calling,
    asked: Annotated[Drawing, Query()],
    if_none_match: Annotated[str | None, Header(max_length=1_024)] = None,
) -> Response:
    """Three axes, type of fact, tier, age and how often it was said.

    Of more memories than ``limit`` evenly chosen ones are drawn.
    """
    scope = caller.scope(asked.whose)
    form = "i" if asked.ids else "r"
    known = {tag.strip().strip('"').removesuffix(f".{form}") for tag in (if_none_match or "").split(",")}
    found = caller.memory.points(scope, asked.limit, unless=frozenset(known - {""}))
    headers = {"ETag": f'"{found.version}.{form}"', "Cache-Control": "private, no-cache"}
    if found.unchanged:
        return Response(status_code=304, headers=headers)
    return Response(points_form.written(found, ids=asked.ids), headers=headers, media_type=points_form.MEDIA_TYPE)
