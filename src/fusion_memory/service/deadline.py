"""How long a request may take until its caller is answered. Its work goes on: a thread cannot be called off.

This file must not know routes. A response that has begun, such as a stream, is under no deadline.
"""

from __future__ import annotations

import asyncio
import logging

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fusion_memory.core.service_errors import TimedOut
from fusion_memory.service.problems import problem_of

UNHURRIED = frozenset({"/v1/import"})
"""What takes as long as what is sent is long."""

_log = logging.getLogger(__name__)


class Deadline:
    """Answers 503 when nothing has come in time.

    Args:
        app: what is behind.
        timeout_s: seconds; 0: however long.
    """

    def __init__(self, app: ASGIApp, timeout_s: float) -> None:
        self.app = app
        self._timeout_s = timeout_s
        self._left_behind: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not self._timeout_s or scope["path"] in UNHURRIED:
            await self.app(scope, receive, send)
            return
        begun = late = False

        async def watched(message: Message) -> None:
            nonlocal begun
            if late:
                return
            begun = True
            await send(message)

        async def work() -> None:
            await self.app(scope, receive, watched)

        task = asyncio.create_task(work())
        try:
            await asyncio.wait({task}, timeout=self._timeout_s)
            if task.done() or begun:
                await task
                return
        except asyncio.CancelledError:
            task.cancel()
            raise
        late = True
        self._left_behind.add(task)
        task.add_done_callback(self._forget)
        await problem_of(TimedOut(), Request(scope))(scope, receive, send)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._left_behind.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.error("a request that was answered late failed: %s", type(error).__name__)
