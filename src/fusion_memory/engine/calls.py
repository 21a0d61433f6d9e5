"""What every group of calls of the service stands on: the open parts, the ticket, the scope."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock

from fusion_memory.core.errors import (
    AccessDenied,
    DatabaseLocked,
    DatabaseReadOnly,
    DiskFull,
    InvalidScope,
    NotFound,
    ServiceClosed,
)
from fusion_memory.core.scope import Access, Action, Authorizer, Principal, Scope, reaching
from fusion_memory.core.settings import Settings
from fusion_memory.core.telemetry import reach
from fusion_memory.engine import upkeep
from fusion_memory.engine.denials import DenialLog
from fusion_memory.engine.parts import Parts
from fusion_memory.engine.worker import Worker
from fusion_memory.memory.audit import DENIED

WHOLE_DATABASE = Scope(workspace_id="*")
"""The scope under which work on the whole database is authorised; no memory is kept in it."""


DERIVATION = Principal("derivation", frozenset({Action.READ, Action.WRITE}))
"""Who brings derived rows up to date when somebody reads."""

UNWRITABLE = (DatabaseLocked, DatabaseReadOnly, DiskFull)


@dataclass(slots=True)
class Opened:
    """The open parts, which every face of one service shares, None once it was closed; and who works on them."""

    parts: Parts | None
    denials: DenialLog = field(default_factory=DenialLog)
    worker: Worker | None = None
    making: Lock = field(default_factory=Lock)


class Calls:
    """The open service, for the methods that stand in other files."""

    _opened: Opened
    _principal: Principal
    _authorizer: Authorizer
    _default_scope: Scope | None
    _settings: Settings

    @property
    def _parts(self) -> Parts:
        if self._opened.parts is None:
            raise ServiceClosed
        return self._opened.parts

    def _enter(self, action: Action, scope: Scope | None) -> tuple[Parts, Access]:
        """The parts and the ticket of one call. A refusal goes to the audit trail.

        Raises:
            ServiceClosed: the service was closed.
            InvalidScope: there is no scope, or it is none.
            AccessDenied, NotFound: the principal may not do this here, or may not even know.
        """
        parts = self._parts
        scope = scope or self._default_scope
        if scope is None:
            raise InvalidScope
        if not isinstance(scope, Scope):
            raise InvalidScope(f"A {type(scope).__name__} is no Scope.")
        try:
            access = self._authorizer.authorize(self._principal, action, scope)
        except (AccessDenied, NotFound):
            ticket = Access(self._principal, _home_of(self._principal, scope), action)
            self._opened.denials.note(parts, ticket, DENIED, {"wanted": action.value})
            raise
        reach(scope)
        return parts, access

    def _read(self, scope: Scope | None, across_sessions: bool = False) -> tuple[Parts, Access]:
        parts, access = self._enter(Action.READ, scope)
        return parts, reaching(access, across_sessions)

    def _understood(self, scope: Scope | None, across_sessions: bool = False) -> tuple[Parts, Access]:
        """The same for a question about facts: what waits for the rules is read first, some 5 ms a message."""
        parts, access = self._read(scope, across_sessions)
        up_to_date(lambda: upkeep.read_what_is_due(parts, deriving(access)))
        return parts, access


def _home_of(principal: Principal, scope: Scope) -> Scope:
    """Where a refusal is written down: with the caller's tenant, so that nobody writes into another one's trail."""
    within = principal.within
    return Scope(workspace_id=within.workspace_id) if within and within.workspace_id else scope


def deriving(access: Access) -> Access:
    """The ticket under which a read may bring derived rows up to date: the service's own, for the same scope.

    Nothing that was said or set changes by it, and nothing is derived that a background task would not derive.
    """
    return Access(DERIVATION, access.scope, Action.WRITE)


def up_to_date(derive: Callable[[], object]) -> None:
    """Bring derived rows up to date where that can be written; else a read answers from what is there."""
    with suppress(*UNWRITABLE):
        derive()
