"""Find credentials in a text and take them out, leaving a mark that says what was there.

What each kind looks like stands in :mod:`secret_kinds`. Pure: nothing is stored, logged or compared with a service.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fusion_memory.text.secret_keys import told_by_key
from fusion_memory.text.secret_kinds import KINDS, SecretKind

NAMES: Final = tuple(kind.name for kind in KINDS)
MARK: Final = "[redacted:{}]"
LOOKS_NO_DEEPER: Final = 32
"""Values nested deeper than this in metadata are taken out whole."""

SHORTEST: Final = 7
"""No text shorter than ``pwd=a1b2`` or its like holds a credential."""
_MARKED: Final = MARK.partition("{")[0]
_WIDE = re.compile("[\uff01-\uff5e\u3000]")


@dataclass(frozen=True, slots=True)
class Secret:
    """A credential in a text: ``text[start:end]``."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text or a JSON value without its credentials, and how many of each kind were taken out."""

    value: Any
    counts: Mapping[str, int] = field(default_factory=dict)


def find_secrets(text: str, kept: Iterable[str] = ()) -> list[Secret]:
    """The credentials in a text in order, none overlapping another; the kinds in ``kept`` are left alone."""
    if len(text) < SHORTEST:
        return []
    left_alone = frozenset(kept)
    text = _WIDE.sub(_narrow, text)
    lowered = text.lower()
    found: list[Secret] = []
    for kind in KINDS:
        if kind.name not in left_alone and any(hint in lowered for hint in kind.hints or ("",)):
            found += _of_kind(kind, text)
    return _apart(found)


def redact(text: str, kept: Iterable[str] = ()) -> Redacted:
    """The text with a mark such as ``[redacted:github_token]`` in the place of each credential."""
    found = find_secrets(text, kept)
    if not found:
        return Redacted(text)
    pieces, before = [], 0
    for secret in found:
        pieces += [text[before : secret.start], MARK.format(secret.kind)]
        before = secret.end
    return Redacted("".join((*pieces, text[before:])), Counter(secret.kind for secret in found))


def redact_values(value: Any, kept: Iterable[str] = ()) -> Redacted:  # noqa: ANN401 (any JSON value)
    """A JSON value with the credentials in its texts taken out, also those that only their key tells."""
    counts: Counter[str] = Counter()
    return Redacted(_cleaned(value, tuple(kept), counts, LOOKS_NO_DEEPER), counts)


def _cleaned(value: Any, kept: tuple[str, ...], counts: Counter[str], depth: int) -> Any:  # noqa: ANN401 (any JSON value)
    if isinstance(value, str):
        clean = redact(value, kept)
        counts.update(clean.counts)
        return clean.value
    if not isinstance(value, Mapping | list | tuple):
        return value
    if depth == 0:
        counts["nested_too_deep"] += 1
        return MARK.format("nested_too_deep")
    if isinstance(value, Mapping):
        return _cleaned_object(value, kept, counts, depth)
    return [_cleaned(item, kept, counts, depth - 1) for item in value]


def _cleaned_object(
    given: Mapping[Any, Any], kept: tuple[str, ...], counts: Counter[str], depth: int
) -> dict[Any, Any]:
    """An object without credentials in its keys or values, nor those that only a key tells."""
    told = given.get("name") or given.get("key")
    cleaned: dict[Any, Any] = {}
    for key, item in given.items():
        name = told if key == "value" and isinstance(told, str) else key
        if isinstance(name, str) and "named_secret" not in kept and told_by_key(name, item):
            marked = isinstance(item, str) and item.startswith(_MARKED)
            counts.update(() if marked else ("named_secret",))
            value = item if marked else MARK.format("named_secret")
        else:
            value = _cleaned(item, kept, counts, depth - 1)
        cleaned[_cleaned_key(key, kept, counts, cleaned)] = value
    return cleaned


def _cleaned_key(key: Any, kept: tuple[str, ...], counts: Counter[str], taken: Mapping[Any, Any]) -> Any:  # noqa: ANN401 (any key)
    if not isinstance(key, str):
        return key
    clean = redact(key, kept)
    counts.update(clean.counts)
    name, number = clean.value, 2
    while clean.counts and name in taken:
        name, number = f"{clean.value} {number}", number + 1
    return name


def _narrow(match: re.Match[str]) -> str:
    """A full-width character as its ASCII one, so that places in the text stay what they are."""
    character = match.group()
    return " " if character == "\u3000" else chr(ord(character) - 0xFEE0)


def _of_kind(kind: SecretKind, text: str) -> list[Secret]:
    group = "secret" if "secret" in kind.pattern.groupindex else 0
    return [
        Secret(kind.name, *match.span(group))
        for match in kind.pattern.finditer(text)
        if kind.holds is None or kind.holds(match)
    ]


def _apart(found: list[Secret]) -> list[Secret]:
    """Without those that overlap one of an earlier kind, in the order of the text."""
    taken: list[Secret] = []
    for secret in found:
        place = bisect_left(taken, secret.start, key=_start)
        clear_before = place == 0 or taken[place - 1].end <= secret.start
        if clear_before and (place == len(taken) or secret.end <= taken[place].start):
            taken.insert(place, secret)
    return taken


def _start(secret: Secret) -> int:
    return secret.start
