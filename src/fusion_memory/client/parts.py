"""What comes in parts, read line by line: server-sent events of an answer, and the lines of an export.

Pure: lines go in, values come out; who waits for the lines does not matter.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fusion_memory.client.calls import read
from fusion_memory.client.problems import error_of
from fusion_memory.client.requests import Reply
from fusion_memory.core.answers import Answer, AnswerClaim, AnswerPart
from fusion_memory.core.service_errors import MethodNotAllowed, NoSuchRoute, ServiceUnreachable, UnreadableAnswer

CLAIM, ANSWER, PROBLEM = "claim", "answer", "problem"
"""The events of an answer; readers pass over others."""

INTERNAL = 500
ABSENT = (NoSuchRoute, MethodNotAllowed)
"""How a service says that it does not stream."""


@dataclass(slots=True)
class AnswerLines:
    """Puts lines of ``text/event-stream`` together to the parts of an answer (WHATWG HTML, 9.2.6)."""

    finished: bool = False
    _event: str = ""
    _data: list[str] = field(default_factory=list)

    def part(self, line: str) -> AnswerPart | None:
        """The part that a line completes, if it completes one.

        Raises:
            FusionMemoryError: the service told a problem instead.
        """
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "event":
                self._event = value
            elif name == "data":
                self._data.append(value)
            return None
        event, data = self._event, "\n".join(self._data)
        self._event, self._data = "", []
        if event == PROBLEM:
            raise error_of(Reply(INTERNAL, {}, data.encode()))
        if event == CLAIM:
            return AnswerPart(claim=read(AnswerClaim, object_of(data)))
        if event == ANSWER:
            self.finished = True
            return AnswerPart(answer=read(Answer, object_of(data)))
        return None

    def whole(self, answer: Answer) -> Iterator[AnswerPart]:
        """The parts of an answer that came at once."""
        yield from (AnswerPart(claim=claim) for claim in answer.claims if claim.supported)
        self.finished = True
        yield AnswerPart(answer=answer)

    def end(self) -> None:
        """The lines are over.

        Raises:
            ServiceUnreachable: before the answer was.
        """
        if not self.finished:
            raise ServiceUnreachable("The answer broke off.", why="The connection ended before the last part came.")


def object_of(line: str) -> dict[str, Any]:
    """The JSON object of a line.

    Raises:
        UnreadableAnswer: it is none.
    """
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise UnreadableAnswer(why="A line of it is no JSON object.")
    return value
