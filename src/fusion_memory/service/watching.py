"""Every request as operators see it: a number of its own, a line in the access log, a place in the metrics.

Ids, route, status and time; never a path, a query, a header or a body, for those may hold what nobody should read.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fusion_memory.service.meter import Meter

ACCESS: Final = logging.getLogger("fusion_memory.access")
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE: Final = "(none)"
CUT_OFF: Final = 499
"""The status of a request whose caller left or whose response failed halfway."""


class Watched:
    """Measures requests and writes them down.

    Args:
        app: what is behind.
        meter: counts them.
        log: whether they are written to the logger ``fusion_memory.access``, a JSON object each.
        monotonic: seconds from an arbitrary start.
    """

    def __init__(
        self, app: ASGIApp, meter: Meter, *, log: bool, monotonic: Callable[[], float] = time.perf_counter
    ) -> None:
        self.app = app
        self._meter = meter
        self._log = log
        self._monotonic = monotonic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        status, sent, started = CUT_OFF, 0, self._monotonic()

        async def watched(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            sent += len(message.get("body", b""))
            await send(message)

        with self._meter.in_flight():
            try:
                await self.app(scope, receive, watched)
            finally:
                seconds = self._monotonic() - started
                route = str(getattr(scope.get("route"), "path", NO_ROUTE))
                method = scope["method"] if scope["method"] in METHODS else "OTHER"
                self._meter.served(method, route, status, seconds)
                if self._log:
                    told = {"method": method, "route": route, "status": status, "ms": round(seconds * 1_000, 2)}
                    _write({**_caller(state), **told, "bytes": sent})


def _caller(state: dict[str, Any]) -> dict[str, str]:
    """The number of the request, which its response told, and who it turned out to be."""
    number, principal = state.get("request_id"), state.get("principal")
    return {"request_id": str(number or uuid4().hex), **({} if principal is None else {"principal": principal.id})}


def _write(line: dict[str, Any]) -> None:
    if ACCESS.isEnabledFor(logging.INFO):
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        ACCESS.info(json.dumps({"at": at, **line}, ensure_ascii=False))
