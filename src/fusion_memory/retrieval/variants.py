"""Change single values of a recipe by a line of text: ``weights.keyword=0.3``, ``neighbour_shares=0.2/0.1``.

So a sweep, a search and a setting can name a way to search that nobody wrote down. It knows dataclasses and their
values, and no recipe.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from fusion_memory.core.errors import InvalidOption

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    T = TypeVar("T", bound=DataclassInstance)
else:
    T = TypeVar("T")

BETWEEN = "/"
"""Stands between the values of a list."""

SMALLEST: Mapping[str, float] = MappingProxyType(
    {"depth": 1, "pool": 1, "rank_constant": 1, "time_slack_days": 0.01}
)
"""The smallest value of a field that is divided by or counted to; of the others, 0."""

NAMED = frozenset({"name"})
_SWITCHES: Mapping[str, bool] = MappingProxyType({"true": True, "on": True, "false": False, "off": False})


def changed(recipe: T, changes: Sequence[str]) -> T:
    """A recipe with some of its values changed.

    Args:
        recipe: a frozen dataclass of numbers, texts, tuples and mappings to numbers.
        changes: each ``field=value``, or ``field.key=value`` for one entry of a mapping.

    Raises:
        InvalidOption: there is no such field, or the value is none that it can have.
    """
    for change in changes:
        name, sign, text = change.partition("=")
        field, dot, key = name.strip().partition(".")
        known = {one.name for one in fields(recipe)} - NAMED
        if not sign or field not in known:
            raise _unknown(change, field, known)
        current = getattr(recipe, field)
        if bool(dot) != isinstance(current, Mapping):
            raise InvalidOption(f"{change!r} changes nothing.", fix=f"write {_example(field, current)}")
        value = _entry(change, current, key, text) if dot else _value(change, field, current, text.strip())
        recipe = replace(recipe, **{field: value})
    return recipe


def _entry(change: str, current: Mapping[str, float], key: str, text: str) -> Mapping[str, float]:
    if key not in current:
        known = ", ".join(current) or "nothing"
        raise InvalidOption(f"{change!r} changes nothing.", why=f"There is no {key!r} among {known}.")
    return MappingProxyType({**current, key: _number(change, text.strip(), 0.0)})


def _value(change: str, field: str, current: Any, text: str) -> Any:  # noqa: ANN401 (as the field's own)
    if isinstance(current, bool):
        if text.lower() not in _SWITCHES:
            raise InvalidOption(f"{change!r} cannot be read.", fix=f"write {field}=on or {field}=off")
        return _SWITCHES[text.lower()]
    if isinstance(current, int | float):
        return _number(change, text, current, SMALLEST.get(field, 0))
    if isinstance(current, tuple):
        parts = [part.strip() for part in text.split(BETWEEN) if part.strip()]
        words = bool(current) and isinstance(current[0], str)
        if words:
            return tuple(parts)
        return () if parts == ["0"] else tuple(_number(change, part, 0.0) for part in parts)
    return text


def _number(change: str, text: str, like: float, least: float = 0) -> float:
    """A finite number that is not too small, whole where the present one is."""
    try:
        number = int(text) if isinstance(like, int) else float(text)
    except ValueError:
        number = -1
    if not math.isfinite(number) or number < least:
        kind = "a whole number" if isinstance(like, int) else "a number"
        raise InvalidOption(f"{change!r} cannot be read.", why=f"The value should be {kind}, {least:g} or more.")
    return number


def _unknown(change: str, field: str, known: set[str]) -> InvalidOption:
    close = difflib.get_close_matches(field, known, n=1)
    fix = f"did you mean {close[0]}?" if close else f"change one of {', '.join(sorted(known))}"
    return InvalidOption(f"{change!r} changes nothing of a recipe.", why="A change is FIELD=VALUE.", fix=fix)


def _example(field: str, current: object) -> str:
    return f"{field}.{next(iter(current), 'name')}=0.5" if isinstance(current, Mapping) else f"{field}=VALUE"
