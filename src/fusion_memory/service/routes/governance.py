"""``/v1/policy holds decay subjects receipts``: what stays how near and how long, and what was erased.

Setting and applying a policy, placing and releasing a hold, and overriding one take the right to administer.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field, StrictBool

from fusion_memory.core.policy import DecayValue, Hold, PolicyReport, PolicyView
from fusion_memory.core.receipts import Receipt, VerifiedReceipt
from fusion_memory.core.reports import ForgetResult
from fusion_memory.service.caller import Calling
from fusion_memory.service.replies import reply
from fusion_memory.service.requests import Count, Id, Limit, Moment, Name, ObjectId, Scoped, ScopeIds, Text

router = APIRouter(prefix="/v1", tags=["governance"])

Changes = Annotated[dict[str, Any] | None, Field(examples=[{"ttl_days": 90, "expiry": "archive"}])]


class Changing(Scoped):
    """What the level of the scope is to say; null takes a field back."""

    changes: Changes = None
    preset: Name | None = Field(default=None, examples=["ttl-90"])
    afresh: StrictBool = False


class Imagining(Scoped):
    """What the level of the scope is imagined to say, and when."""

    changes: Changes = None
    preset: Name | None = Field(default=None, examples=["ttl-90"])
    at: Moment | None = None


class Applying(Scoped):
    """The moment and the digest of a preview; without them what is due now."""

    at: Moment | None = None
    digest: Name | None = None


class Holding(Scoped):
    """What is held, and why; without ids everything at the level of the scope."""

    reason: Text = Field(examples=["matter 12"])
    ids: list[Id] | None = Field(default=None, max_length=10_000)


class Held(ScopeIds):
    """Whether to list what ended, too."""

    released: bool = False


class Fading(Scoped):
    """Which memories; without ids the latest of the scope."""

    ids: list[Id] | None = Field(default=None, max_length=10_000)
    at: Moment | None = None
    limit: Count = 100


class Subject(Scoped):
    """Whom to erase: one user, agent or run."""

    dry_run: StrictBool = False
    despite_hold: Text | None = Field(default=None, examples=["order of the court, 12 May"])


class Proving(ScopeIds):
    """How many receipts."""

    limit: Limit = 100


@router.get("/policy", response_model=PolicyView, summary="The policy that holds in a scope")
def policy(caller: Calling, asked: Annotated[ScopeIds, Query()]) -> JSONResponse:
    """With the levels it was made of, the widest first."""
    return reply(caller.memory.policy(caller.scope(asked.whose)))


@router.patch("/policy", response_model=PolicyView, summary="Change what a level of policies says")
def set_policy(caller: Calling, given: Changing) -> JSONResponse:
    """A workspace, an owner or a session. Nothing is applied: preview it first."""
    scope = caller.scope(given.whose)
    return reply(caller.memory.set_policy(scope, given.changes, preset=given.preset, afresh=given.afresh))


@router.post("/policy/preview", response_model=PolicyReport, summary="What a policy would do")
def preview(caller: Calling, given: Imagining) -> JSONResponse:
    """Counts by deed and reason with examples; nothing is done. Apply it with its ``at`` and ``digest``."""
    scope = caller.scope(given.whose)
    return reply(caller.memory.preview_policy(scope, given.changes, preset=given.preset, at=given.at))


@router.post("/policy/apply", response_model=PolicyReport, summary="Do what a policy says")
def apply(caller: Calling, given: Applying) -> JSONResponse:
    """In one transaction; with the ``at`` and ``digest`` of a preview exactly that, or nothing."""
    return reply(caller.memory.apply_policy(caller.scope(given.whose), at=given.at, digest=given.digest))


@router.get("/holds", response_model=list[Hold], summary="The legal holds that bear on a scope")
def holds(caller: Calling, asked: Annotated[Held, Query()]) -> JSONResponse:
    """What they cover is neither archived nor erased."""
    return reply(caller.memory.holds(caller.scope(asked.whose), released=asked.released))


@router.post("/holds", status_code=201, response_model=Hold, summary="Place a legal hold")
def hold(caller: Calling, given: Holding) -> JSONResponse:
    """On everything at the level of the scope, or on some memories of it."""
    return reply(caller.memory.hold(caller.scope(given.whose), given.reason, given.ids), 201)


@router.post("/holds/{hold_id}/release", response_model=Hold, summary="Release a legal hold")
def release(caller: Calling, hold_id: ObjectId, given: Scoped) -> JSONResponse:
    """The scope is the one that it was placed in."""
    return reply(caller.memory.release_hold(hold_id, caller.scope(given.whose)))


@router.post("/decay", response_model=list[DecayValue], summary="How strong memories are and will be")
def decay(caller: Calling, given: Fading) -> JSONResponse:
    """Now and in 7, 30 and 90 days, if nobody says or uses them."""
    return reply(caller.memory.decay(caller.scope(given.whose), given.ids, at=given.at, limit=given.limit))


@router.post("/subjects/forget", response_model=ForgetResult, summary="Erase a user, agent or run")
def forget_subject(caller: Calling, given: Subject) -> JSONResponse:
    """Memories and every row of every table that is theirs, the name included."""
    scope = caller.scope(given.whose)
    return reply(caller.memory.forget_subject(scope, dry_run=given.dry_run, despite_hold=given.despite_hold))


@router.get("/receipts", response_model=list[Receipt], summary="Receipts of erasures")
def receipts(caller: Calling, asked: Annotated[Proving, Query()]) -> JSONResponse:
    """The latest first; also those of an owner that was erased."""
    return reply(caller.memory.receipts(caller.scope(asked.whose), asked.limit))


@router.get("/receipts/{receipt_id}", response_model=VerifiedReceipt, summary="Verify a receipt")
def verify_receipt(caller: Calling, receipt_id: ObjectId, asked: Annotated[ScopeIds, Query()]) -> JSONResponse:
    """Whether it is unchanged and audited, and nothing of what it names came back."""
    return reply(caller.memory.verify_receipt(receipt_id, caller.scope(asked.whose)))
