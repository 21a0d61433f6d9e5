"""MADial-Bench (He et al., 2025): which memory fits the talk at hand, without being asked; the unit is a memory.

Layout, a folder with ``zh_memory.jsonl`` and ``zh_dialogue.jsonl``, or the same with ``en``. A memory is an object
of one entry: its id, and ``event`` with ``time`` (a day). A dialogue has ``dialogue`` (lines like ``<Ann>:
"..."``), ``test-turn`` (places of the lines in which a memory is recalled) and ``relevant-id``. Published:
github.com/hejunqing/MADial-Bench.

Each dialogue is a question: what was said before its first such line, asked as an agent would ask: the last line,
with the lines before it as context. Without context, all of them together are the question. Nothing from the
recalling line on is shown, for it tells the answer. All memories stand in one scope, as in the published task; the
English file does not say whose they are. Memories and talk are of made-up children, so the present is the day of
the newest memory.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from fusion_memory.evals.datasets.reading import Entry, invalid, json_lines, says_nothing
from fusion_memory.evals.records import Conversation, Message, Question, QuestionSet, Session, owner

Language = Literal["zh", "en"]

WITH_CONTEXT = (
    "a question is the line before the first one that recalls a memory, with the talk before it as context"
)
WITHOUT_CONTEXT = "a question is the talk before the first line that recalls a memory"
NO_MEMORY = "no memory of the set"

_LINE = re.compile(r'\s*<([^<>\n]{1,40})>\s*[:：]\s*"?(.*?)"?\s*', re.DOTALL)
_MARKS = frozenset({"<BOD>", "<EOD>"})
_DAY = "%Y-%m-%d"


def load(folder: Path, language: Language = "zh", *, context: bool = True) -> QuestionSet:
    """Read the memories and dialogues of a language; without ``context`` the whole talk is the question.

    Raises:
        DatasetInvalid: something is not in this layout.
    """
    scope = owner(1)
    own_ids, messages = _memories(folder / f"{language}_memory.jsonl")
    asked_at = max((message.said_at for message in messages if message.said_at), default=None)
    path = folder / f"{language}_dialogue.jsonl"
    questions = []
    skipped = 0
    for place, entry in enumerate(json_lines(path)):
        gold = frozenset(own_ids[one] for one in map(str, entry.items("relevant-id")) if one in own_ids)
        said = _talk_before(entry)
        if not gold or not said:
            skipped += 1
            continue
        category = f"{len(gold)} memories" if len(gold) > 1 else "1 memory"
        query, before = (said[-1], tuple(said[:-1])) if context else ("\n".join(said), ())
        questions.append(Question(f"d{place}", query, scope, gold, category, asked_at, context=before))
    if not questions:
        raise invalid(str(path), "it holds no dialogue with a memory that fits.")
    return QuestionSet(
        name=f"madial/{language}",
        unit="message",
        headline="recall@5",
        conversations=(Conversation(scope, (Session(None, None, tuple(messages)),)),),
        questions=tuple(questions),
        skipped={NO_MEMORY: skipped} if skipped else {},
        published={own: given for given, own in own_ids.items()},
        notes=(WITH_CONTEXT if context else WITHOUT_CONTEXT, "all memories in one scope"),
    )


def _memories(path: Path) -> tuple[dict[str, str], list[Message]]:
    """The own id of each published one, and the memories in order of time."""
    own_ids: dict[str, str] = {}
    messages: list[Message] = []
    for line in json_lines(path):
        for given in line.value:
            memory = line.entry(given)
            if given in own_ids:
                raise invalid(line.where, f"the id {given!r} occurs twice.")
            own_ids[given] = f"m{len(own_ids)}"
            messages.append(Message(own_ids[given], memory.text("event"), said_at=memory.time("time", _DAY)))
    if not messages:
        raise invalid(str(path), "it holds no memories.")
    first = datetime.min.replace(tzinfo=UTC)
    return own_ids, sorted(messages, key=lambda message: message.said_at or first)


def _talk_before(entry: Entry) -> list[str]:
    """What was said before the first line that recalls a memory."""
    lines, turns = entry.texts("dialogue"), entry.items("test-turn")
    if not turns or not all(isinstance(turn, int) and 0 <= turn < len(lines) for turn in turns):
        raise entry.expected("test-turn", f"a list of places in dialogue (0 to {len(lines) - 1})")
    return _said(lines[: min(turns)])


def _said(lines: Sequence[str]) -> list[str]:
    said = []
    for line in lines:
        if line.strip() in _MARKS or says_nothing(line):
            continue
        found = _LINE.fullmatch(line)
        said.append(f"{found[1]}: {found[2]}" if found else line.strip().strip('<>"'))
    return said
