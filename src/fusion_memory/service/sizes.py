"""What a request may be: how many headers, how long a body, how deep its JSON, before anybody reads it.

This file must not know routes, or what a body means.
"""

from __future__ import annotations

import re
from typing import Final

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fusion_memory.core.errors import FusionMemoryError
from fusion_memory.core.service_errors import HeadersTooLarge, MalformedRequest, TooDeep, TooLarge
from fusion_memory.core.settings import ServerSettings
from fusion_memory.service.problems import problem_of

LOOKED_THROUGH_HERE: Final = 64 * 1024
"""A longer body is looked through in another thread."""

IN_PIECES: Final = "/v1/import"
"""What is taken in piece by piece: its route judges each line, and there may be more of them than fit a body."""

_TEXT: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z)', re.DOTALL)
_BRACKETS: Final = bytes.maketrans(b"{}", b"[]")
_OTHERS: Final = bytes(sorted(set(range(256)) - set(b"[]{}")))


class Sizes:
    """Refuses what is too large or too deep, and hands on the body as one piece.

    Args:
        app: what is behind.
        settings: the limits.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self.app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            self._judge_headers(scope)
            if scope["path"] == IN_PIECES:
                await self.app(scope, _counted(receive, self._settings.max_import_bytes), send)
                return
            body = await self._read(scope, receive)
        except FusionMemoryError as error:
            answer = problem_of(error, Request(scope))
            answer.headers["Connection"] = "close"  # what is left of the body is not read
            await answer(scope, receive, send)
            return
        await self.app(scope, receive if body is None else _giving(body, receive), send)

    def _judge_headers(self, scope: Scope) -> None:
        headers = scope["headers"]
        if len(headers) > self._settings.max_headers:
            raise HeadersTooLarge
        if sum(len(name) + len(value) for name, value in headers) > self._settings.max_header_bytes:
            raise HeadersTooLarge

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        """The whole body; None where there is none."""
        headers = dict(scope["headers"])
        told = headers.get(b"content-length", b"0")
        if b"transfer-encoding" not in headers and told in (b"0", b""):
            return None
        most = self._settings.max_body_bytes
        if told.isdigit() and int(told[:20]) > most:
            raise TooLarge
        chunks, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise MalformedRequest
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > most:
                raise TooLarge
            chunks.append(chunk)
            more = message.get("more_body", False)
        body = b"".join(chunks)
        if b"json" in headers.get(b"content-type", b"json").lower():
            await self._judge_depth(body)
        return body

    async def _judge_depth(self, body: bytes) -> None:
        most = self._settings.max_json_depth
        if len(body) <= LOOKED_THROUGH_HERE:
            deep = deeper_than(body, most)
        else:
            deep = await run_in_threadpool(deeper_than, body, most)
        if deep:
            raise TooDeep


def deeper_than(body: bytes, most: int) -> bool:
    """Whether JSON is nested more than ``most`` deep; without parsing it, and in time linear in its length.

    Texts and everything but brackets are taken out; then each step takes out the innermost pairs.
    """
    brackets = _TEXT.sub(b"", body).translate(_BRACKETS, delete=_OTHERS)
    for _ in range(most):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"")
    return b"[]" in brackets or brackets.count(b"[") > most


def _counted(receive: Receive, most: int) -> Receive:
    """The body as it comes, up to so many bytes."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise TooLarge(
                why="It is over server.max_import_bytes.",
                fix="raise the setting server.max_import_bytes, or import where the database is",
            )
        return message

    return counted


def _giving(body: bytes, receive: Receive) -> Receive:
    """The body as one piece, then what comes after it."""
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once
