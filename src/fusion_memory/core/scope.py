"""Who a memory belongs to, who calls, and the ticket that lets a call reach the store.

A :class:`Scope` names the owner and narrows within the owner. A :class:`Principal` is the caller.
An :class:`Authorizer` turns both into an :class:`Access`, which every store method requires: code
that holds no Access cannot read or write a memory. This file knows nothing of how rights are kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Protocol

from fusion_memory.core.errors import AccessDenied, InvalidScope

MAX_ID_CHARS = 256
OWNER_FIELDS = ("workspace_id", "user_id", "agent_id", "run_id")
NARROWING_FIELDS = ("agent_id", "run_id", "session_id", "app_id")


class Action(StrEnum):
    """What a call wants to do.

    ``WORKSPACE`` comes on top of one of the others: what belongs to a workspace itself, and to nobody in it, takes
    this right too.
    """

    READ = "read"
    WRITE = "write"
    FORGET = "forget"
    ADMIN = "admin"
    WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The ids a principal may not leave: a scope must name exactly the ones that are given here.

    A tenant is a workspace, so a principal of a tenant is bound to its ``workspace_id``.
    """

    workspace_id: str | None = None
    user_id: str | None = None
    agent_id: str | None = None
    app_id: str | None = None

    def hold(self, scope: Scope) -> bool:
        """Whether the scope lies within."""
        return all(
            getattr(scope, item.name) == limit for item in fields(self) if (limit := getattr(self, item.name))
        )

    def place(self, scope: Scope) -> Scope:
        """The same scope with the bound ids filled in where it leaves them open."""
        gaps = {item.name: getattr(self, item.name) for item in fields(self) if getattr(scope, item.name) is None}
        return replace(scope, **gaps)


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller: an id for the audit trail, the actions it may take, and the bounds it may take them in.

    ``within`` is None for a principal that may act everywhere, also on the whole database. ``kind`` says how it
    was recognised: ``local`` (whoever runs this program), ``key``, ``token`` or ``anonymous``. ``request_id`` ties
    what it does to one request; both go to the audit trail.
    """

    id: str
    rights: frozenset[Action] = field(default_factory=lambda: frozenset(Action))
    within: Bounds | None = None
    kind: str = "local"
    request_id: str | None = None

    @classmethod
    def local(cls) -> Principal:
        """The person at this computer, who may do everything."""
        return cls("local")


@dataclass(frozen=True, slots=True)
class Owner:
    """The partition a memory lives in; memories of two owners never meet.

    It is the workspace plus the first of user, agent, run that the scope names. An absent id is
    the empty text, so that a UNIQUE constraint compares it.
    """

    workspace_id: str
    user_id: str
    agent_id: str
    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a memory belongs and what a read may see.

    At least one of ``workspace_id, user_id, agent_id, run_id`` is required. Durable memory is
    user-wide: the other ids narrow a read when they are given. A ``session_id`` narrows reads to
    that session unless ``allow_cross_session=True``. A scope with only a ``workspace_id`` reads
    what was stored for the workspace itself, never what its users stored.

    Raises:
        InvalidScope: no owner id, an empty id, an id over 256 characters or with control characters.
    """

    workspace_id: str | None = None
    user_id: str | None = None
    agent_id: str | None = None
    run_id: str | None = None
    session_id: str | None = None
    app_id: str | None = None

    def __post_init__(self) -> None:
        for name in (*OWNER_FIELDS, "session_id", "app_id"):
            _check_id(name, getattr(self, name))
        if all(getattr(self, name) is None for name in OWNER_FIELDS):
            raise InvalidScope

    @property
    def owner(self) -> Owner:
        """The partition this scope belongs to."""
        user = self.user_id or ""
        agent = "" if user else self.agent_id or ""
        run = "" if user or agent else self.run_id or ""
        return Owner(self.workspace_id or "", user, agent, run)

    @property
    def narrowing(self) -> dict[str, str]:
        """The ids that narrow a read within the owner, by field name."""
        given = {name: getattr(self, name) for name in NARROWING_FIELDS}
        return {name: value for name, value in given.items() if value is not None}

    @property
    def of_workspace(self) -> bool:
        """Whether it names a workspace and nobody in it."""
        return not (self.user_id or self.agent_id or self.run_id)

    def across_sessions(self) -> Scope:
        """The same scope without its session, for reads that may cross sessions."""
        return replace(self, session_id=None)

    def __repr__(self) -> str:
        given = (f"{name}={getattr(self, name)!r}" for name in (*OWNER_FIELDS, "session_id", "app_id"))
        return f"Scope({', '.join(text for text in given if not text.endswith('=None'))})"


@dataclass(frozen=True, slots=True)
class Access:
    """A granted call: this principal may take this action in this scope."""

    principal: Principal
    scope: Scope
    action: Action


def reaching(access: Access, across_sessions: bool) -> Access:
    """The same ticket, without the session of its scope when the call may cross sessions."""
    return replace(access, scope=access.scope.across_sessions()) if across_sessions else access


class Authorizer(Protocol):
    """Decides whether a principal may act in a scope. Products plug their own rights in here."""

    def authorize(self, principal: Principal, action: Action, scope: Scope) -> Access:
        """Grant the call.

        Raises:
            AccessDenied: the principal may not take the action in the scope.
        """
        ...


class RightsAuthorizer:
    """Grants what the principal's own rights allow, within its bounds."""

    def authorize(self, principal: Principal, action: Action, scope: Scope) -> Access:
        """Grant the call when the principal holds the right of that name and the scope lies within its bounds.

        A scope that names nobody but a workspace takes the right ``workspace`` too, except to administer it.
        """
        within = principal.within
        if action not in principal.rights or (within is not None and not within.hold(scope)):
            raise AccessDenied(f"{principal.id!r} may not {action.value} here.")
        if action is not Action.ADMIN and scope.of_workspace and Action.WORKSPACE not in principal.rights:
            raise AccessDenied(
                f"{principal.id!r} may not {action.value} what belongs to the workspace itself.",
                why="The scope names no user, agent or run, which takes the right 'workspace'.",
                fix="name a user_id, agent_id or run_id, or call with a principal that holds the right",
            )
        return Access(principal, scope, action)


def _check_id(name: str, value: object) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        raise InvalidScope(f"{name} must be a text, not {type(value).__name__}.")
    if not value.strip():
        raise InvalidScope(f"{name} is empty.", why="An empty id would mix memories of different owners.")
    if len(value) > MAX_ID_CHARS:
        raise InvalidScope(f"{name} is longer than {MAX_ID_CHARS} characters.")
    if not value.isprintable():
        raise InvalidScope(f"{name} contains characters that cannot be printed.")
