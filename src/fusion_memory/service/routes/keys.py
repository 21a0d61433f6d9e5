"""``/v1/keys``: an administrator makes, lists, ends and exchanges keys of its own workspace; an operator any."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field, StrictBool, StrictFloat, StrictInt

from fusion_memory.core.errors import InvalidOption
from fusion_memory.core.keys import MAX_LABEL_CHARS, ApiKey, NewApiKey
from fusion_memory.core.scope import Scope
from fusion_memory.service.caller import Caller, Calling
from fusion_memory.service.replies import reply
from fusion_memory.service.requests import Limit, Moment, Name, ObjectId, Scoped, ScopeIds

router = APIRouter(prefix="/v1", tags=["keys"])
ONCE = {"Cache-Control": "no-store"}


class Making(Scoped):
    """A key that is to be made: what for, with which rights, bound to what."""

    label: str = Field(min_length=1, max_length=MAX_LABEL_CHARS, examples=["nightly import"])
    rights: list[Name] = Field(default=["read", "write"], max_length=8, examples=[["read"]])
    expires_at: Moment | None = None
    operator: StrictBool = Field(default=False, description="bound to no workspace; only an operator may")


class Exchanging(Scoped):
    """How long the old key stays good."""

    overlap_s: StrictFloat | StrictInt = Field(default=0, ge=0, examples=[3_600])


class Listing(ScopeIds):
    """Whose keys to list."""

    limit: Limit = 100


@router.post("/keys", status_code=201, response_model=NewApiKey, summary="Make a key")
def make(caller: Calling, given: Making) -> JSONResponse:
    """Its secret is in this response and nowhere else. It may do no more than the key that makes it."""
    if given.operator:
        if any(given.whose.values()):
            raise InvalidOption("An operator's key is bound to nothing.", fix="leave out scope, or operator")
        made = caller.memory.create_operator_key(given.label, given.rights, given.expires_at)
    else:
        scope = caller.scope(given.whose)
        made = caller.memory.create_key(scope, given.label, given.rights, given.expires_at)
    return reply(made, 201, ONCE)


@router.get("/keys", response_model=list[ApiKey], summary="List keys")
def listed(caller: Calling, asked: Annotated[Listing, Query()]) -> JSONResponse:
    """Without their secrets, the newest first."""
    return reply(caller.memory.keys(place_of_work(caller, asked), asked.limit))


@router.delete("/keys/{key_id}", response_model=ApiKey, summary="End a key")
def revoke(caller: Calling, key_id: ObjectId, asked: Annotated[ScopeIds, Query()]) -> JSONResponse:
    """At once, in every process."""
    return reply(caller.memory.revoke_key(key_id, place_of_work(caller, asked)))


@router.post("/keys/{key_id}/rotate", status_code=201, response_model=NewApiKey, summary="Exchange a key")
def rotate(caller: Calling, key_id: ObjectId, given: Exchanging) -> JSONResponse:
    """The new one may do what the old one may; the old one ends now, or after the overlap."""
    place = place_of_work(caller, given.scope)
    return reply(caller.memory.rotate_key(key_id, place, given.overlap_s), 201, ONCE)


def place_of_work(caller: Caller, asked: ScopeIds) -> Scope | None:
    """The scope that is meant; None, the whole database, where an unbound caller names nothing."""
    return caller.scope(asked.whose) if caller.principal.within or any(asked.whose.values()) else None
