"""A memory as a JSON object of an export and back; it is judged on the way in like what comes by any other door.

Must not know whether the one who sends it may write there, nor how memories are stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from fusion_memory.core.clock import parse_time, to_ms
from fusion_memory.core.errors import InvalidInput
from fusion_memory.core.records import Event, EventKind, Turn
from fusion_memory.core.scope import MAX_ID_CHARS, Scope
from fusion_memory.ingestion.normalise import judged_metadata
from fusion_memory.memory.events import NewEvent, content_hash
from fusion_memory.text.acceptance import require_text

MEMORY: Final = "memory"
SCOPE_FIELDS: Final = ("workspace_id", "user_id", "agent_id", "run_id", "app_id")
MOST_SEEN: Final = 2**53
MOST_IDENTITY_BYTES: Final = 64


def as_record(event: Event) -> dict[str, Any]:
    """A memory as a JSON object."""
    owner = {name: getattr(event, name) for name in SCOPE_FIELDS if getattr(event, name) is not None}
    return {
        "type": MEMORY,
        "id": event.id,
        "scope": owner,
        "session_id": event.session_id,
        "thread": event.thread,
        "kind": event.kind.value,
        "role": event.role,
        "speaker": event.speaker,
        "content": event.content,
        "client_id": event.client_id,
        "said_at": event.said_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "last_seen_at": event.last_seen_at.isoformat(),
        "times_seen": event.times_seen,
        "origin": event.origin,
        "metadata": dict(event.metadata),
        "identity": event.identity,
    }


def read(record: Mapping[str, Any], max_chars: int) -> tuple[Scope, NewEvent]:
    """Where a memory belongs, and the memory that a JSON object tells.

    Raises:
        InvalidInput: a field is missing, or no memory could have come to have it here.
    """
    try:
        return scope_of(record), _event(record, max_chars)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            f"A line of the export cannot be read: {error!r}.",
            why="It is not a memory as export writes it.",
            fix="export again; importing it again is safe",
        ) from None


def scope_of(record: Mapping[str, Any]) -> Scope:
    """Where a record belongs.

    Raises:
        InvalidInput: it does not say.
    """
    try:
        return Scope(**{str(name): value for name, value in dict(record["scope"]).items()})
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"A line of the export does not say whose it is: {error!r}.") from None


def _event(record: Mapping[str, Any], max_chars: int) -> NewEvent:
    content = record["content"]
    if not isinstance(content, str):
        raise TypeError("a content that is no text")
    require_text(content, max_chars, "The content of a memory")
    said_at, recorded_at, last_seen_at = (
        _time(record[name]) for name in ("said_at", "recorded_at", "last_seen_at")
    )
    turn = Turn(
        content=content,
        role=_id(record["role"]),
        speaker=_optional_id(record["speaker"]),
        kind=EventKind(record["kind"]),
        client_id=_optional_id(record["client_id"]),
        session_id=_optional_id(record["session_id"]),
        said_at=said_at,
        metadata=judged_metadata(record["metadata"]),
        origin=_id(record["origin"]),
    )
    return NewEvent(
        id=_id(record["id"]),
        turn=turn,
        thread=_id(record["thread"], 2 * MAX_ID_CHARS),
        identity=_identity(record["identity"]),
        content_hash=content_hash(content),
        said_at=said_at,
        recorded_at=recorded_at,
        times_seen=_count(record["times_seen"]),
        last_seen_at=last_seen_at,
        taken_back=record.get("taken_back") is True,
    )


def _id(value: object, most: int = MAX_ID_CHARS) -> str:
    if not isinstance(value, str) or len(value) > most or not value.strip() or not value.isprintable():
        raise ValueError(f"an id that is no text of 1 to {most} printable characters")
    return value


def _optional_id(value: object) -> str | None:
    return None if value is None else _id(value)


def _identity(value: object) -> bytes:
    found = bytes.fromhex(value) if isinstance(value, str) else b""
    if not 0 < len(found) <= MOST_IDENTITY_BYTES:
        raise ValueError("an identity that is none")
    return found


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_SEEN:
        raise ValueError("a count that is none")
    return value


def _time(value: object) -> datetime:
    moment = parse_time(value) if isinstance(value, str) else None
    if moment is None:
        raise ValueError("a time that is none")
    to_ms(moment)
    return moment
