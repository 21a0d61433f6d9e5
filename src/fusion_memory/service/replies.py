"""Successful responses: records in the one JSON form that commands and the client use, too."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.responses import JSONResponse

from fusion_memory.core.wire import encode
from fusion_memory.service.versions import etag_of


def reply(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A record, or several, as JSON."""
    return JSONResponse(encode(value), status, headers)


def versioned(record: object, status: int = 200) -> JSONResponse:
    """A record with its version in ``ETag``."""
    return reply(record, status, {"ETag": etag_of(record)})
