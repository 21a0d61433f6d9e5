"""Your own questions about your own memories, as JSON lines.

One object a line, in any order; the fields on each second line may be left out::

    {"type": "message", "id": "m1", "content": "...",
     "role": "user", "name": "Ann", "time": "2024-03-09T14:30:00", "session": "s1", "scope": "ann"}
    {"type": "question", "query": "...", "gold": ["m1"],
     "category": "...", "asked_at": "2024-04-01", "sessions": ["s1"], "id": "q1", "scope": "ann"}

``gold`` are message ids, or session ids when the unit is the session. ``scope`` keeps people apart: any text; lines
without one share a scope. ``sessions`` limits a question to these sessions. Messages of a session are stored in the
order of their lines, sessions in the order of their first line. A question without gold is skipped and counted.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from fusion_memory.core.scope import MAX_ID_CHARS, Scope
from fusion_memory.evals.datasets.reading import Entry, invalid, json_lines
from fusion_memory.evals.records import Conversation, Message, Question, QuestionSet, Session, Unit, owner

NO_GOLD = "no gold"
UNCATEGORISED = "all"


@dataclass(slots=True)
class Told:
    """What one scope is told, while the file is read."""

    scope: Scope
    ids: set[str] = field(default_factory=set)
    sessions: defaultdict[str | None, list[Message]] = field(default_factory=lambda: defaultdict(list))

    def units(self, unit: Unit) -> set[str]:
        """The ids that gold may name."""
        return self.ids if unit == "message" else {session for session in self.sessions if session}

    def conversation(self) -> Conversation:
        """All of it."""
        return Conversation(
            self.scope, tuple(Session(name, None, tuple(said)) for name, said in self.sessions.items())
        )


def load(path: Path, unit: Unit = "message") -> QuestionSet:
    """Read the file.

    Args:
        path: the JSON lines.
        unit: what ``gold`` names.

    Raises:
        DatasetInvalid: a line is not as the format says.
    """
    told: dict[str | None, Told] = {}
    asked: list[Entry] = []
    for entry in json_lines(path):
        match entry.value.get("type"):
            case "message":
                _tell(told, entry)
            case "question":
                asked.append(entry)
            case _:
                raise entry.expected("type", "'message' or 'question'")
    found = [_question(entry, place, told, unit) for place, entry in enumerate(asked, 1)]
    questions = tuple(question for question in found if question.gold)
    if not questions:
        raise invalid(str(path), "it holds no question with gold.")
    skipped = len(found) - len(questions)
    return QuestionSet(
        name="generic",
        unit=unit,
        headline="recall@10",
        conversations=tuple(one.conversation() for one in told.values()),
        questions=questions,
        skipped={NO_GOLD: skipped} if skipped else {},
    )


def _tell(told: dict[str | None, Told], entry: Entry) -> None:
    name = entry.optional_text("scope")
    own = told.setdefault(name, Told(owner(len(told) + 1)))
    message = Message(
        id=_id(entry, "id"),
        content=entry.text("content"),
        role=entry.optional_text("role") or "user",
        speaker=entry.optional_text("name"),
        said_at=entry.time("time"),
    )
    if message.id in own.ids:
        raise invalid(entry.where, f"the id {message.id!r} occurs twice in its scope.")
    own.ids.add(message.id)
    own.sessions[_id(entry, "session") if entry.optional_text("session") else None].append(message)


def _question(entry: Entry, place: int, told: dict[str | None, Told], unit: Unit) -> Question:
    own = told.get(entry.optional_text("scope"))
    if own is None:
        raise entry.expected("scope", "the scope of a message")
    gold, sessions = entry.texts("gold"), entry.texts("sessions")
    for name, given, known in (("gold", gold, own.units(unit)), ("sessions", sessions, set(own.sessions))):
        unknown = [one for one in given if one not in known]
        if unknown:
            kind = unit if name == "gold" else "session"
            raise invalid(entry.where, f"{name} names {unknown[0]!r}, which is no {kind} of its scope.")
    return Question(
        id=entry.optional_text("id") or f"question-{place}",
        query=entry.text("query"),
        scope=own.scope,
        gold=frozenset(gold),
        category=entry.optional_text("category") or UNCATEGORISED,
        asked_at=entry.time("asked_at"),
        session_ids=tuple(sessions),
    )


def _id(entry: Entry, name: str) -> str:
    found = entry.text(name)
    if len(found) > MAX_ID_CHARS or not found.isprintable():
        raise entry.expected(name, f"at most {MAX_ID_CHARS} printable characters")
    return found
