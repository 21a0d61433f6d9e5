"""From what a log holds to :class:`LogRecord` values: messages of any usual form, and the lines of a text log.

Why it exists: files, callers and the readers of agents' session files all hand over the same record. Must not
know: what is noise in it, or where it goes. An unknown field is refused: a mistyped ``time`` would lose every time.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from fusion_memory.core.capture import LogRecord
from fusion_memory.core.clock import parse_time
from fusion_memory.core.errors import InvalidInput, InvalidMetadata, InvalidText, InvalidTime, TextTooLong
from fusion_memory.ingestion.normalise import ALIASES
from fusion_memory.ingestion.screening.screen import ROLES, role_of
from fusion_memory.ingestion.screening.text_log import Line, text_messages
from fusion_memory.text.screening import Problem, screen

Given = str | Mapping[str, Any] | LogRecord
"""A line of a text log, a message, or a record that is ready."""

TOOL: Final = "tool_output"
_TOOL_FIELDS: Final = frozenset({"tool_calls", "tool_call_id", "function_call"})
_TOOL_PARTS: Final = frozenset(
    {
        "tool_result",
        "tool_use",
        "toolCall",
        "toolResult",
        "function_call",
        "function_call_output",
        "server_tool_use",
    }
)
_KNOWN: Final = frozenset(name for names in ALIASES.values() for name in names) | _TOOL_FIELDS
_NO_ROLES: Final = frozenset({"message", "turn", "text", "document", "chat", ""})
_MILLISECONDS_FROM: Final = 1e11  # as seconds this is the year 5138
_MOST_SECONDS: Final = 253_402_300_799
_SHOWN_FIELDS: Final = 3


@dataclass(frozen=True, slots=True)
class Source:
    """Where records come from, for their errors and for what they do not say themselves.

    Attributes:
        label: what comes before the number of a record: ``"record"``, or ``"FILE, line"``.
        role: who speaks where a record does not say.
        origin: kept with every memory.
        extra: whether unknown fields are kept as metadata and not refused.
        max_chars: the longest text of one memory.
        file: its name, kept with every memory together with the line.
    """

    label: str = "record"
    role: str = "user"
    origin: str = "log"
    extra: bool = False
    max_chars: int = 1_000_000
    file: str | None = None


def log_records(given: Iterable[Given], source: Source) -> Iterator[LogRecord]:
    """The records of what a caller hands over; texts that follow each other are the lines of a text log.

    Raises:
        InvalidInput: one of them is no record; its number is said, from 1.
    """
    if isinstance(given, str):
        given = given.splitlines()
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        raise InvalidInput(
            f"A {type(given).__name__} is no log.", fix='pass lines, or messages {"role": ..., "content": ...}'
        )
    for is_text, group in groupby(enumerate(given, 1), lambda pair: isinstance(pair[1], str)):
        if is_text:
            yield from line_records(((number, str(line)) for number, line in group), source)
        else:
            for number, one in group:
                yield _ready(one, number) if isinstance(one, LogRecord) else record_of(one, number, source)


def line_records(lines: Iterable[tuple[int, str]], source: Source) -> Iterator[LogRecord]:
    """The records of a text log.

    Args:
        lines: each with its number.
        source: where they come from.
    """
    for message in text_messages(lines):
        _require(message.content, message.role or source.role, message.number, source)
        yield _of_line(message, source)


def record_of(given: Any, number: int, source: Source) -> LogRecord:  # noqa: ANN401 (judged here)
    """The record of one message.

    Raises:
        InvalidInput: it is no message, or it has fields that are unknown.
        InvalidTime, InvalidMetadata, InvalidText, TextTooLong: a field cannot be used.
    """
    if isinstance(given, str):
        given = {"content": given}
    if not isinstance(given, Mapping):
        raise InvalidInput(_where(number, source) + " is no message.", fix='{"role": "user", "content": "..."}')
    extra = {name: value for name, value in given.items() if name not in _KNOWN}
    if extra and not source.extra:
        raise _unknown(extra, number, source)
    own = {field: _first(given, names) for field, names in ALIASES.items()}
    content, held = _content(own["content"], number, source)
    if any(given.get(name) for name in _TOOL_FIELDS):
        held = TOOL
    kind = str(own["kind"] or "")
    role = str(own["role"] or ("" if kind.lower() in _NO_ROLES else kind) or source.role)
    if held is None and role_of(role) in ROLES and not any(name in given for name in ALIASES["content"]):
        raise InvalidInput(_where(number, source) + " has no content.", fix='{"role": "user", "content": "..."}')
    _require(content, role, number, source)
    return LogRecord(
        content=content,
        role=role,
        place=str(number),
        said_at=_time(own["said_at"], number, source),
        session_id=_text(own["session_id"]),
        record_id=_text(own["client_id"]),
        speaker=_text(own["speaker"]),
        origin=str(own["origin"] or source.origin),
        held=held,
        metadata={**_traced(number, source), **extra, **_metadata(own["metadata"], number, source)},
    )


def _ready(record: LogRecord, number: int) -> LogRecord:
    return record if record.place else replace(record, place=str(number))


def _of_line(line: Line, source: Source) -> LogRecord:
    return LogRecord(
        content=line.content,
        role=line.role or source.role,
        place=str(line.number),
        said_at=line.said_at,
        origin=source.origin,
        line=line.role is None,
        metadata=_traced(line.number, source),
    )


def _traced(number: int, source: Source) -> dict[str, Any]:
    return {"file": source.file, "line": number} if source.file else {}


def _where(number: int, source: Source) -> str:
    label = f"{source.label} {number:,}"
    return label[0].upper() + label[1:] if source.file is None else label


def _first(given: Mapping[str, Any], names: Sequence[str]) -> Any:  # noqa: ANN401 (judged by the caller)
    return next((given[name] for name in names if given.get(name) is not None), None)


def _text(value: Any) -> str | None:  # noqa: ANN401 (an id or a name of any kind)
    return None if value is None or value == "" else str(value)


def _content(value: Any, number: int, source: Source) -> tuple[str, str | None]:  # noqa: ANN401 (judged here)
    """The text of a content, and what it held beside it."""
    if value is None:
        return "", None
    if isinstance(value, str):
        return value, None
    if not isinstance(value, Sequence) or isinstance(value, bytes | bytearray):
        raise InvalidInput(f"The content of {_where(number, source)} is no text.", fix='{"content": "the text"}')
    texts, held = [], None
    for part in value:
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, Mapping) and part.get("type") in _TOOL_PARTS:
            held = TOOL
        elif isinstance(part, Mapping) and isinstance(part.get("text"), str):
            texts.append(part["text"])
    return "\n".join(text for text in texts if text), held


def _time(value: Any, number: int, source: Source) -> datetime | None:  # noqa: ANN401 (judged here)
    """A time as a text in the form of ISO 8601, or as seconds or milliseconds since 1970."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1_000 if abs(value) >= _MILLISECONDS_FROM else value
        value = datetime.fromtimestamp(seconds, UTC) if 0 <= seconds <= _MOST_SECONDS else repr(value)
    try:
        return parse_time(value)
    except InvalidTime as error:
        raise InvalidTime(f"{_where(number, source)}: {error.what}") from None


def _metadata(value: Any, number: int, source: Source) -> Mapping[str, Any]:  # noqa: ANN401 (judged here)
    if value is not None and not isinstance(value, Mapping):
        raise InvalidMetadata(
            f"The metadata of {_where(number, source)} is a {type(value).__name__}, not an object."
        )
    return value or {}


def _require(content: str, role: str, number: int, source: Source) -> None:
    """Refuse what no cleaning makes fit to be kept; control characters are cut out later."""
    if role_of(role) not in ROLES:
        return
    problem = screen(content, source.max_chars)
    if problem is Problem.TOO_LONG:
        raise TextTooLong(
            f"{_where(number, source)} has {len(content):,} characters.",
            why=f"One memory may have {source.max_chars:,}.",
        )
    if problem is Problem.SURROGATE:
        raise InvalidText(f"{_where(number, source)} contains lone surrogates, so it is not valid Unicode.")


def _unknown(extra: Mapping[str, Any], number: int, source: Source) -> InvalidInput:
    names = ", ".join(repr(str(name)) for name in list(extra)[:_SHOWN_FIELDS])
    more = f" and {len(extra) - _SHOWN_FIELDS} more" if len(extra) > _SHOWN_FIELDS else ""
    close = next((near for name in extra for near in difflib.get_close_matches(str(name), _KNOWN, n=1)), None)
    what = f"{_where(number, source)} has unknown fields: {names}{more}."
    why = f"Did you mean {close!r}? " if close else ""
    return InvalidInput(
        what,
        why=f"{why}Known are role, content, time, session_id, name, id, metadata and their usual other names.",
        fix="rename them, or keep them as metadata: --extra-fields, in Python extra_fields=True",
    )
