"""API keys as values: what one is, what it may do, and how its text is made up. It must not know how keys are kept.

A key reads ``fmk_<12 characters>_<52 characters>``: the first part is public and finds the row, the second is 256
random bits. Only a hash of the second part is ever kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from fusion_memory.core.errors import InvalidOption, InvalidScope
from fusion_memory.core.scope import Action, Bounds, Scope

MARK = "fmk"
PREFIX_CHARS = 12
SECRET_CHARS = 52
"""Characters of five bits: 260 bits."""
MAX_LABEL_CHARS = 120
EVERY_WORKSPACE = "*"
"""No tenant may have this name: it stands for the whole database."""

RIGHTS: Mapping[str, frozenset[Action]] = MappingProxyType(
    {
        "read": frozenset({Action.READ}),
        "write": frozenset({Action.WRITE, Action.FORGET}),
        "workspace": frozenset({Action.WORKSPACE}),
        "admin": frozenset(Action),
    }
)
"""What a key or a token may be given, and which actions each name allows."""

_TEXT = re.compile(rf"{MARK}_([0-9a-z]{{{PREFIX_CHARS}}})_([0-9a-z]{{{SECRET_CHARS}}})")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as people may see it, without its secret.

    ``within`` is None for an operator's key, which acts in every workspace. ``state`` is ``active``, ``expired`` or
    ``revoked`` at the moment of asking; ``last_used_at`` is told to the hour.
    """

    id: str
    prefix: str
    label: str
    rights: tuple[str, ...]
    within: Bounds | None
    state: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key that was just made. ``secret`` is what a caller sends; it is shown this once and kept nowhere."""

    key: ApiKey
    secret: str = field(repr=False)


def parts_of(text: str) -> tuple[str, str] | None:
    """The public and the secret part of the text of a key; None when it is none."""
    found = _TEXT.fullmatch(text)
    return (found[1], found[2]) if found else None


def looks_like_key(text: str) -> bool:
    """Whether a text wants to be a key, whether or not it is a sound one."""
    return text.startswith(f"{MARK}_")


def actions_of(rights: Iterable[str]) -> frozenset[Action]:
    """The actions that names of rights allow.

    Raises:
        InvalidOption: there is no right of a name, or none was named.
    """
    names = list(rights)
    unknown = [name for name in names if name not in RIGHTS]
    if unknown or not names:
        what = f"There is no right {unknown[0]!r}." if unknown else "A key needs at least one right."
        raise InvalidOption(what, fix=f"some of {', '.join(RIGHTS)}")
    return frozenset().union(*(RIGHTS[name] for name in names))


def bounds_of(scope: Scope) -> Bounds:
    """The bounds of a key that is made for a scope.

    Raises:
        InvalidScope: it names no workspace, the name that stands for all of them, or a run or session.
    """
    if scope.workspace_id is None or scope.workspace_id.strip() == EVERY_WORKSPACE:
        raise InvalidScope(
            "A key belongs to one workspace.",
            why="A workspace is a tenant; only operators' keys are bound to none.",
            fix="name a workspace_id; for an operator: fusion-memory keys create --operator",
        )
    if scope.run_id is not None or scope.session_id is not None:
        raise InvalidScope(
            "A key cannot be bound to a run or a session.",
            why="They end, and a key outlives them.",
            fix="name workspace_id and, if you like, user_id, agent_id and app_id",
        )
    return Bounds(scope.workspace_id, scope.user_id, scope.agent_id, scope.app_id)
