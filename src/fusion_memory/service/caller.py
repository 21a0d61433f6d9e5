"""Who calls, for a route: the principal that the gate tells, and the memory as that principal sees it.

A route takes a :data:`Calling`. This file must not know how a caller is recognised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated

from fastapi import Depends, Request

from fusion_memory.core.errors import AccessDenied
from fusion_memory.core.scope import Bounds, Principal, Scope
from fusion_memory.core.served import ServedMemory
from fusion_memory.service.options import options_of


@dataclass(frozen=True, slots=True)
class Caller:
    """The principal of a request, and the memory acting as that principal."""

    principal: Principal
    memory: ServedMemory

    def scope(self, ids: Mapping[str, str | None]) -> Scope:
        """The scope that a request names, completed by the ids this principal is bound to.

        Args:
            ids: the fields of :class:`Scope` by name; absent and None are the same.

        Raises:
            InvalidScope: neither names anybody.
        """
        given = {name: value for name, value in ids.items() if value is not None}
        return Scope(**{**_bound_to(self.principal.within), **given})


def caller_of(request: Request) -> Caller:
    """Who calls, told by the gate of this service before anything of the request is judged."""
    principal = getattr(request.state, "principal", None)
    if principal is None:
        principal = request.state.principal = options_of(request).gate.identify(request)
    memory: ServedMemory = request.app.state.memory
    return Caller(principal, memory.acting_as(principal))


def recognised_again(request: Request, caller: Caller) -> Caller:
    """The same caller some time later, if the gate still lets it in; for responses that go on for long.

    Raises:
        AccessDenied: it does not, or it is another one.
    """
    principal = options_of(request).gate.recognise(request)
    if principal != caller.principal:
        raise AccessDenied
    return caller


Calling = Annotated[Caller, Depends(caller_of)]
"""A route's parameter: ``def route(caller: Calling)``."""


def _bound_to(bounds: Bounds | None) -> dict[str, str]:
    if bounds is None:
        return {}
    return {item.name: limit for item in fields(bounds) if (limit := getattr(bounds, item.name)) is not None}
