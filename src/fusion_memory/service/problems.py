"""Every failure as a problem of RFC 9457: ``type, title, status, detail, code, hint, instance``.

Words are English or Chinese, as ``Accept-Language`` asks. What the server is at fault for is told by its kind only:
no path, no stack, no value of a setting leaves the house. This file must not know any route.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fusion_memory.core import errors, service_errors
from fusion_memory.core.error_words import in_words
from fusion_memory.core.errors import FusionMemoryError
from fusion_memory.service.unrepeated import unrepeated
from fusion_memory.service.words import HINTS, language_of

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:fusion-memory:problem:"
BUSY_RETRY_S = 1
COMMAND = "fusion-memory "
"""How a fix begins that names a command, which is of no use over HTTP."""

STATUSES: Mapping[type[FusionMemoryError], int] = {
    errors.InvalidInput: 422,
    errors.TextTooLong: 413,
    errors.OnHold: 409,
    errors.PreviewOutdated: 409,
    errors.NotFound: 404,
    errors.AccessDenied: 403,
    errors.DatabaseLocked: 503,
    errors.DatabaseReadOnly: 503,
    errors.DiskFull: 507,
    errors.ModelError: 502,
    errors.ModelUnavailable: 503,
    errors.ModelTimeout: 504,
    errors.ServiceClosed: 503,
    service_errors.Unauthenticated: 401,
    service_errors.MisdirectedRequest: 421,
    service_errors.TooManyRequests: 429,
    service_errors.MalformedRequest: 400,
    service_errors.BadCursor: 400,
    service_errors.TooLarge: 413,
    service_errors.HeadersTooLarge: 431,
    service_errors.TimedOut: 503,
    service_errors.KeyUsedOtherwise: 422,
    service_errors.StillUnderWay: 409,
    service_errors.AnswerGone: 410,
    service_errors.DevelopmentOff: 403,
    service_errors.Conflicting: 409,
    service_errors.StaleVersion: 412,
    service_errors.NoSuchRoute: 404,
    service_errors.MethodNotAllowed: 405,
}
"""The status of each kind of error, its nearest kind counting; 500 for all others."""

_log = logging.getLogger(__name__)


def status_of(error: FusionMemoryError) -> int:
    """The HTTP status of an error."""
    return next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)


def problem_of(error: FusionMemoryError, request: Request, **more: object) -> JSONResponse:
    """The response that tells an error; ``more`` are further members of the problem."""
    status = status_of(error)
    language = language_of(request)
    told = error if status < 500 else type(error)()
    said = in_words(told, language)
    general = not said.fix_of_its_own or said.fix.startswith(COMMAND)
    hint = HINTS[language].get(error.code, said.fix) if general else said.fix
    gap = " " if language == "en" else ""
    body = {
        "type": TYPE_PREFIX + error.code,
        "title": said.title,
        "status": status,
        "detail": unrepeated(f"{said.message}{gap}{said.why}"),
        "code": error.code,
        "hint": unrepeated(hint),
        "instance": unrepeated(request.url.path),
        **more,
    }
    headers = {"Content-Language": language, **_headers(error, status)}
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let an application tell every failure as a problem."""
    app.add_exception_handler(FusionMemoryError, _on_known)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)


class LastResort:
    """Turns what nobody expected into a problem, and logs where it was raised but nothing that it said."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 (the last line of defence: a caller never sees a stack)
            _log.error("%s %s failed: %s", scope["method"], _route(scope), _place(error))
            if begun:
                raise ConnectionAbortedError("the response was cut off") from None
            await problem_of(service_errors.Unexpected(), Request(scope))(scope, receive, send)


def _on_known(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, FusionMemoryError):
        raise TypeError(type(error))
    if status_of(error) == 500:
        _log.error("%s %s failed: %s", request.method, _route(request.scope), _place(error))
    return problem_of(error, request)


def _on_invalid(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise TypeError(type(error))
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return problem_of(service_errors.MalformedRequest(), request)
    return problem_of(service_errors.InvalidRequest(), request, errors=_places(found))


def _on_http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise TypeError(type(error))
    kinds = {404: service_errors.NoSuchRoute, 405: service_errors.MethodNotAllowed, 413: service_errors.TooLarge}
    known = kinds.get(error.status_code)
    told = known() if known else service_errors.MalformedRequest()
    answer = problem_of(told, request)
    answer.headers.update(error.headers or {})
    return answer


def _places(found: Sequence[Any]) -> list[dict[str, str]]:
    """Where the faults are and what is wrong there, without the values: they may be secrets."""
    return [
        {"where": unrepeated("/".join(str(step) for step in one["loc"])), "what": unrepeated(str(one["msg"]))}
        for one in found[:20]
    ]


def _headers(error: FusionMemoryError, status: int) -> dict[str, str]:
    if isinstance(error, service_errors.TooManyRequests | service_errors.StillUnderWay):
        return {"Retry-After": str(max(1, math.ceil(error.retry_after_s)))}
    if isinstance(error, errors.DatabaseLocked | service_errors.TimedOut):
        return {"Retry-After": str(BUSY_RETRY_S)}
    return {"WWW-Authenticate": "Bearer"} if status == 401 else {}


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "(no route)"))


def _place(error: BaseException) -> str:
    """The kind of an error and the line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {where}"
