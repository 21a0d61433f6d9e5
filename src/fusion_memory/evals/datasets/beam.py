"""BEAM (Tavakoli et al., 2025): long chats about projects, each with probing questions; the unit is a message.

Layout, a folder of one folder per chat, or one of these: ``chat.json``, a list of batches whose ``turns`` are lists
of messages (``role``, ``id``, ``content``, perhaps ``time_anchor`` like ``March-15-2024``), and
``probing_questions/probing_questions.json``, lists of questions by category, each with ``question`` and
``source_chat_ids``: message ids, nested in any way. Published: github.com/mohammadtavakoli78/BEAM.

Messages end in the marks of the generator (``->-> 1,1``), which are cut off. A time anchor stands on the first
message of a stretch only, holds until the next one and opens a session. Questions are asked on the last day of the
chat; those about what was never said have no sources and are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from fusion_memory.evals.datasets.reading import Entry, invalid, json_file, json_list, says_nothing, valid
from fusion_memory.evals.records import Conversation, Message, Question, QuestionSet, Session, owner

CHAT_FILE = "chat.json"
QUESTION_FILE = Path("probing_questions") / "probing_questions.json"
NO_SOURCE = "no source in the chat"
ROLES = frozenset({"user", "assistant"})

_ANCHOR = "%B-%d-%Y"
_MARKS = re.compile(r"\s*->->[^\n]*\Z")


def load(folder: Path) -> QuestionSet:
    """Read the folder.

    Raises:
        DatasetInvalid: something is not in this layout.
    """
    conversations, questions, skipped = [], [], 0
    for number, place in enumerate(_chats(folder), 1):
        told = Conversation(owner(number), tuple(_sessions(place / CHAT_FILE)))
        found = list(_questions(place / QUESTION_FILE, told, f"c{number}"))
        conversations.append(told)
        questions += [question for question in found if question.gold]
        skipped += sum(not question.gold for question in found)
    if not questions:
        raise invalid(str(folder), "it holds no question with sources.")
    return QuestionSet(
        name="beam",
        unit="message",
        headline="recall@20",
        conversations=tuple(conversations),
        questions=tuple(questions),
        skipped={NO_SOURCE: skipped} if skipped else {},
    )


def _chats(folder: Path) -> list[Path]:
    if (folder / CHAT_FILE).is_file():
        return [folder]
    found = [file.parent for file in folder.glob(f"*/{CHAT_FILE}")]
    if not found:
        fix = f"pass the folder of one size, whose folders hold a {CHAT_FILE} each"
        raise invalid(str(folder), f"no folder in it holds a {CHAT_FILE}.", fix=fix)
    return sorted(found, key=lambda place: (len(place.name), place.name))


def _sessions(path: Path) -> Iterator[Session]:
    """The stretches of a chat from one time anchor to the next."""
    said_at: datetime | None = None
    messages: list[Message] = []
    number = 0
    for entry in _entries(path):
        anchor = entry.time("time_anchor", _ANCHOR)
        if anchor is not None and anchor != said_at:
            if messages:
                number += 1
                yield Session(f"stretch-{number}", said_at, tuple(messages))
            said_at, messages = anchor, []
        if (message := _message(entry)) is not None:
            messages.append(message)
    if messages:
        yield Session(f"stretch-{number + 1}", said_at, tuple(messages))


def _entries(path: Path) -> Iterator[Entry]:
    for batch in json_list(path):
        for place, turn in enumerate(batch.items("turns")):
            yield from Entry({"turn": turn}, f"{batch.where}, turns[{place}]").entries("turn")


def _message(entry: Entry) -> Message | None:
    number, role = entry.value.get("id"), entry.text("role")
    if not isinstance(number, int) or isinstance(number, bool):
        raise entry.expected("id", "a whole number")
    if role not in ROLES:
        raise entry.expected("role", f"one of {', '.join(sorted(ROLES))}")
    content = entry.value.get("content")
    if not isinstance(content, str):
        raise entry.expected("content", "a text")
    content = _MARKS.sub("", valid(content))
    return None if says_nothing(content) else Message(id=_own_id(number), content=content, role=role)


def _own_id(number: int) -> str:
    return f"m{number}"


def _questions(path: Path, told: Conversation, prefix: str) -> Iterator[Question]:
    """Every question of a chat; without gold where it names no message that was stored."""
    found = json_file(path)
    if not isinstance(found, dict):
        raise invalid(str(path), "expected one JSON object, with a list of questions for each category.")
    known = {message.id for session in told.sessions for message in session.messages}
    asked_at = max((session.said_at for session in told.sessions if session.said_at), default=None)
    by_category = Entry(found, str(path))
    for category in found:
        for place, entry in enumerate(by_category.entries(category)):
            sources = {_own_id(number) for number in _numbers(entry.value.get("source_chat_ids"))}
            yield Question(
                id=f"{prefix}/{category}/{place}",
                query=entry.text("question"),
                scope=told.scope,
                gold=frozenset(known & sources),
                category=category,
                asked_at=asked_at,
            )


def _numbers(value: object) -> Iterator[int]:
    """The whole numbers in a value, however deep: sources are a list, or lists by what they are sources of."""
    if isinstance(value, int):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _numbers(inner)
