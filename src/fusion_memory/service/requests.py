"""The shapes that requests share: nothing unknown passes, wrong types are not converted, ids name a scope.

Routes build their own models on these. Times stay texts: the memory reads them. This file must not know the memory.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt

from fusion_memory.core.graph import Tier
from fusion_memory.core.knowledge import FactType
from fusion_memory.core.records import Trust
from fusion_memory.core.scope import MAX_ID_CHARS

MOST = 1_000
MAX_QUERY_CHARS = 100_000
MAX_NAME_CHARS = 1_024
MAX_CURSOR_CHARS = 2_048
EXAMPLE_TIME = "2026-03-14T09:30:00+01:00"

Id = Annotated[str, Field(min_length=1, max_length=MAX_ID_CHARS)]
"""An id that a caller chose."""

ObjectId = Annotated[str, Path(min_length=1, max_length=MAX_ID_CHARS, examples=["mem_01k9a3b4c5d6e7f8g9h0j1k2m3"])]
"""An id in the path that this service gave."""

Moment = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        examples=[EXAMPLE_TIME],
        description="A time in the form of ISO 8601; without a zone it is UTC.",
        json_schema_extra={"anyOf": [{"format": "date-time"}, {"format": "date"}]},
    ),
]
"""A time in the form of ISO 8601; without a zone it is UTC."""

Text = Annotated[str, Field(min_length=1)]
Question = Annotated[str, Field(min_length=1, max_length=MAX_QUERY_CHARS, examples=["Where does Ana live?"])]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARS)]
Limit = Annotated[int, Field(ge=1, le=MOST, examples=[10])]
"""A number of items in a query string."""

Count = Annotated[StrictInt, Field(ge=1, le=MOST, examples=[10])]
"""A number of items in a body."""

TopK = Annotated[StrictInt, Field(ge=1, le=50, examples=[6])]
Tokens = Annotated[StrictInt, Field(ge=1, le=1_000_000, examples=[1_200])]
TrustName = Annotated[str, Field(max_length=64, json_schema_extra={"enum": [level.value for level in Trust]})]
TypeName = Annotated[str, Field(max_length=64, json_schema_extra={"enum": [kind.value for kind in FactType]})]
TierName = Annotated[str, Field(max_length=64, json_schema_extra={"enum": [tier.value for tier in Tier]})]
"""Names that the contract lists and the memory judges."""

Metadata = dict[str, Any]
Message = dict[str, Any]
"""A message: ``content``, and what else there is to say of it; fields of no meaning here are kept as metadata."""


class Strict(BaseModel):
    """A request that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ScopeIds(Strict):
    """Whose memories: at least one of the first four, unless the caller is bound to one."""

    workspace_id: Id | None = None
    user_id: Id | None = Field(default=None, examples=["ana"])
    agent_id: Id | None = None
    run_id: Id | None = None
    session_id: Id | None = None
    app_id: Id | None = None

    @property
    def whose(self) -> dict[str, str | None]:
        """The fields of a scope by name, for :meth:`Caller.scope`."""
        return {name: getattr(self, name) for name in ScopeIds.model_fields}


class Across(ScopeIds):
    """A query that may look beyond the session of its scope."""

    allow_cross_session: bool = False


class AsOf(Across):
    """A query about what was known at a moment."""

    as_of: Moment | None = None


class Scoped(Strict):
    """A body that says whose memories it is about."""

    scope: ScopeIds = Field(default_factory=ScopeIds, examples=[{"user_id": "ana"}])

    @property
    def whose(self) -> dict[str, str | None]:
        """The fields of its scope by name."""
        return self.scope.whose


class Options(Strict):
    """How to search; the fields of ``SearchOptions``, absent ones as the service is set up."""

    limit: Count | None = None
    recipe: Name | None = Field(default=None, examples=["balanced"])
    allow_cross_session: StrictBool | None = None
    group_by: str | None = Field(default=None, pattern="^(memory|session)$", examples=["memory"])
    since: Moment | None = None
    until: Moment | None = None
    as_of: Moment | None = None
    context: list[Question] | None = Field(default=None, max_length=100)
    asked_at: Moment | None = None
    roles: list[Name] | None = Field(default=None, max_length=50)
    session_ids: list[Id] | None = Field(default=None, max_length=1_000)
    metadata: Metadata | None = None
    trust: list[TrustName] | None = Field(default=None, max_length=20)
    origins: list[Name] | None = Field(default=None, max_length=50)
    types: list[TypeName] | None = Field(default=None, max_length=50)
    tiers: list[TierName] | None = Field(default=None, max_length=10, examples=[["hot", "warm"]])
    include_archived: StrictBool | None = None
    min_score: StrictFloat | StrictInt | None = None
    trace: StrictBool | None = None

    def given(self) -> dict[str, Any]:
        """The options that were given, by name."""
        return self.model_dump(exclude_none=True)


class Asked(Scoped):
    """A question to the memories of a scope."""

    query: Question
    options: Options = Field(default_factory=Options, examples=[{"limit": 5}])


class AskedWithin(Asked):
    """A question, and how many tokens the evidence may take."""

    budget: Tokens | None = None
