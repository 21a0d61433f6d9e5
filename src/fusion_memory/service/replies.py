"""Successful responses: records in the one JSON form that commands and the client use, too."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.responses import JSONResponse

from fusion_memory.core.wire import encode


def reply(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A record, or several, as JSON."""
    return JSONResponse(encode(value), status, headers)
