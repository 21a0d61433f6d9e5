"""``Idempotency-Key``: a request that changes something is done once, however often it arrives.

After the draft of the IETF (draft-ietf-httpapi-idempotency-key-header-07): the answer comes again, another request
under the key is refused with 422, one that is under way with 409. A key is its caller's own. What was answered is
kept in the database, so it outlives this process; it goes with the memories it spoke of, and then there is a 410.
This file must not know what a request means.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, MutableMapping, Set
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final
from uuid import uuid4

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fusion_memory.core.errors import FusionMemoryError, StorageError
from fusion_memory.core.once import Arrival, Begun, KeptResponse, OnceTerms
from fusion_memory.core.scope import Scope as Whose
from fusion_memory.core.served import ServedMemory
from fusion_memory.core.service_errors import AnswerGone, KeyUsedOtherwise, StillUnderWay
from fusion_memory.core.settings import ServerSettings
from fusion_memory.core.telemetry import scopes_reached
from fusion_memory.service.caller import caller_of
from fusion_memory.service.problems import problem_of

_log = logging.getLogger(__name__)

KEY: Final = "idempotency-key"
REPLAYED: Final = "Idempotency-Replayed"
CHANGING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
READING: Final = frozenset(
    {
        "/v1/query",
        "/v1/answer",
        "/v1/answer/stream",
        "/v1/answers",
        "/v1/answers/stream",
        "/v1/recall",
        "/v1/memories/search",
        "/v1/import",
        "/v1/packs",
        "/search",
        "/answer-context",
    }
)
"""What changes nothing, or nothing when it comes again, as an import: it is answered anew."""

PLAIN: Final = ("/forget", "/delete", "/clear", "/reset")
"""What erases answers with ids and counts."""

KEPT_HEADERS: Final = frozenset({"content-type", "content-language", "location", "etag", "link"})
LEAST_LEASE_S: Final = 30.0


class Once:
    """Lets requests with a key through once.

    Args:
        app: what is behind.
        settings: how long answers are kept, and how long a request may take.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self.app = app
        self._terms = OnceTerms(
            holder=HOLDER,
            lease_s=max(2 * settings.request_timeout_s, LEAST_LEASE_S),
            keep_s=settings.idempotency_hours * 3_600,
            is_lost=is_lost,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        key = Headers(scope=scope).get(KEY) if scope["type"] == "http" and scope["method"] in CHANGING else None
        if key is None or scope["path"] in READING:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        body = await _body_of(receive)
        try:
            memory = (await run_in_threadpool(caller_of, request)).memory
            begun = await run_in_threadpool(memory.begin_once, key, _digest(scope, body), self._terms)
            answer = _known(begun)
        except FusionMemoryError as error:
            answer = problem_of(error, request)
        if answer is not None:
            await answer(scope, receive, send)
            return
        await self._attempt(memory, key, begun.ticket, scope, body)(receive, send)

    def _attempt(
        self, memory: ServedMemory, key: str, ticket: str, scope: Scope, body: bytes
    ) -> Callable[[Receive, Send], Any]:
        async def serve(receive: Receive, send: Send) -> None:
            told = _Told()
            try:
                with scopes_reached() as reached:
                    await self.app(scope, _giving(body, receive), told.take)
            except BaseException:
                await run_in_threadpool(_noted, lambda: memory.abandon_once(key, ticket, lost=True))
                raise
            await run_in_threadpool(_end, memory, key, ticket, told, scope, frozenset(reached))
            for message in told.messages:
                await send(message)

        return serve


@dataclass(slots=True)
class _Told:
    """A response on its way."""

    messages: list[MutableMapping[str, Any]] = field(default_factory=list)
    status: int = 500
    headers: Headers = field(default_factory=Headers)

    async def take(self, message: Message) -> None:
        """Take a piece in; it goes out once it is known that the request was done."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], Headers(raw=message.get("headers", []))
        self.messages.append(message)

    def kept(self) -> KeptResponse | None:
        """What may be kept of it; nothing of a response that says so, such as one with a secret."""
        if "no-store" in self.headers.get("cache-control", ""):
            return None
        body = b"".join(message.get("body", b"") for message in self.messages)
        return KeptResponse(self.status, body, {k: v for k, v in self.headers.items() if k in KEPT_HEADERS})


def _end(memory: ServedMemory, key: str, ticket: str, told: _Told, scope: Scope, reached: Set[Whose]) -> None:
    """Write down how an attempt ended."""
    if told.status < 300:
        plain = scope["method"] == "DELETE" or scope["path"].endswith(PLAIN)
        _noted(lambda: memory.finish_once(key, ticket, told.kept(), reached, plain=plain))
    else:
        _noted(lambda: memory.abandon_once(key, ticket, lost=told.status >= 500))


def _noted(write: Callable[[], object]) -> None:
    """Write into the book; what was answered stays true where that fails, so it goes out all the same.

    The key is then taken until its lease is over.
    """
    try:
        write()
    except StorageError as error:
        _log.warning("how a request with an idempotency key ended was not written down: %s", error.code)


def _known(begun: Begun) -> Response | None:
    """The answer of a request that came before; None for one that is to be done.

    Raises:
        KeyUsedOtherwise, StillUnderWay, AnswerGone: there is none.
    """
    match begun.arrival:
        case Arrival.ANOTHER:
            raise KeyUsedOtherwise
        case Arrival.UNDER_WAY:
            raise StillUnderWay(retry_after_s=begun.retry_after_s)
        case Arrival.GONE:
            raise AnswerGone
    if begun.response is None:
        return None
    told = begun.response
    return Response(told.body, told.status, {**told.headers, REPLAYED: "true"})


def _digest(scope: Scope, body: bytes) -> bytes:
    """What tells one request from another: its method, its address, the type and the bytes of its body."""
    kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    made = blake2b(digest_size=32)
    for part in (scope["method"].encode(), scope["raw_path"], scope["query_string"], kind.encode(), body):
        made.update(len(part).to_bytes(8, "big") + part)
    return made.digest()


async def _body_of(receive: Receive) -> bytes:
    chunks, more = [], True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def _giving(body: bytes, receive: Receive) -> Receive:
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


HOLDER: Final = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex}"
"""This process: where it runs, its number, and what tells it from a later one of that number."""


def is_lost(holder: str) -> bool:
    """Whether a process is known to be gone: an earlier one of this number, or a number that nobody has here."""
    host, pid, _ = holder.rsplit(":", 2)
    if os.name != "posix" or host != socket.gethostname() or holder == HOLDER:
        return False
    if int(pid) == os.getpid():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
