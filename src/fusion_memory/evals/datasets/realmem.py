"""RealMem: project talk between a person and an assistant, with the memories that its makers extracted.

Layout, a folder of ``*_dialogues_*.json`` (or ``.json.gz``), or one of them: ``_metadata`` with ``person_name``;
``dialogues``, each with ``session_uuid``, ``current_time`` like ``2025-12-19 (Friday)``, ``dialogue_turns``
(``speaker``, ``content``) and ``extracted_memory`` (``type``, ``content``, ``source_role_snapshot``).
Published: github.com/AvatarMemory/RealMemBench.

Sessions without an extracted memory are left out: nothing says what they should yield. Headings such as
``【Other Attributes】`` in front of a memory are the makers' own and cut off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from fusion_memory.evals.datasets.reading import Entry, invalid, json_file, says_nothing
from fusion_memory.evals.fact_records import Dialogue, GoldMemory, Said

LAYOUTS = ("*_dialogues_*.json", "*_dialogues_*.json.gz")
ROLES = {"User": "user", "Assistant": "assistant"}

_HEADING = re.compile(r"^\s*(?:【[^】]*】\s*)+")
_WEEKDAY = re.compile(r"\s*\([A-Za-z]+\)\s*$")


def holds(path: Path) -> bool:
    """Whether a path looks like this set."""
    names = [path] if path.is_file() else path.iterdir() if path.is_dir() else []
    return any(name.match(layout) for name in names for layout in LAYOUTS)


def files_of(path: Path) -> list[Path]:
    """The files of the set in a folder, one for each person; the path itself when it is a file."""
    return [path] if path.is_file() else sorted(file for layout in LAYOUTS for file in path.glob(layout))


def load(path: Path) -> tuple[Dialogue, ...]:
    """Read the folder or the file; sessions in their order, people in the order of their files.

    Raises:
        DatasetInvalid: something is not in this layout.
    """
    dialogues = tuple(dialogue for file in files_of(path) for dialogue in _dialogues(file))
    if not dialogues:
        raise invalid(str(path), "it holds no session with an extracted memory.", fix="pass the folder of the set")
    return dialogues


def whole_of(path: Path) -> Entry:
    """The JSON object that a file is.

    Raises:
        DatasetInvalid: it is none.
    """
    found = json_file(path)
    if not isinstance(found, dict):
        raise invalid(str(path), "expected one JSON object.")
    return Entry(found, str(path))


def _dialogues(path: Path) -> Iterator[Dialogue]:
    whole = whole_of(path)
    person = whole.entry("_metadata").text("person_name")
    for session in whole.entries("dialogues"):
        gold = tuple(_gold(memory) for memory in session.entries("extracted_memory"))
        if gold:
            yield Dialogue(session.text("session_uuid"), person, said_in(session), gold)


def _gold(memory: Entry) -> GoldMemory:
    content = _HEADING.sub("", memory.text("content")) or memory.text("content")
    source = memory.optional_text("source_role_snapshot") or "unknown"
    return GoldMemory(content, memory.optional_text("type") or "unknown", source.lower())


def day_of(session: Entry) -> datetime:
    """The day of a session.

    Raises:
        DatasetInvalid: it has none.
    """
    day = Entry({"current_time": _WEEKDAY.sub("", session.text("current_time"))}, session.where)
    at = day.time("current_time", "%Y-%m-%d")
    if at is None:
        raise session.expected("current_time", "a day")
    return at


def said_in(session: Entry) -> tuple[Said, ...]:
    """What was said in a session, without turns that say nothing."""
    at = day_of(session)
    said = []
    for turn in session.entries("dialogue_turns"):
        content = turn.value.get("content")
        if isinstance(content, str) and not says_nothing(content):
            role = ROLES.get(turn.text("speaker"))
            if role is None:
                raise turn.expected("speaker", f"one of {', '.join(ROLES)}")
            said.append(Said(role, None, turn.text("content"), at))
    return tuple(said)
