"""``/v1/events``, ``/v1/answer/stream``, ``/v1/answers/stream``: what happens, and answers, as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from fusion_memory.core.answers import AnswerPart
from fusion_memory.core.errors import FusionMemoryError
from fusion_memory.core.operations import Happenings
from fusion_memory.core.scope import Scope
from fusion_memory.core.wire import encode
from fusion_memory.service.caller import Caller, Calling, recognised_again
from fusion_memory.service.event_stream import BEAT, MEDIA_TYPE, event, retry_after, streamed, told
from fusion_memory.service.life import Life, life_of
from fusion_memory.service.options import options_of
from fusion_memory.service.problems import TYPE_PREFIX, status_of
from fusion_memory.service.requests import AskedWithin, Name, ScopeIds
from fusion_memory.service.routes.agent import Querying
from fusion_memory.service.routes.operations import concerned

router = APIRouter(prefix="/v1", tags=["events"])

LOOKED_EVERY_S: Final = 0.5
ASK_AGAIN_MS: Final = 1_000
PAGE: Final = 100
"""So many events are held at most; the next ones are read when these are sent."""

STREAM: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {MEDIA_TYPE: {}}, "description": "Server-sent events"}
}


class Following(ScopeIds):
    """From where on to tell what happens; from now on when neither this nor ``Last-Event-ID`` says.

    Without ``wait`` the stream ends when everything has been told.
    """

    after: Name | None = Field(default=None, examples=["0-0"])
    wait: bool = True


@router.get("/events", response_class=StreamingResponse, responses=STREAM, summary="What happens, as it happens")
async def events(
    caller: Calling,
    request: Request,
    asked: Annotated[Following, Query()],
    last_event_id: Annotated[str | None, Header(max_length=64)] = None,
) -> StreamingResponse:
    """An event for everything stored, read out of it, erased or done, told by ids and counts.

    Every one has an id; a reader that comes back with it as ``Last-Event-ID`` misses nothing, also after a restart.
    """
    scope = concerned(caller, asked)
    first = await run_in_threadpool(caller.memory.happenings, scope, last_event_id or asked.after, PAGE)
    life = life_of(request.scope)
    stream = life.streaming()
    stream.__enter__()  # before the response begins, so that one too many is refused with a status
    return streamed(_followed(Follower(caller, scope, request, life, wait=asked.wait), first, stream))


class Follower:
    """Who follows what happens, and where."""

    def __init__(self, caller: Caller, scope: Scope | None, request: Request, life: Life, *, wait: bool) -> None:
        self.caller = caller
        self.scope = scope
        self.request = request
        self.life = life
        self.wait = wait

    def look(self, cursor: str) -> Happenings:
        """What happened since, if the caller may still ask.

        Raises:
            AccessDenied: the caller's key was revoked meanwhile.
        """
        memory = recognised_again(self.request, self.caller).memory
        return memory.happenings(self.scope, cursor, PAGE)


@router.post(
    "/answer/stream", response_class=StreamingResponse, responses=STREAM, summary="Answer a question, part by part"
)
def answer_stream(caller: Calling, request: Request, asked: Querying) -> StreamingResponse:
    """Each claim once its quotes are checked, at the end the whole.

    Ids count the parts; asked again, an answer begins anew.
    """
    parts = caller.memory.answer_stream(asked.query, asked.scope(caller), asked.budget, asked.options())
    return streamed(_answered(parts, options_of(request).settings.heartbeat_s))


@router.post(
    "/answers/stream",
    response_class=StreamingResponse,
    responses=STREAM,
    summary="Answer a question with checked quotes, part by part",
)
def answers_stream(caller: Calling, request: Request, asked: AskedWithin) -> StreamingResponse:
    """Each claim once its quotes are checked, at the end the whole.

    Ids count the parts; asked again, an answer begins anew.
    """
    scope = caller.scope(asked.whose)
    parts = caller.memory.answer_stream(asked.query, scope, asked.budget, asked.options.given())
    return streamed(_answered(parts, options_of(request).settings.heartbeat_s))


async def _followed(follower: Follower, page: Happenings, stream: object) -> AsyncIterator[str]:
    beat_s = options_of(follower.request).settings.heartbeat_s
    quiet_s = 0.0
    try:
        yield retry_after(ASK_AGAIN_MS)
        yield f"id: {page.cursor}\n: from here on\n\n" if not page.items else BEAT
        while not follower.life.ending:
            for one in page.items:
                yield event(one.kind, encode(one), one.cursor)
                quiet_s = 0.0
            if not (page.more or follower.wait):
                yield event("end", {"reason": "told"})
                return
            if not page.more:
                await asyncio.sleep(LOOKED_EVERY_S)
                quiet_s += LOOKED_EVERY_S
            if beat_s and quiet_s >= beat_s:
                yield BEAT
                quiet_s = 0.0
            page = await run_in_threadpool(follower.look, page.cursor)
        yield event("end", {"reason": "shutdown"})
    except FusionMemoryError as error:
        yield _failed(error)
    finally:
        stream.__exit__(None, None, None)  # type: ignore[attr-defined] # a context manager


async def _answered(parts: Iterator[AnswerPart], beat_s: float) -> AsyncIterator[str]:
    number = 0
    try:
        async for part in told(parts, beat_s):
            if part is None:
                yield BEAT
                continue
            number += 1
            if part.answer is not None:
                yield event("answer", encode(part.answer), str(number))
            else:
                yield event("claim", encode(part.claim), str(number))
    except FusionMemoryError as error:
        yield _failed(error)


def _failed(error: FusionMemoryError) -> str:
    """What went wrong once a response had begun: its kind, in the words of a problem."""
    title = (type(error).__doc__ or "").strip()
    known = {"type": TYPE_PREFIX + error.code, "title": title, "status": status_of(error), "code": error.code}
    return event("problem", known)
