"""Find credentials in a text and take them out, leaving a mark that says what was there.

What each kind looks like stands in :mod:`secret_kinds`. Pure: nothing is stored, logged or compared with a service.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fusion_memory.text.secret_kinds import KINDS, SecretKind

NAMES: Final = tuple(kind.name for kind in KINDS)
MARK: Final = "[redacted:{}]"
LOOKS_NO_DEEPER: Final = 32
"""Values nested deeper than this in metadata are taken out whole."""

_KEPT_SECRET_BY_NAME: Final = ("password", "passwd", "api_key", "apikey", "secret", "access_token", "private_key")


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
    left_alone = frozenset(kept)
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
        return {key: _cleaned_item(key, item, kept, counts, depth) for key, item in value.items()}
    return [_cleaned(item, kept, counts, depth - 1) for item in value]


def _cleaned_item(key: Any, item: Any, kept: tuple[str, ...], counts: Counter[str], depth: int) -> Any:  # noqa: ANN401 (any JSON value)
    named = isinstance(key, str) and key.lower().replace("-", "_") in _KEPT_SECRET_BY_NAME
    if named and isinstance(item, str) and item and "named_secret" not in kept:
        counts["named_secret"] += 1
        return MARK.format("named_secret")
    return _cleaned(item, kept, counts, depth - 1)


def _of_kind(kind: SecretKind, text: str) -> list[Secret]:
    group = "secret" if "secret" in kind.pattern.groupindex else 0
    return [
        Secret(kind.name, *match.span(group))
        for match in kind.pattern.finditer(text)
        if kind.holds is None or kind.holds(match.group(group))
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
