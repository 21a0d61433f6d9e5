"""Policies by level: what the whole database, a workspace, an owner and a session say, and what holds in a scope.

Must not know: what a policy does to a memory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.errors import InvalidScope
from fusion_memory.core.policy import Policy, PolicyLevel, PolicyView, checked, merged
from fusion_memory.core.scope import Access, Scope
from fusion_memory.memory import audit, owners
from fusion_memory.storage.interface import Transaction

EVERYTHING: Final = "*"
"""The workspace that stands for the whole database; no memory is kept in it."""


@dataclass(frozen=True, slots=True)
class Level:
    """Where a policy or a hold stands: its name, a ticket for its owner, the session or ''."""

    name: str
    access: Access
    session_id: str


def level_of(access: Access) -> Level:
    """The level that a scope names.

    Raises:
        InvalidScope: it narrows in another way than by a session.
    """
    scope, owner = access.scope, access.scope.owner
    if not (owner.user_id or owner.agent_id or owner.run_id):
        if scope.session_id or scope.app_id:
            raise InvalidScope(
                "A workspace is one level of policies; its sessions and applications are none.",
                why="A session belongs to a user, an agent or a run.",
                fix="name the owner of the session too, or leave the session out",
            )
        return Level("database" if scope.workspace_id == EVERYTHING else "workspace", access, "")
    if not owners.is_whole(replace(access, scope=scope.across_sessions())):
        raise InvalidScope(
            "Policies and holds stand at a workspace, an owner or a session.",
            why=f"{scope!r} narrows further.",
            fix="leave out the narrower ids",
        )
    return Level("session" if scope.session_id else "owner", access, scope.session_id or "")


def chain(access: Access) -> tuple[Level, ...]:
    """The levels that bear on a scope, the widest first; ids that narrow otherwise have no level of their own."""
    scope, owner = access.scope, access.scope.owner
    found = [Level("database", replace(access, scope=Scope(workspace_id=EVERYTHING)), "")]
    if owner.workspace_id and owner.workspace_id != EVERYTHING:
        workspace = Scope(workspace_id=owner.workspace_id)
        found.append(Level("workspace", replace(access, scope=workspace), ""))
    if owner.user_id or owner.agent_id or owner.run_id:
        found.append(Level("owner", access, ""))
        if scope.session_id:
            found.append(Level("session", access, scope.session_id))
    return tuple(found)


def levels(tx: Transaction, access: Access) -> tuple[PolicyLevel, ...]:
    """What the levels of a scope say, the widest first; silent ones are left out."""
    found = ((level, said(tx, level)) for level in chain(access))
    return tuple(PolicyLevel(level.name, row[0], from_ms(row[1]), row[2]) for level, row in found if row)


def view(tx: Transaction, access: Access) -> PolicyView:
    """The policy that holds in a scope."""
    found = levels(tx, access)
    return PolicyView(merged(tuple(level.fields for level in found)), found)


def of_sessions(
    tx: Transaction, access: Access, proposed: tuple[Level, Mapping[str, Any]] | None
) -> Mapping[str, Policy]:
    """The policy of an owner under '', and those of its sessions that have one of their own.

    Args:
        tx: a transaction.
        access: of the owner.
        proposed: a level and what it is imagined to say.
    """
    base = [
        _imagined(tx, level, proposed) for level in chain(replace(access, scope=access.scope.across_sessions()))
    ]
    owner_no = owners.find(tx, access)
    own = {row[0]: json.loads(row[1]) for row in tx.rows("policies_of_sessions", owner_no=owner_no)}
    if proposed and proposed[0].session_id and proposed[0].access.scope.owner == access.scope.owner:
        own[proposed[0].session_id] = proposed[1]
    return {"": merged(tuple(base)), **{key: merged((*base, fields)) for key, fields in own.items()}}


def set_fields(
    tx: Transaction, level: Level, changes: Mapping[str, Any], at: datetime, *, afresh: bool
) -> dict[str, Any]:
    """Change what a level says, audited; None takes a field back, ``afresh`` begins from nothing."""
    fields = proposal(tx, level, changes, afresh=afresh)
    owner_no = owners.ensure(tx, level.access, at)
    if fields:
        tx.run(
            "policy_set",
            owner_no=owner_no,
            session_id=level.session_id,
            fields=json.dumps(fields, sort_keys=True),
            at=to_ms(at),
            by=level.access.principal.id,
        )
    else:
        tx.run("policy_drop", owner_no=owner_no, session_id=level.session_id)
    audit.record(tx, level.access, "policy", [], {"level": level.name, "fields": sorted(changes)}, at)
    return fields


def proposal(tx: Transaction, level: Level, changes: Mapping[str, Any], *, afresh: bool = False) -> dict[str, Any]:
    """What a level would say with these changes."""
    row = None if afresh else said(tx, level)
    fields: dict[str, Any] = {**(row[0] if row else {})}
    for name, value in checked(changes).items():
        if value is None:
            fields.pop(name, None)
        else:
            fields[name] = {**fields.get(name, {}), **value} if name == "importance" else value
    return fields


def said(tx: Transaction, level: Level) -> tuple[dict[str, Any], int, str] | None:
    """What a level says, since when and by whom; None where it is silent."""
    row = tx.one("policy_level", owner_no=owners.find(tx, level.access), session_id=level.session_id)
    return (json.loads(row[0]), row[1], row[2]) if row else None


def _imagined(tx: Transaction, level: Level, proposed: tuple[Level, Mapping[str, Any]] | None) -> Mapping[str, Any]:
    if proposed is not None:
        asked = proposed[0]
        same = asked.access.scope.owner == level.access.scope.owner and asked.session_id == level.session_id
        if same and asked.name == level.name:
            return proposed[1]
    row = said(tx, level)
    return row[0] if row else {}
