"""``/v1/packs /v1/recall /v1/answers /v1/traces /v1/spans``: evidence, answers, and how they came about."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import StrictBool

from fusion_memory.core.answers import Answer
from fusion_memory.core.packs import ContextPack, PackDiff, PackNote, Recall, StoredPack
from fusion_memory.core.records import Span, Trace
from fusion_memory.service.caller import Calling
from fusion_memory.service.replies import reply, versioned
from fusion_memory.service.requests import AskedWithin, Limit, ObjectId, Scoped, ScopeIds

router = APIRouter(prefix="/v1", tags=["evidence and answers"])


class Listed(ScopeIds):
    """How many packs."""

    limit: Limit = 20


class Replaying(Scoped):
    """From what was known when the pack was made, or from what is known now."""

    now: StrictBool = False


@router.post("/packs", response_model=ContextPack, summary="Pack the evidence for a question")
def pack(caller: Calling, asked: AskedWithin) -> JSONResponse:
    """Cited lines within a token budget, marked as data, ready to be put before a model."""
    scope = caller.scope(asked.whose)
    return reply(caller.memory.answer_context(asked.query, scope, asked.budget, asked.options.given()))


@router.post("/recall", response_model=Recall, summary="Search, and pack the evidence, at once")
def recall(caller: Calling, asked: AskedWithin) -> JSONResponse:
    """The hits of one search and the pack made of them."""
    scope = caller.scope(asked.whose)
    return reply(caller.memory.recall(asked.query, scope, asked.budget, asked.options.given()))


@router.get("/packs", response_model=list[PackNote], summary="The packs handed out lately")
def packs(caller: Calling, asked: Annotated[Listed, Query()]) -> JSONResponse:
    """The latest first."""
    return reply(caller.memory.packs(caller.scope(asked.whose), asked.limit))


@router.get("/packs/{pack_id}", response_model=StoredPack, summary="A pack that was handed out")
def stored_pack(caller: Calling, pack_id: ObjectId, asked: Annotated[ScopeIds, Query()]) -> JSONResponse:
    """Its texts are read again; lines whose memory was erased are gone, and named."""
    return reply(caller.memory.pack(pack_id, caller.scope(asked.whose)))


@router.post("/packs/{pack_id}/replay", response_model=ContextPack, summary="Make a pack anew")
def replay(caller: Calling, pack_id: ObjectId, given: Replaying) -> JSONResponse:
    """With the question, budget and options it had."""
    return reply(caller.memory.replay_pack(pack_id, caller.scope(given.whose), now=given.now))


@router.get("/packs/{pack_id}/diff/{other_id}", response_model=PackDiff, summary="How two packs differ")
def diff(
    caller: Calling, pack_id: ObjectId, other_id: ObjectId, asked: Annotated[ScopeIds, Query()]
) -> JSONResponse:
    """Line by line."""
    return reply(caller.memory.diff_packs(pack_id, other_id, caller.scope(asked.whose)))


@router.post("/answers", response_model=Answer, summary="Answer a question with checked quotes")
def answer(caller: Calling, asked: AskedWithin) -> JSONResponse:
    """Each claim with a quote that stands in the memories letter for letter, or why there is no answer."""
    scope = caller.scope(asked.whose)
    return reply(caller.memory.answer(asked.query, scope, asked.budget, asked.options.given()))


@router.get("/traces/{trace_id}", response_model=Trace, summary="The explanation of a search")
def trace(caller: Calling, trace_id: ObjectId, asked: Annotated[ScopeIds, Query()]) -> JSONResponse:
    """How its hits were found and scored; without texts, those stay where they are."""
    return reply(caller.memory.get(trace_id, "trace", caller.scope(asked.whose)))


@router.get("/spans/{memory_id}/{number}", response_model=Span, summary="Fetch a passage")
def span(
    caller: Calling, memory_id: ObjectId, number: ObjectId, asked: Annotated[ScopeIds, Query()]
) -> JSONResponse:
    """The id of a passage is that of its memory, ``#``, and its number."""
    return versioned(caller.memory.get(f"{memory_id}#{number}", "span", caller.scope(asked.whose)))
