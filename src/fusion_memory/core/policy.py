"""What a policy says of memories: what counts, how it fades, how long it stays, when it is put away.

A policy stands at a level: the built-in one, the whole database, a workspace, an owner (user, agent or run), a
session. A narrower level says only what it wants otherwise. These are values and the arithmetic of fading; the file
knows no storage and judges nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from fusion_memory.core.errors import InvalidOption
from fusion_memory.core.knowledge import FactType

MOST_DAYS = 36_500.0
FORECAST_DAYS = (7, 30, 90)
"""How far ahead a forecast of fading looks."""


class Tier(StrEnum):
    """How near at hand a memory is kept."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"


class Decay(StrEnum):
    """What fades: what happened, everything, or nothing. What is known does not fade by itself."""

    EPISODIC = "episodic"
    ALL = "all"
    NONE = "none"


class Expiry(StrEnum):
    """What becomes of a memory whose time is up."""

    ARCHIVE = "archive"
    ERASE = "erase"


class Retention(StrEnum):
    """What a memory's own metadata (``"retention"``) may say of how long it stays."""

    SHORT_TERM = "short_term"
    LONG_TERM = "long_term"
    PERMANENT = "permanent"


SHORT_TERM_DAYS = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy with every value settled.

    Attributes:
        importance: what the importance of facts is multiplied by, by their type; 1 where absent.
        base_importance: importance, 0 to 1, of a memory that told no fact.
        decay: what fades.
        half_life_days: in how many days a memory's strength halves while nobody says or uses it again.
        ttl_days: how long after it was last said a memory stays; 0: for ever.
        expiry: what happens then; only ``erase`` erases.
        superseded_days: archive what told only facts that were superseded so long ago; 0: never.
        archive_below: archive what has less importance times strength; 0: never.
        hot_uses, hot_days: hot is what searches brought so often, the last time within so many days.
        warm_uses, warm_importance, warm_days: warm is what was used more often, matters more, or was said or used
            within so many days; the rest is cold.
    """

    importance: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    base_importance: float = 0.3
    decay: Decay = Decay.EPISODIC
    half_life_days: float = 30.0
    ttl_days: float = 0.0
    expiry: Expiry = Expiry.ARCHIVE
    superseded_days: float = 0.0
    archive_below: float = 0.0
    hot_uses: int = 3
    hot_days: float = 7.0
    warm_uses: int = 10
    warm_importance: float = 0.7
    warm_days: float = 90.0

    def strength(self, age_days: float, *, episodic: bool) -> float:
        """How much of a memory is left, 0 to 1, so long after it was last said or used."""
        fades = self.decay is Decay.ALL or (self.decay is Decay.EPISODIC and episodic)
        if not fades or not self.half_life_days:
            return 1.0
        return float(0.5 ** (max(age_days, 0.0) / self.half_life_days))


PRESETS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "permanent": {"ttl_days": 0.0, "superseded_days": 0.0, "archive_below": 0.0},
        "ttl-90": {"ttl_days": 90.0},
        "short_term": {"ttl_days": SHORT_TERM_DAYS},
        "long_term": {"ttl_days": 0.0, "archive_below": 0.05},
        "superseded-30": {"superseded_days": 30.0},
        "memori": {"half_life_days": 20.79, "ttl_days": 90.0, "archive_below": 0.05},
    }
)
"""Policies by name: each changes what it names. ``memori``: exp(-days / 30) is a half-life of 20.79 days."""


class Deed(StrEnum):
    """What a policy does with a memory."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"
    ARCHIVE = "archive"
    RESTORE = "restore"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class PolicyLevel:
    """What one level says: ``level`` is ``database``, ``workspace``, ``owner`` or ``session``."""

    level: str
    fields: Mapping[str, Any]
    set_at: datetime
    set_by: str


@dataclass(frozen=True, slots=True)
class PolicyView:
    """The policy that holds in a scope, and the levels it was made of, the widest first."""

    policy: Policy
    levels: tuple[PolicyLevel, ...]


@dataclass(frozen=True, slots=True)
class PolicyCount:
    """So many memories for one reason, with a few of them by id."""

    deed: Deed
    reason: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """What a policy would do, or with ``applied`` did.

    ``memories`` were looked at; ``held`` would be archived or erased if they were not on legal hold. ``digest``
    names exactly these deeds: :meth:`apply_policy` with it and ``at`` does them or nothing.
    """

    at: datetime
    memories: int
    counts: tuple[PolicyCount, ...]
    held: int
    digest: str
    applied: bool = False
    receipts: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How many memories change."""
        return sum(one.count for one in self.counts)


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold: what it covers is neither archived nor erased until it is released.

    ``level`` is ``database``, ``workspace``, ``owner``, ``session`` or ``memories``, whose ids are then ``ids``.
    """

    id: str
    level: str
    reason: str
    placed_at: datetime
    placed_by: str
    ids: tuple[str, ...] = ()
    released_at: datetime | None = None
    released_by: str | None = None


@dataclass(frozen=True, slots=True)
class DecayValue:
    """How strong one memory is now and will be in :data:`FORECAST_DAYS` days, by their number as a text.

    ``worth`` is importance times strength, which ``archive_below`` is compared with; times and uses are those that
    were written: a search is counted within the next 64, or when the service closes.
    """

    id: str
    said_at: datetime
    age_days: float
    importance: float
    episodic: bool
    tier: Tier
    archived: bool
    uses: int
    last_used_at: datetime | None
    strength: float
    worth: float
    forecast: Mapping[str, float]
    expires_at: datetime | None


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a policy that a caller gave, each of its kind and within its range; None takes a field back.

    Raises:
        InvalidOption: an unknown field, or a value out of range.
    """
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name not in _KINDS:
            close = difflib.get_close_matches(name, _KINDS, n=1)
            fix = f"did you mean {close[0]}?" if close else f"use one of {', '.join(_KINDS)}"
            raise InvalidOption(f"There is no policy field {name!r}.", fix=fix)
        found[name] = None if value is None else _value(name, value)
    return found


def preset_named(name: str) -> Mapping[str, Any]:
    """The fields of a preset.

    Raises:
        InvalidOption: there is none of that name.
    """
    if name not in PRESETS:
        raise InvalidOption(f"There is no policy preset {name!r}.", fix=f"use one of {', '.join(PRESETS)}")
    return PRESETS[name]


def merged(levels: tuple[Mapping[str, Any], ...]) -> Policy:
    """One policy from the fields of several levels, the widest first; weights merge by type."""
    policy = Policy()
    for level in levels:
        given = checked(level)
        weights = dict(policy.importance) | dict(given.pop("importance", None) or {})
        policy = replace(policy, **{name: value for name, value in given.items() if value is not None})
        policy = replace(policy, importance=MappingProxyType(weights))
    return policy


def as_fields(policy: Policy) -> dict[str, Any]:
    """A policy as plain values, by field."""
    return {
        item.name: dict(value) if isinstance(value := getattr(policy, item.name), Mapping) else value
        for item in fields(policy)
    }


def _value(name: str, value: Any) -> Any:  # noqa: ANN401 (judged here)
    kind = _KINDS[name]
    if name == "importance":
        return _weights(value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        known = [str(one) for one in kind]
        if value not in known:
            raise InvalidOption(f"{name}={value!r} is unknown.", fix=f"use one of {', '.join(known)}")
        return kind(value)
    most = _MOST.get(name, MOST_DAYS)
    return _number(name, value, kind, most)


def _number(name: str, value: Any, kind: type, most: float) -> float | int:  # noqa: ANN401 (judged here)
    wrong = isinstance(value, bool) or not isinstance(value, int | float)
    if wrong or not 0 <= value <= most or (kind is int and value != int(value)):
        what = "a whole number" if kind is int else "a number"
        raise InvalidOption(
            f"{name}={value!r} is out of range.", why=f"{name} is {what} from 0 to {most:g}.", fix=f"pass {name} so"
        )
    return int(value) if kind is int else float(value)


def _weights(value: Any) -> dict[str, float]:  # noqa: ANN401 (judged here)
    if not isinstance(value, Mapping):
        raise InvalidOption("importance is a table of weights by type.", fix='for example {"preference": 1.5}')
    types = [kind.value for kind in FactType]
    for kind in value:
        if kind not in types:
            raise InvalidOption(f"There is no type {kind!r}.", fix=f"use one of {', '.join(types)}")
    return {str(kind): float(_number(f"importance.{kind}", weight, float, 10.0)) for kind, weight in value.items()}


_KINDS: Mapping[str, type] = MappingProxyType({name: type(value) for name, value in as_fields(Policy()).items()})
_MOST = {"base_importance": 1.0, "warm_importance": 1.0, "archive_below": 1.0, "hot_uses": 1e9, "warm_uses": 1e9}
