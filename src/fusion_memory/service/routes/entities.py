"""``/v1/entities`` and ``/v1/graph``: who and what was spoken of, under which names, and what connects them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from fusion_memory.core.graph import EntityGraph, MergeSuggestion
from fusion_memory.core.knowledge import Entity, EntityKind
from fusion_memory.service.caller import Calling
from fusion_memory.service.replies import reply, versioned
from fusion_memory.service.requests import Limit, Moment, Name, ObjectId, Scoped, ScopeIds

router = APIRouter(prefix="/v1", tags=["entities"])


KindName = Annotated[str, Field(max_length=64, json_schema_extra={"enum": [kind.value for kind in EntityKind]})]
"""A name that the contract lists and the memory judges."""


class Wanted(ScopeIds):
    """Which entities."""

    kind: KindName | None = Field(default=None, examples=["person"])
    as_of: Moment | None = None
    limit: Limit = 100


class Suggesting(ScopeIds):
    """How many pairs."""

    as_of: Moment | None = None
    limit: Limit = 50


class Around(ScopeIds):
    """Whose neighbours, and how far away."""

    entity: Name = Field(examples=["Ana"])
    hops: Annotated[int, Field(ge=1, le=10)] = 1
    limit: Limit = 50
    as_of: Moment | None = None


class Merging(Scoped):
    """Two names of one entity."""

    keep: Name = Field(examples=["Robert"])
    other: Name = Field(examples=["Bob"])
    reason: Annotated[str, Field(max_length=1_000)] = ""


class Splitting(Scoped):
    """A name that is to stand alone again."""

    name: Name = Field(examples=["Bob"])
    reason: Annotated[str, Field(max_length=1_000)] = ""


class Naming(Scoped):
    """An entity and another name of it."""

    entity: Name = Field(examples=["Robert"])
    alias: Name = Field(examples=["Rob"])


class Unnaming(ScopeIds):
    """An entity and a name that is none of it."""

    entity: Name = Field(examples=["Robert"])
    alias: Name = Field(examples=["Rob"])


@router.get("/entities", response_model=list[Entity], summary="Who and what was spoken of")
def entities(caller: Calling, asked: Annotated[Wanted, Query()]) -> JSONResponse:
    """Most often named first."""
    scope = caller.scope(asked.whose)
    return reply(caller.memory.entities(scope, asked.kind, limit=asked.limit, as_of=asked.as_of))


@router.get("/entities/suggestions", response_model=list[MergeSuggestion], summary="Names that may be one entity")
def merge_suggestions(caller: Calling, asked: Annotated[Suggesting, Query()]) -> JSONResponse:
    """For a person to decide, each with its reason."""
    return reply(caller.memory.merge_suggestions(caller.scope(asked.whose), limit=asked.limit, as_of=asked.as_of))


@router.get("/entities/{entity_id}", response_model=Entity, summary="Fetch an entity")
def entity(caller: Calling, entity_id: ObjectId, asked: Annotated[ScopeIds, Query()]) -> JSONResponse:
    """By its id or any of its names."""
    return versioned(caller.memory.get(entity_id, "entity", caller.scope(asked.whose)))


@router.post("/entities/merge", response_model=Entity, summary="Let two names mean one entity")
def merge(caller: Calling, given: Merging) -> JSONResponse:
    """Where each mention came from stays known."""
    return reply(caller.memory.merge_entities(caller.scope(given.whose), given.keep, given.other, given.reason))


@router.post("/entities/split", response_model=Entity, summary="Undo the last merge of a name")
def split(caller: Calling, given: Splitting) -> JSONResponse:
    """Each name stands as it stood."""
    return reply(caller.memory.split_entity(caller.scope(given.whose), given.name, given.reason))


@router.post("/entities/aliases", response_model=Entity, summary="Give an entity another name")
def add_alias(caller: Calling, given: Naming) -> JSONResponse:
    """Whether or not anybody used it."""
    return reply(caller.memory.add_alias(caller.scope(given.whose), given.entity, given.alias))


@router.delete("/entities/aliases", response_model=Entity, summary="Take a name away from an entity")
def remove_alias(caller: Calling, asked: Annotated[Unnaming, Query()]) -> JSONResponse:
    """One that somebody used stands alone from now on."""
    return reply(caller.memory.remove_alias(caller.scope(asked.whose), asked.entity, asked.alias))


@router.get("/graph", response_model=EntityGraph, summary="An entity and its neighbours")
def graph(caller: Calling, asked: Annotated[Around, Query()]) -> JSONResponse:
    """With the facts between all of them."""
    scope = caller.scope(asked.whose)
    return reply(
        caller.memory.entity_graph(asked.entity, scope, hops=asked.hops, limit=asked.limit, as_of=asked.as_of)
    )
