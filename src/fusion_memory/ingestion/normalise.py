"""From whatever a caller passes to turns: texts, messages, lists of either.

Everything a message carries is kept: what has no field of its own goes into the metadata. This file
must not know how turns are stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fusion_memory.core.clock import parse_time
from fusion_memory.core.errors import InvalidInput, InvalidMetadata, InvalidScope
from fusion_memory.core.records import EventKind, Turn
from fusion_memory.core.scope import MAX_ID_CHARS, Scope

MAX_METADATA_BYTES = 64 * 1024
MAX_METADATA_DEPTH = 64

ALIASES = {
    "content": ("content", "text"),
    "speaker": ("speaker", "name"),
    "client_id": ("client_id", "id", "message_id"),
    "said_at": ("said_at", "time", "timestamp", "created_at", "session_time"),
    "kind": ("kind", "type"),
    "role": ("role",),
    "session_id": ("session_id", "thread_id"),
    "origin": ("origin",),
    "metadata": ("metadata",),
}
"""The fields of a message, and the names under which each is known."""

_KNOWN = frozenset(alias for names in ALIASES.values() for alias in names)
_KINDS = {"message": EventKind.MESSAGE, "turn": EventKind.MESSAGE, "document": EventKind.DOCUMENT}


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a message takes over from its call when it does not say so itself."""

    scope: Scope
    session_time: datetime | str | None = None
    metadata: Mapping[str, Any] | None = None


def turns(given: Any, defaults: Defaults) -> list[Turn]:  # noqa: ANN401 (judged here)
    """The turns of an input: a text, a message, or a list of either.

    Raises:
        InvalidInput: the input is of another kind, or a message lacks its content.
        InvalidTime: a time cannot be read.
        InvalidMetadata: the metadata is no JSON object, or too large.
        InvalidScope: a message names another session than the scope.
    """
    if isinstance(given, str | Mapping):
        return [_turn(given, defaults)]
    if isinstance(given, Sequence) and not isinstance(given, bytes | bytearray):
        return [_turn(item, defaults) for item in given]
    raise InvalidInput(
        f"A {type(given).__name__} cannot be remembered.",
        fix='pass a text, a message {"role": ..., "content": ...}, or a list of them',
    )


def stream(inputs: Iterable[Any], defaults: Defaults) -> Iterable[Turn]:
    """The turns of many inputs, one after the other, without holding them all."""
    for given in inputs:
        yield from turns(given, defaults)


def _turn(given: Any, defaults: Defaults) -> Turn:  # noqa: ANN401 (judged here)
    if isinstance(given, str):
        given = {"content": given}
    if not isinstance(given, Mapping):
        raise InvalidInput(f"A {type(given).__name__} is no message.", fix='pass {"role": ..., "content": ...}')
    own = {field: _first(given, names) for field, names in ALIASES.items()}
    kind = _KINDS.get(str(own["kind"] or "message"), EventKind.MESSAGE)
    return Turn(
        content=_content(own["content"]),
        role=_id("role", own["role"] or ("document" if kind is EventKind.DOCUMENT else "user")).lower(),
        speaker=_optional_id("speaker", own["speaker"]),
        kind=kind,
        client_id=_optional_id("id", own["client_id"]),
        session_id=_session(own["session_id"], defaults.scope),
        said_at=parse_time(own["said_at"] if own["said_at"] is not None else defaults.session_time),
        metadata=_metadata(given, own["metadata"], defaults.metadata),
        origin=_id("origin", own["origin"] or "api"),
    )


def _first(given: Mapping[str, Any], names: Sequence[str]) -> Any:  # noqa: ANN401 (judged by the caller)
    return next((given[name] for name in names if given.get(name) is not None), None)


def _content(value: Any) -> str:  # noqa: ANN401 (judged here)
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        parts = [part if isinstance(part, str) else _part_text(part) for part in value]
        return "\n".join(part for part in parts if part)
    raise InvalidInput("A message has no content.", fix='pass {"role": ..., "content": "the text"}')


def _part_text(part: Any) -> str:  # noqa: ANN401 (a content part of an LLM message)
    return str(part.get("text") or "") if isinstance(part, Mapping) else ""


def _optional_id(name: str, value: Any) -> str | None:  # noqa: ANN401 (judged here)
    return None if value is None else _id(name, value)


def _id(name: str, value: object) -> str:
    text = str(value)
    if len(text) > MAX_ID_CHARS or not text.strip() or not text.isprintable():
        raise InvalidInput(
            f"The {name} of a message must be 1 to {MAX_ID_CHARS} printable characters.",
            fix=f"shorten or clean the {name}",
        )
    return text


def _session(own: Any, scope: Scope) -> str | None:  # noqa: ANN401 (judged here)
    session_id = _optional_id("session_id", own)
    if session_id and scope.session_id and session_id != scope.session_id:
        raise InvalidScope(
            f"A message of session {session_id!r} cannot go into the scope of session {scope.session_id!r}.",
            why="A message belongs to one session.",
            fix="leave the session out of the scope, or out of the message",
        )
    return session_id or scope.session_id


def _metadata(
    given: Mapping[str, Any],
    own: Any,  # noqa: ANN401 (judged here)
    shared: Mapping[str, Any] | None,
) -> Mapping[str, Any]:
    extras = {name: value for name, value in given.items() if name not in _KNOWN and value is not None}
    for part in (own, shared):
        if part is not None and not isinstance(part, Mapping):
            raise InvalidMetadata(f"Metadata is a {type(part).__name__}, not an object.")
    return judged_metadata({**extras, **(shared or {}), **(own or {})})


def judged_metadata(given: object) -> Mapping[str, Any]:
    """Metadata that can be kept, as it was given.

    Raises:
        InvalidMetadata: it is no JSON object, too large, or nested more than :data:`MAX_METADATA_DEPTH` deep.
    """
    if not isinstance(given, Mapping):
        raise InvalidMetadata(f"Metadata is a {type(given).__name__}, not an object.")
    if not given:
        return {}
    if not all(isinstance(name, str) for name in given):
        raise InvalidMetadata("A metadata key is not a text.")
    try:
        size = len(json.dumps(given, ensure_ascii=False, allow_nan=False).encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidMetadata(f"Metadata cannot be written as JSON: {error}.") from None
    if size > MAX_METADATA_BYTES:
        raise InvalidMetadata(f"Metadata takes {size:,} bytes; {MAX_METADATA_BYTES:,} are allowed.")
    if _deeper_than(given, MAX_METADATA_DEPTH):
        raise InvalidMetadata(f"Metadata is nested more than {MAX_METADATA_DEPTH} deep.")
    return dict(given)


def _deeper_than(value: object, most: int) -> bool:
    """Whether objects and lists stand more than so many deep in each other."""
    level = [value]
    for _ in range(most):
        level = [part for one in level for part in _parts(one)]
        if not level:
            return False
    return any(isinstance(one, Mapping | list | tuple) for one in level)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list | tuple) else ()
