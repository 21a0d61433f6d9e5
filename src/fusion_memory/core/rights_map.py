"""A rights file: which caller may do what, where. It narrows what keys and tokens may do and never widens it.

Pure: from the tables of a TOML or JSON file to an authorizer. This file must not know where it lies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fusion_memory.core.errors import AccessDenied, InvalidSetting, NotFound
from fusion_memory.core.keys import RIGHTS, actions_of
from fusion_memory.core.scope import Access, Action, Authorizer, Principal, RightsAuthorizer, Scope

ANYTHING = "*"
TELL, HIDE = "tell", "hide"
FIELDS = frozenset({"principals", "workspaces", "users", "agents", "rights"})
POLICY_FIELDS = frozenset({"denied"})
AT_HOME = "local"
"""The kind of whoever runs the program: no file keeps that person from a database on the same disk."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One row: these callers may do these things with these owners. ``*`` means any, ``key:*`` any key."""

    principals: tuple[str, ...]
    workspaces: tuple[str, ...]
    users: tuple[str, ...]
    agents: tuple[str, ...]
    actions: frozenset[Action]

    def allows(self, principal: Principal, action: Action, scope: Scope) -> bool:
        """Whether this row grants the call."""
        return (
            action in self.actions
            and _named(self.principals, principal.id)
            and _named(self.workspaces, scope.workspace_id)
            and _named(self.users, scope.user_id)
            and _named(self.agents, scope.agent_id)
        )


@dataclass(frozen=True, slots=True)
class RightsMap:
    """All rows, and what a caller is told that none of them grants: that it may not, or that nothing is there."""

    grants: tuple[Grant, ...]
    denied: str = TELL


class MappedAuthorizer:
    """Grants what a rights map and an inner authorizer both grant.

    Args:
        rights: the rows; a caller that none of them names may do nothing.
        inner: the rights and bounds of the caller itself.
    """

    def __init__(self, rights: RightsMap, inner: Authorizer | None = None) -> None:
        self._rights = rights
        self._inner = inner or RightsAuthorizer()

    def authorize(self, principal: Principal, action: Action, scope: Scope) -> Access:
        """Grant the call.

        Raises:
            AccessDenied: it is not granted.
            NotFound: it is not granted, and the file says to hide that.
        """
        access = self._inner.authorize(principal, action, scope)
        if principal.kind == AT_HOME or any(one.allows(principal, action, scope) for one in self._rights.grants):
            return access
        if self._rights.denied == HIDE:
            raise NotFound("There is nothing here.")
        raise AccessDenied(f"{principal.id!r} may not {action.value} here.")


def rights_map(tables: Mapping[str, Any], where: str) -> RightsMap:
    """The map of a file's tables.

    Args:
        tables: ``grants``, a list of rows; and ``policy`` with ``denied = "tell"`` or ``"hide"``.
        where: the file, for errors.

    Raises:
        InvalidSetting: something is unknown, missing or of the wrong kind.
    """
    _require_known(tables, {"grants", "policy"}, where)
    policy, rows = tables.get("policy", {}), tables.get("grants", [])
    if not isinstance(policy, Mapping) or not isinstance(rows, list):
        raise _invalid(where, "grants is a list of rows, and policy a table")
    _require_known(policy, POLICY_FIELDS, f"{where}, policy")
    denied = policy.get("denied", TELL)
    if denied not in (TELL, HIDE):
        raise _invalid(where, f"policy.denied is {TELL} or {HIDE}")
    return RightsMap(tuple(_grant(row, f"{where}, grant {number}") for number, row in enumerate(rows, 1)), denied)


def _grant(row: Any, where: str) -> Grant:  # noqa: ANN401 (what stands in a file)
    if not isinstance(row, Mapping):
        raise _invalid(where, "a grant is a table")
    _require_known(row, FIELDS, where)
    rights = _texts(row, "rights", where, required=True)
    if unknown := [name for name in rights if name not in RIGHTS]:
        raise _invalid(where, f"there is no right {unknown[0]!r}, only {', '.join(RIGHTS)}")
    return Grant(
        _texts(row, "principals", where, required=True),
        _texts(row, "workspaces", where, required=True),
        _texts(row, "users", where),
        _texts(row, "agents", where),
        actions_of(rights),
    )


def _texts(row: Mapping[str, Any], name: str, where: str, *, required: bool = False) -> tuple[str, ...]:
    given = row.get(name, None if required else [ANYTHING])
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        raise _invalid(where, f"{name} is a list of at least one text")
    if not all(isinstance(text, str) and text.strip() for text in given):
        raise _invalid(where, f"{name} holds texts that are not empty")
    return tuple(given)


def _named(patterns: tuple[str, ...], value: str | None) -> bool:
    """Whether a value is named: by ``*``, by itself, or by its kind as in ``key:*``."""
    return any(
        pattern in (ANYTHING, value)
        or (value is not None and pattern.endswith(":*") and value.startswith(pattern[:-1]))
        for pattern in patterns
    )


def _require_known(table: Mapping[str, Any], known: frozenset[str] | set[str], where: str) -> None:
    if unknown := sorted(set(table) - known):
        raise _invalid(where, f"{unknown[0]!r} is unknown; there is {', '.join(sorted(known))}")


def _invalid(where: str, what: str) -> InvalidSetting:
    return InvalidSetting(
        f"{where}: {what}.", why="A rights file that is not understood grants nothing.", fix=f"correct {where}"
    )
