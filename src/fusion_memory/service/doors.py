"""The threshold: what is turned away before anybody asks who calls, and what every response carries.

A web page can make a browser call this computer under a name of its own (DNS rebinding), so the ``Host`` must be a
known one, and an ``Origin`` must be one that was allowed. Sources: RFC 9110 (Host), RFC 6454 (Origin), the Fetch
standard (CORS). This file must not know keys or the memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fusion_memory.core.errors import FusionMemoryError
from fusion_memory.core.service_errors import ForbiddenOrigin, MisdirectedRequest
from fusion_memory.service.limits import Level
from fusion_memory.service.problems import problem_of

OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
METHODS = "GET, POST, PUT, PATCH, DELETE"
SENT_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, X-Request-ID"
SHOWN_HEADERS = (
    "ETag, Link, Location, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, X-Request-ID"
)
PREFLIGHT_S = 600
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


@dataclass(frozen=True, slots=True)
class DoorRules:
    """Whom the threshold lets by.

    Attributes:
        hosts: names that may stand in ``Host``, without port, lower case.
        origins: ``scheme://host[:port]`` of web pages that may call.
        new_id: makes ids for requests that bring none.
        spend: hears of a workspace and the bytes it sent and got.
    """

    hosts: frozenset[str]
    origins: frozenset[str]
    new_id: Callable[[], str]
    spend: Callable[[str, int], None]


def hosts_of(listening_on: str, allowed: str) -> frozenset[str]:
    """The names a service answers to: this computer's own, the one it listens on, and those that were allowed."""
    named = {listening_on.strip("[]").lower()} - {"0.0.0.0", "::"}  # noqa: S104 (taken out, not listened on)
    return OWN_NAMES | named | {name.strip("[]").lower() for name in listed(allowed)}


def listed(text: str) -> list[str]:
    """The words of a setting that are separated by commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


class Doors:
    """Middleware that checks ``Host`` and ``Origin``, names every request, and tells rates in headers."""

    def __init__(self, app: ASGIApp, rules: DoorRules) -> None:
        self.app = app
        self.rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or turn it away."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["request_id"] = _request_id(headers, self.rules.new_id)
        origin = headers.get("origin")
        guest = origin if origin is not None and origin in self.rules.origins else None
        sizes = [0]
        outward = _outward(send, state, guest, sizes)
        refusal = self._refusal(headers, origin, guest, str(scope.get("scheme")))
        if refusal is not None:
            await problem_of(refusal, Request(scope))(scope, receive, outward)
        elif guest is not None and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await Response(status_code=204, headers=_preflight())(scope, receive, outward)
        else:
            await self.app(scope, _inward(receive, sizes), outward)
            self.rules.spend(str(state.get("tenant", "")), sizes[0])

    def _refusal(
        self, headers: Headers, origin: str | None, guest: str | None, scheme: str
    ) -> FusionMemoryError | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _name_of(hosts[0]) not in self.rules.hosts:
            return MisdirectedRequest()
        if origin is not None and guest is None and origin != f"{scheme}://{hosts[0]}":
            return ForbiddenOrigin()
        return None


def _name_of(host: str) -> str:
    """The name in a ``Host`` header, without its port; empty when it is none."""
    found = re.fullmatch(r"\[([0-9A-Fa-f:.]+)\](?::\d{1,5})?|([^:\s/@\\]+)(?::\d{1,5})?", host)
    return (found[1] or found[2]).lower().removesuffix(".") if found else ""


def _request_id(headers: Headers, new_id: Callable[[], str]) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else new_id()


def _inward(receive: Receive, sizes: list[int]) -> Receive:
    async def counted() -> Message:
        message = await receive()
        sizes[0] += len(message.get("body", b""))
        return message

    return counted


def _outward(send: Send, state: MutableMapping[str, Any], guest: str | None, sizes: list[int]) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = state["request_id"]
            headers["X-Content-Type-Options"] = "nosniff"
            headers.update(_rate_headers(state.get("rate")))
            headers.add_vary_header("Origin")
            if guest is not None:
                headers["Access-Control-Allow-Origin"] = guest
                headers["Access-Control-Expose-Headers"] = SHOWN_HEADERS
        sizes[0] += len(message.get("body", b""))
        await send(message)

    return told


def _rate_headers(level: Level | None) -> dict[str, str]:
    if level is None:
        return {}
    return {
        "RateLimit-Limit": str(level.limit),
        "RateLimit-Remaining": str(level.remaining),
        "RateLimit-Reset": str(int(-(-level.wait_s // 1))),
    }


def _preflight() -> dict[str, str]:
    return {
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": SENT_HEADERS,
        "Access-Control-Max-Age": str(PREFLIGHT_S),
    }


def unusable(origins: Iterable[str]) -> list[str]:
    """The origins that are none: of another form than ``scheme://host[:port]``, or a star."""
    return [origin for origin in origins if not re.fullmatch(r"https?://[^/\s*@]+", origin)]
