"""Server-sent events: their form on the wire, and signs of life while nothing happens.

A reader that is slow is waited for, so nothing piles up here. This file must not know what is told.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final, TypeVar

from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

MEDIA_TYPE: Final = "text/event-stream"
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
BEAT: Final = ": alive\n\n"

Made = TypeVar("Made")


def event(kind: str, data: object, number: str | None = None) -> str:
    """One event; its data is JSON, so it never has a line break of its own."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    head = "" if number is None else f"id: {number}\n"
    return f"{head}event: {kind}\ndata: {written}\n\n"


def retry_after(milliseconds: int) -> str:
    """When a reader that lost the stream asks again."""
    return f"retry: {milliseconds}\n\n"


def streamed(parts: AsyncIterator[str]) -> StreamingResponse:
    """A response that tells events as they come."""
    return StreamingResponse(parts, media_type=MEDIA_TYPE, headers=HEADERS)


async def beating(make: Callable[[], Made], every_s: float) -> AsyncIterator[Made | None]:
    """What a call in another thread makes, at the end; until then None every so many seconds."""
    task = asyncio.ensure_future(run_in_threadpool(make))
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=every_s or None)
            if not task.done():
                yield None
        yield task.result()
    finally:
        task.cancel()


async def told(parts: Iterator[Made], every_s: float) -> AsyncIterator[Made | None]:
    """The parts of an iterator that is slow, each taken in another thread; None as a sign of life."""
    ended = object()
    while True:
        made: Made | object | None = None
        async for made in beating(lambda: next(parts, ended), every_s):
            if made is None:
                yield None
        if made is ended:
            return
        yield made  # type: ignore[misc] # what the iterator gave
