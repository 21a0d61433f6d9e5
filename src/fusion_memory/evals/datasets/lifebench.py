"""LifeBench: a year of one person's chats, messages, calls, notes, photos and calendar; the unit is an item.

Layout, a folder: ``items.jsonl`` (or ``items.jsonl.gz``) with ``user``, ``item_id``, ``type``, ``datetime``,
``text``; ``qa.jsonl`` with ``qid``, ``user``, ``question``, ``question_type``, ``ask_time`` (a month or a day)
and ``evidence`` (item ids). Published: github.com/1754955896/LifeBench.

Each person is a scope of their own. Items are stored as they happened, in order of time. A question is asked at the
end of the month or day that it names. Evidence is redundant, so any@k is told beside recall@k.
"""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fusion_memory.core.scope import Scope
from fusion_memory.evals.datasets.reading import Entry, invalid, json_lines
from fusion_memory.evals.records import Conversation, Message, Question, QuestionSet, Session, owner

ITEM_FILES = ("items.jsonl", "items.jsonl.gz")
QUESTION_FILE = "qa.jsonl"
NO_EVIDENCE = "no evidence"

_DAY_OR_MONTH = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")


def load(folder: Path) -> QuestionSet:
    """Read the folder.

    Raises:
        DatasetInvalid: something is not in this layout.
    """
    people = _people(_item_file(folder))
    scopes = {user: owner(number) for number, user in enumerate(people, 1)}
    known = {(user, message.id) for user, messages in people.items() for message in messages}
    found = [_question(entry, scopes, known) for entry in json_lines(folder / QUESTION_FILE)]
    questions = tuple(question for question in found if question.gold)
    if not questions:
        raise invalid(str(folder / QUESTION_FILE), "it holds no question with evidence.")
    skipped = len(found) - len(questions)
    streams = {user: (Session(None, None, _in_time(messages)),) for user, messages in people.items()}
    return QuestionSet(
        name="lifebench",
        unit="message",
        headline="recall@10",
        conversations=tuple(Conversation(scopes[user], stream) for user, stream in streams.items()),
        questions=questions,
        skipped={NO_EVIDENCE: skipped} if skipped else {},
        notes=(f"people: {len(people)}",),
    )


def _item_file(folder: Path) -> Path:
    for name in ITEM_FILES:
        if (folder / name).is_file():
            return folder / name
    raise invalid(str(folder), f"it holds neither {' nor '.join(ITEM_FILES)}.", fix="pass the folder of the set")


def _people(path: Path) -> Mapping[str, list[Message]]:
    people: defaultdict[str, list[Message]] = defaultdict(list)
    for entry in json_lines(path):
        people[entry.text("user")].append(
            Message(id=entry.text("item_id"), content=entry.text("text"), said_at=entry.time("datetime"))
        )
    if not people:
        raise invalid(str(path), "it holds no items.")
    return people


def _in_time(messages: Iterable[Message]) -> tuple[Message, ...]:
    first = datetime.min.replace(tzinfo=UTC)
    return tuple(sorted(messages, key=lambda message: message.said_at or first))


def _question(entry: Entry, scopes: Mapping[str, Scope], known: set[tuple[str, str]]) -> Question:
    user = entry.text("user")
    if user not in scopes:
        raise entry.expected("user", "a user of the items")
    evidence = entry.texts("evidence")
    for item_id in evidence:
        if (user, item_id) not in known:
            raise invalid(entry.where, f"evidence {item_id!r} is no item of user {user!r}.")
    return Question(
        id=entry.text("qid"),
        query=entry.text("question"),
        scope=scopes[user],
        gold=frozenset(evidence),
        category=entry.text("question_type"),
        asked_at=_end_of(entry),
    )


def _end_of(entry: Entry) -> datetime | None:
    """The last second of the month or day in ``ask_time``."""
    given = entry.optional_text("ask_time")
    if given is None:
        return None
    match = _DAY_OR_MONTH.fullmatch(given)
    year, month, day = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    try:
        last = day or calendar.monthrange(year, month)[1]
        return datetime(year, month, last, tzinfo=UTC) + timedelta(days=1, seconds=-1)
    except (ValueError, calendar.IllegalMonthError):
        raise entry.expected("ask_time", "a month like '2025-03' or a day like '2025-03-09'") from None
