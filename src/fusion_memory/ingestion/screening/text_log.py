"""The messages of a text log: lines, some of which say when and who, and the lines that belong to them; pure.

Why it exists: many programs log conversations as plain text. Must not know: what is done with a message. A line
that begins with a time, or with the name of a role ("User:", "用户："), opens a message; lines without either go on
with it. Before the first such line every line stands for itself. A line that is plainly a machine's stands for
itself, too, wherever it is, so that it is counted as what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from fusion_memory.core.clock import parse_time
from fusion_memory.core.errors import InvalidTime
from fusion_memory.ingestion.screening.noise import noise_of_line

LONGEST_MESSAGE: Final = 100_000
"""Lines that go on with a message of more characters begin another one of the same voice and time."""

_ROLES: Final = (
    "user|human|me|assistant|ai|bot|model|agent|tool|system|developer|用户|我|助手|助理|机器人|工具|系统"
)
_WEEKDAYS: Final = "(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?|(?:周|星期)[一二三四五六日天])"
_ZONE: Final = re.compile(r"(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?", re.IGNORECASE)
_HEAD: Final = re.compile(
    rf"\s*(?P<stamp>[\[(【]?(?:{_WEEKDAYS} ?)?(?P<y>\d{{4}})(?:[-/]|年)(?P<m>\d{{1,2}})(?:[-/]|月)(?P<d>\d{{1,2}})"
    r"日?[ T,]{0,2}"
    r"(?P<H>\d{1,2})[:：时](?P<M>\d\d)(?:[:：分](?P<S>\d\d)秒?(?:[.,](?P<f>\d{1,6})\d*)?)?"
    r"\s?(?P<zone>Z|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d\d)?|UTC|GMT)?[\])】]?(?:[\s|,;:：-]+|\Z))?"
    rf"(?:(?P<role>{_ROLES})\s*[:：]|[\[<(【](?P<tag>{_ROLES})[\])>】]\s*[:：]?)?[ \t]*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a text log.

    Attributes:
        number: of its first line.
        content: without what its head says.
        role: as written, in small letters; None when the log does not say.
        said_at: None when the log does not say.
    """

    number: int
    content: str
    role: str | None = None
    said_at: datetime | None = None


@dataclass(slots=True)
class _Open:
    """A message to which lines may still be added."""

    number: int
    role: str | None
    said_at: datetime | None
    lines: list[str] = field(default_factory=list)
    chars: int = 0

    def add(self, line: str) -> None:
        self.lines.append(line)
        self.chars += len(line) + 1

    def closed(self) -> Iterator[Line]:
        content = "\n".join(self.lines).strip("\n")
        if content.strip():
            yield Line(self.number, content, self.role, self.said_at)


def text_messages(lines: Iterable[tuple[int, str]]) -> Iterator[Line]:
    """The messages of numbered lines, in order; blank lines alone are none."""
    current: _Open | None = None
    for number, raw in lines:
        line = raw.rstrip("\r\n")
        head = _head(line)
        said_at = _moment(head) if head else None
        if _stands_alone(line, head, current):
            if current:
                yield from current.closed()
                current = _Open(number + 1, current.role, current.said_at)
            if line.strip():
                yield Line(number, line, None, said_at)
        elif head:
            if current:
                yield from current.closed()
            role = (head["role"] or head["tag"] or "").lower() or None
            current = _Open(number, role, said_at)
            current.add(head["rest"])
        elif current:
            if current.chars > LONGEST_MESSAGE:
                yield from current.closed()
                current = _Open(number, current.role, current.said_at)
            current.add(line)
    if current:
        yield from current.closed()


def moment_of(stamp: str) -> datetime | None:
    """The time that stands at the beginning of a text, without a zone in UTC; None when there is none."""
    head = _head(stamp)
    return _moment(head) if head else None


def _head(line: str) -> re.Match[str] | None:
    match = _HEAD.match(line)
    return match if match and (match["stamp"] or match["role"] or match["tag"]) else None


def _stands_alone(line: str, head: re.Match[str] | None, current: _Open | None) -> bool:
    """Whether a line is no part of a message: a machine's, or one of a log without heads so far."""
    if head is None and current is None:
        return True
    if head and (head["role"] or head["tag"]):
        return False
    return noise_of_line(line, log=head is not None or current is None or current.role is None) is not None


def _moment(head: re.Match[str]) -> datetime | None:
    """The time of a head; None when it has none, or one that no calendar knows."""
    if not head["stamp"]:
        return None
    date = f"{head['y']}-{int(head['m']):02}-{int(head['d']):02}"
    clock = f"{int(head['H']):02}:{head['M']}:{head['S'] or '00'}.{(head['f'] or '0').ljust(6, '0')}"
    try:
        return parse_time(f"{date}T{clock}{_zone(head['zone'] or '')}")
    except InvalidTime:
        return None


def _zone(written: str) -> str:
    """A zone as ISO 8601 has it: "GMT+8" is +08:00; none, UTC and GMT are +00:00."""
    match = _ZONE.fullmatch(written)
    return f"{match['sign']}{int(match['hours']):02}:{match['minutes'] or '00'}" if match else "+00:00"
