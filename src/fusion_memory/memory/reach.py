"""Whom a question of an operator concerns: one owner, the owners of a workspace, or everybody.

Why it exists: memories are read per owner, work and deeds also of many. It must not know what is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.storage.interface import Transaction

EVERYBODY = "*"
"""The workspace that stands for the whole database; no memory is kept in it."""


@dataclass(frozen=True, slots=True)
class Reach:
    """An owner by key, or a workspace, or neither for everybody."""

    owner_no: int | None = None
    workspace_id: str | None = None

    @property
    def columns(self) -> dict[str, int | str | None]:
        """As parameters of a statement."""
        return {"owner_no": self.owner_no, "workspace_id": self.workspace_id}


def of(tx: Transaction, access: Access) -> Reach:
    """Whom a scope means when it is asked about work and deeds."""
    scope = access.scope
    if scope.workspace_id == EVERYBODY:
        return Reach()
    if is_tenant(access):
        return Reach(workspace_id=scope.workspace_id)
    return Reach(owner_no=owners.find(tx, access))


def is_tenant(access: Access) -> bool:
    """Whether a scope names a workspace and nobody in it."""
    scope = access.scope
    return scope.workspace_id is not None and not (scope.user_id or scope.agent_id or scope.run_id)
