"""LoCoMo (Maharana et al., ACL 2024): very long conversations of two people; the unit is a turn.

Layout: a JSON list of samples, each with ``sample_id``, ``conversation`` (``session_<n>`` lists of turns and
``session_<n>_date_time`` texts) and ``qa``. Corrected labels are JSON lines with ``sample_id``, ``question``
and ``corrected_evidence``. Published: github.com/snap-research/locomo.

Known in the published files: sessions with a date and no turns; several turn ids in one evidence text;
malformed and dangling turn ids. A picture is read by its caption.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from fusion_memory.core.scope import Scope
from fusion_memory.evals.datasets.reading import Entry, invalid, json_lines, json_list
from fusion_memory.evals.records import Conversation, Message, Question, QuestionSet, Session, owner

CATEGORIES = MappingProxyType({1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", 5: "adversarial"})
APART = frozenset({"adversarial"})
LABELS_BESIDE = "qa_corrected.jsonl"
PUBLISHED = "published"
NO_EVIDENCE = "no evidence in the conversation"

_TIME = "%I:%M %p on %d %B, %Y"
_SESSION = re.compile(r"session_(\d+)")
_TURN_ID = re.compile(r"D:?(\d+):(\d+)")

Labels = Mapping[tuple[str, str], list[list[str]]]
"""Corrected evidence by sample and question; a question that is asked twice has two entries, in order."""


def load(path: Path, labels_path: Path | None = None) -> QuestionSet:
    """Read the published file.

    Args:
        path: the JSON file.
        labels_path: corrected labels; :data:`LABELS_BESIDE` in the same folder is used when it is there.

    Raises:
        DatasetInvalid: something is not in the published layout.
    """
    samples = json_list(path)
    beside = path.with_name(LABELS_BESIDE)
    labels_path = labels_path or (beside if beside.is_file() else None)
    labels = _labels(labels_path) if labels_path else None
    conversations, questions, skipped = [], [], 0
    for number, sample in enumerate(samples, 1):
        conversation = _conversation(sample, owner(number))
        found = list(_questions(sample, conversation, labels))
        conversations.append(conversation)
        questions += [question for question in found if question.gold]
        skipped += sum(not question.gold for question in found)
    if labels_path and not any(question.other_gold for question in questions):
        raise invalid(str(labels_path), f"no label belongs to a question of {path}.")
    if not questions:
        raise invalid(str(path), "it holds no question with evidence.")
    return QuestionSet(
        name="locomo",
        unit="message",
        headline="recall@10",
        conversations=tuple(conversations),
        questions=tuple(questions),
        apart=APART,
        skipped={NO_EVIDENCE: skipped} if skipped else {},
        notes=(f"labels: {labels_path.name if labels_path else PUBLISHED}",),
    )


def turn_ids(evidence: Iterable[str]) -> list[str]:
    """The turn ids of evidence texts in their canonical form: ``"D8:6; D9:17"``, ``"D:11:26"``, ``"D30:05"``."""
    return [f"D{int(s)}:{int(t)}" for text in evidence for s, t in _TURN_ID.findall(text)]


def _conversation(sample: Entry, scope: Scope) -> Conversation:
    given = sample.entry("conversation")
    numbers = [int(match[1]) for name in given.value if (match := _SESSION.fullmatch(name))]
    return Conversation(scope, tuple(_session(given, number) for number in sorted(numbers)))


def _session(given: Entry, number: int) -> Session:
    name = f"session_{number}"
    turns = given.entries(name)
    messages = (
        Message(id=_turn_id(turn), content=content, speaker=turn.text("speaker"))
        for turn in turns
        if (content := _content(turn))
    )
    return Session(name, given.time(f"{name}_date_time", _TIME), tuple(messages))


def _turn_id(turn: Entry) -> str:
    found = turn_ids([turn.text("dia_id")])
    if len(found) != 1:
        raise turn.expected("dia_id", "a turn id like 'D1:3'")
    return found[0]


def _content(turn: Entry) -> str:
    said, seen = turn.optional_text("text"), turn.optional_text("blip_caption")
    return " ".join(part for part in (said, f"[photo: {seen}]" if seen else None) if part)


def _questions(sample: Entry, told: Conversation, labels: Labels | None) -> Iterable[Question]:
    """Every question of a sample, asked right after its last session; without gold where there is none."""
    sample_id = sample.text("sample_id")
    known = {message.id for session in told.sessions for message in session.messages}
    asked_at = max((session.said_at for session in told.sessions if session.said_at), default=None)
    asked: Counter[str] = Counter()
    for place, qa in enumerate(sample.entries("qa")):
        query = qa.text("question")
        published = known.intersection(turn_ids(qa.texts("evidence")))
        corrections = labels.get((sample_id, query), []) if labels else []
        gold, other = published, {}
        if asked[query] < len(corrections):
            gold = known.intersection(turn_ids(corrections[asked[query]]))
            other = {PUBLISHED: frozenset(published)} if published else {}
        asked[query] += 1
        yield Question(
            id=f"{sample_id}/{place}",
            query=query,
            scope=told.scope,
            gold=frozenset(gold),
            category=_category(qa),
            asked_at=asked_at,
            other_gold=other,
        )


def _category(qa: Entry) -> str:
    number = qa.value.get("category")
    if not isinstance(number, int) or number not in CATEGORIES:
        raise qa.expected("category", f"one of {', '.join(map(str, CATEGORIES))}")
    return CATEGORIES[number]


def _labels(path: Path) -> Labels:
    found: defaultdict[tuple[str, str], list[list[str]]] = defaultdict(list)
    for row in json_lines(path):
        found[row.text("sample_id"), row.text("question")].append(row.texts("corrected_evidence"))
    if not found:
        raise invalid(str(path), "it holds no labels.")
    return found
