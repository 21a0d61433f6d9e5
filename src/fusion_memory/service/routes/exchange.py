"""``/v1/export`` and ``/v1/import``: everything a scope holds, one JSON object a line (``application/x-ndjson``).

What is sent is written to a temporary file first: no snapshot of the database stays open for as long as a slow
reader takes, and a refusal is still told as a problem.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from fusion_memory.core.errors import InvalidInput
from fusion_memory.core.reports import ImportResult
from fusion_memory.core.scope import OWNER_FIELDS, Scope
from fusion_memory.core.served import ServedMemory
from fusion_memory.core.service_errors import TooDeep, TooLarge
from fusion_memory.core.settings import ServerSettings
from fusion_memory.service.caller import Calling
from fusion_memory.service.options import options_of
from fusion_memory.service.replies import reply
from fusion_memory.service.requests import ScopeIds
from fusion_memory.service.sizes import deeper_than

router = APIRouter(prefix="/v1", tags=["care"])

NDJSON = "application/x-ndjson"
IN_MEMORY_BYTES = 4 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
LINES: Mapping[str, Any] = {
    NDJSON: {
        "schema": {"type": "string"},
        "examples": {"empty": {"value": '{"type":"header","format":"fusion-memory.export.v2"}\n'}},
    }
}


class Whose(ScopeIds):
    """Whose memories; with ``all_owners`` everybody's, for administrators."""

    all_owners: bool = Field(default=False)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={
        200: {"content": dict(LINES), "description": "One JSON object a line, from a header to an end line"}
    },
    summary="Everything a scope holds",
)
def export(caller: Calling, asked: Annotated[Whose, Query()]) -> StreamingResponse:
    """What was said and what was set by hand; the end line has a digest that proves nothing is missing."""
    file = SpooledTemporaryFile[bytes](IN_MEMORY_BYTES)
    try:
        for record in caller.memory.export(_scope(caller, asked)):
            file.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return StreamingResponse(_sent(file), media_type=NDJSON)


@router.post(
    "/import",
    response_model=ImportResult,
    openapi_extra={"requestBody": {"required": True, "content": dict(LINES)}},
    summary="Take in an export",
)
async def import_(caller: Calling, request: Request, asked: Annotated[Whose, Query()]) -> JSONResponse:
    """What is already here is left as it is, so a repetition changes nothing."""
    scope = _scope(caller, asked)
    with SpooledTemporaryFile[bytes](IN_MEMORY_BYTES) as file:
        async for chunk in request.stream():
            await run_in_threadpool(file.write, chunk)
        done = await run_in_threadpool(_take_in, caller.memory, file, scope, options_of(request).settings)
    return reply(done)


def _scope(caller: Calling, asked: Whose) -> Scope | None:
    named = any(asked.whose[name] for name in OWNER_FIELDS)
    return None if asked.all_owners and not named else caller.scope(asked.whose)


def _take_in(memory: ServedMemory, file: IO[bytes], scope: Scope | None, settings: ServerSettings) -> ImportResult:
    file.seek(0)
    return memory.import_records(_records(file, settings), scope=scope)


def _records(file: IO[bytes], settings: ServerSettings) -> Iterator[dict[str, Any]]:
    """The objects of the lines; each may be as long and as deep as the body of another request.

    Raises:
        InvalidInput: a line is none, is too long, or too deep.
    """
    longest = settings.max_body_bytes
    for number, line in enumerate(iter(lambda: file.readline(longest + 1), b""), 1):
        if len(line) > longest:
            raise TooLarge(f"Line {number} is too long.", why="It is over server.max_body_bytes.")
        if deeper_than(line, settings.max_json_depth):
            raise TooDeep(f"Line {number} is nested too deeply.", why="It is over server.max_json_depth.")
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if not isinstance(record, dict):
            raise InvalidInput(f"Line {number} is no JSON object.", fix="send an export as it came")
        yield record


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
