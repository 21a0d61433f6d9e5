"""What a memory was told, by the ids it gave: whose each memory is, which unit, when said, how many tokens.

It is kept beside the memory and never shown to it: with it a measurement sees what came out of a foreign scope, and
how much a reader without a memory would have had to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fusion_memory.core.scope import Scope
from fusion_memory.evals.records import Conversation, Question, Unit
from fusion_memory.text.counting import count_tokens

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """One message as a reader of the whole history meets it."""

    unit: str
    session_id: str | None
    said_at: datetime
    tokens: int


@dataclass(slots=True)
class Ledger:
    """Notes on what was stored.

    Attributes:
        unit: what a question's gold counts.
    """

    unit: Unit
    _units: dict[tuple[Scope, str], str] = field(default_factory=dict)
    _lines: dict[Scope, list[Line]] = field(default_factory=dict)
    _conversations: dict[Scope, Conversation] = field(default_factory=dict)

    def note(self, conversation: Conversation, ids: Sequence[str]) -> None:
        """Note the ids that the messages of a conversation were given, in their order."""
        self._conversations[conversation.scope] = conversation
        messages = ((session, message) for session in conversation.sessions for message in session.messages)
        for (session, message), memory_id in zip(messages, ids, strict=True):
            unit = session.id if self.unit == "session" else message.id
            self._units.setdefault((conversation.scope, memory_id), unit or message.id)

    def holds(self, scope: Scope, memory_id: str) -> bool:
        """Whether a scope was told this memory."""
        return (scope, memory_id) in self._units

    def unit_of(self, scope: Scope, memory_id: str) -> str | None:
        """The unit that a memory of a scope belongs to; None for a foreign one."""
        return self._units.get((scope, memory_id))

    def history(self, question: Question) -> list[Line]:
        """Everything that a question may know, in order of time, then as it was told."""
        known = self._read(question.scope)
        if not question.session_ids:
            return known
        allowed = frozenset(question.session_ids)
        return [line for line in known if line.session_id in allowed]

    def _read(self, scope: Scope) -> list[Line]:
        """The lines of a scope, counted once."""
        if scope not in self._lines:
            lines = [
                Line(
                    unit=(session.id if self.unit == "session" else None) or message.id,
                    session_id=session.id,
                    said_at=message.said_at or session.said_at or _NEVER,
                    tokens=count_tokens(message.content),
                )
                for session in self._conversations[scope].sessions
                for message in session.messages
            ]
            self._lines[scope] = sorted(lines, key=lambda line: line.said_at)
        return self._lines[scope]
