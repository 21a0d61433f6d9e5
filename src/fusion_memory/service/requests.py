"""The shapes that requests share: nothing unknown passes, wrong types are not converted, ids name a scope.

Routes build their own models on these. This file must not know the memory.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NaiveDatetime

from fusion_memory.core.scope import MAX_ID_CHARS

Id = Annotated[str, Field(min_length=1, max_length=MAX_ID_CHARS)]
"""An id that a caller chose."""

Moment = Annotated[AwareDatetime | NaiveDatetime, Field(examples=["2026-03-14T09:30:00+01:00"])]
"""A time in the form of ISO 8601; without a zone it is UTC."""


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
    def ids(self) -> dict[str, str | None]:
        """The fields of a scope by name, for :meth:`Caller.scope`."""
        return {name: getattr(self, name) for name in ScopeIds.model_fields}


class Scoped(Strict):
    """A body that says whose memories it is about."""

    scope: ScopeIds = Field(default_factory=ScopeIds)

    @property
    def ids(self) -> dict[str, str | None]:
        """The fields of its scope by name."""
        return self.scope.ids
