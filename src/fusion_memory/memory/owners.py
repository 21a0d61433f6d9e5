"""Owners: the partitions of memory. Turns the scope of an Access into the key every statement carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from fusion_memory.core.clock import to_ms
from fusion_memory.core.scope import Access, Owner, Scope
from fusion_memory.storage.interface import SpanFilter, Transaction

NOBODY = 0
"""The owner key of an owner that has stored nothing: no row has it."""


def find(tx: Transaction, access: Access) -> int:
    """The owner key of a scope, or :data:`NOBODY`."""
    row = tx.one("owner_find", **_columns(access.scope.owner))
    return row[0] if row else NOBODY


def ensure(tx: Transaction, access: Access, at: datetime) -> int:
    """The owner key of a scope, created when it is new."""
    tx.run("owner_create", **_columns(access.scope.owner), created_at=to_ms(at))
    return find(tx, access)


def every(tx: Transaction, access: Access) -> list[Access]:
    """A ticket like this one for every owner there is, each for all of its memory."""
    found = []
    for _, *ids in tx.rows("owner_list"):
        workspace, user, agent, run = (part or None for part in ids)
        scope = Scope(workspace_id=workspace, user_id=user, agent_id=agent, run_id=run)
        found.append(replace(access, scope=scope))
    return found


def scope_of(tx: Transaction, owner_no: int) -> Scope | None:
    """The scope of all of an owner's memory, by the owner's key."""
    row = tx.one("owner_of_number", owner_no=owner_no)
    if row is None:
        return None
    workspace, user, agent, run = (part or None for part in row)
    return Scope(workspace_id=workspace, user_id=user, agent_id=agent, run_id=run)


def whole(scope: Scope) -> Scope:
    """The scope of all of an owner's memory."""
    owner = scope.owner
    ids = (owner.workspace_id, owner.user_id, owner.agent_id, owner.run_id)
    workspace, user, agent, run = (one or None for one in ids)
    return Scope(workspace_id=workspace, user_id=user, agent_id=agent, run_id=run)


def is_whole(access: Access) -> bool:
    """Whether a scope covers all of its owner's memory."""
    scope, owner = access.scope, access.scope.owner
    own = {"agent_id": owner.agent_id, "run_id": owner.run_id}
    return all(own.get(name) == value for name, value in scope.narrowing.items())


def covers(access: Access, narrowing: Mapping[str, str]) -> bool:
    """Whether a scope may see what was asked in a place of its owner: all that narrows it narrowed that place, too.

    Args:
        access: of the scope that reads.
        narrowing: the :attr:`~fusion_memory.core.scope.Scope.narrowing` of the place.
    """
    owner = access.scope.owner
    place = {"agent_id": owner.agent_id, "run_id": owner.run_id, **narrowing}
    return all(place.get(name) == value for name, value in access.scope.narrowing.items())


def narrowing(access: Access) -> dict[str, str | None]:
    """The narrowing ids of a scope as statement parameters; None where a read is not narrowed."""
    scope = access.scope
    return {
        "session_id": scope.session_id,
        "agent_id": scope.agent_id,
        "run_id": scope.run_id,
        "app_id": scope.app_id,
    }


def span_filter(owner_no: int, access: Access) -> SpanFilter:
    """The filter that every search of this Access starts from."""
    scope = access.scope
    return SpanFilter(
        owner_no,
        session_ids=(scope.session_id,) if scope.session_id else (),
        agent_id=scope.agent_id,
        run_id=scope.run_id,
        app_id=scope.app_id,
    )


def _columns(owner: Owner) -> dict[str, str]:
    return {
        "workspace_id": owner.workspace_id,
        "user_id": owner.user_id,
        "agent_id": owner.agent_id,
        "run_id": owner.run_id,
    }
