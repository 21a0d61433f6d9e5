"""How well examples were understood: precision, recall, what is current, and what was got wrong. Pure.

Precision is the share of facts that were expected or fine, recall the share of expected facts that were found;
:mod:`fusion_memory.evals.fact_matching` says what counts as the same fact. A second fact for one expectation is
wrong unless it is fine: a memory that says everything twice is a worse memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fusion_memory.core.knowledge import USER, Fact, FactState
from fusion_memory.evals.fact_matching import assign, denies, holds, is_about, right_time, says
from fusion_memory.evals.fact_records import Example, Expected
from fusion_memory.text.folding import fold

QUOTING = frozenset({"quote", "code_log", "injection", "reported"})
"""Topics in which other people's words stand in the message."""

BELIEVED = (FactState.CURRENT, FactState.SUPERSEDED, FactState.ENDED)
"""The states of what is or was believed; what was held back or taken back is not counted."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One example after it was read back.

    Attributes:
        found: each expectation that was met, with its fact.
        missed: the others.
        fine: facts that are neither needed nor wrong.
        wrong: all other facts.
        current: slot -> whether its value is the current one.
    """

    example: Example
    found: tuple[tuple[Expected, Fact], ...]
    missed: tuple[Expected, ...]
    fine: tuple[Fact, ...]
    wrong: tuple[Fact, ...]
    current: dict[str, bool]


def judge(example: Example, facts: Sequence[Fact]) -> Judged:
    """Compare what should be known with the facts of every state that is or was believed."""
    given = assign(example.expected, facts)
    rest = [fact for place, fact in enumerate(facts) if place not in given.values()]
    fine = [fact for fact in rest if any(says(fact, pieces) for pieces in example.fine)]
    return Judged(
        example=example,
        found=tuple((example.expected[place], facts[number]) for place, number in sorted(given.items())),
        missed=tuple(one for place, one in enumerate(example.expected) if place not in given),
        fine=tuple(fine),
        wrong=tuple(fact for fact in rest if fact not in fine),
        current={
            slot: holds_now([fact for fact in facts if fact.slot == slot], USER, value)
            for slot, value in example.current.items()
        },
    )


def holds_now(facts: Iterable[Fact], subject: str, value: str) -> bool:
    """Whether these facts on one matter say that the subject's current value is this one, and no other is."""
    now = [
        fact.object
        for fact in facts
        if fact.state is FactState.CURRENT and not denies(fact) and is_about(fact.subject, subject)
    ]
    return bool(now) and all(holds(fold(one), value) for one in now)


def metrics(rows: Sequence[Judged]) -> dict[str, float]:
    """The figures over all examples; shares between 0 and 1, and plain counts."""
    silent = [row for row in rows if not row.example.expected]
    timed = [right_time(fact, one) for row in rows for one, fact in row.found if one.start is not None]
    current = [right for row in rows for right in row.current.values()]
    wrong = [(row, fact) for row in rows for fact in row.wrong]
    return {
        **_shares(rows),
        "current_accuracy": _share(current),
        "time_accuracy": _share(timed),
        "silent_accuracy": _share([not row.wrong for row in silent]),
        "facts": sum(len(row.found) + len(row.fine) + len(row.wrong) for row in rows),
        "expected": sum(len(row.example.expected) for row in rows),
        "false_facts": len(wrong),
        "false_from_assistant": sum(_is_of_machine(fact) for _, fact in wrong),
        "false_from_quoted": sum(row.example.topic in QUOTING for row, _ in wrong),
    }


def by_category(rows: Sequence[Judged]) -> dict[str, dict[str, float]]:
    """The figures by language, by half, by topic and by type of fact."""
    grouped = {
        **_grouped(rows, lambda row: f"language: {row.example.language}"),
        **_grouped(rows, lambda row: f"part: {row.example.part}"),
        **_grouped(rows, lambda row: f"topic: {row.example.topic}"),
    }
    return {
        **{name: _group(group) for name, group in grouped.items()},
        **_by_type(rows),
    }


def failures(rows: Sequence[Judged]) -> list[dict[str, Any]]:
    """What was missed and what was wrong, example by example, for people."""
    return [
        {
            "id": row.example.id,
            "part": row.example.part,
            "topic": row.example.topic,
            "said": [f"{one.speaker or one.role}: {one.content}" for one in row.example.said],
            "missed": [_expectation(one) for one in row.missed],
            "false": [_fact(fact) for fact in row.wrong],
            "current": [f"{slot}: {row.example.current[slot]}" for slot, right in row.current.items() if not right],
        }
        for row in rows
        if row.missed or row.wrong or not all(row.current.values())
    ]


def _group(rows: Sequence[Judged]) -> dict[str, float]:
    """The figures of one group; where nothing is to be known, only whether nothing was."""
    wrong = sum(len(row.wrong) for row in rows)
    silent = [not row.wrong for row in rows if not row.example.expected]
    return {
        "questions": len(rows),
        **(_shares(rows) if len(silent) < len(rows) else {}),
        **({"silent_accuracy": _share(silent)} if silent else {}),
        "false_facts": wrong,
    }


def _shares(rows: Sequence[Judged]) -> dict[str, float]:
    found = sum(len(row.found) for row in rows)
    right = found + sum(len(row.fine) for row in rows)
    told = right + sum(len(row.wrong) for row in rows)
    return _precision_recall(right, told, found, sum(len(row.example.expected) for row in rows))


def _precision_recall(right: int, told: int, found: int, expected: int) -> dict[str, float]:
    """Precision, recall and their harmonic mean; a share of nothing is 0."""
    precision = right / told if told else 0.0
    recall = found / expected if expected else 0.0
    both = precision + recall
    f1 = 2 * precision * recall / both if both else 0.0
    return {"fact_precision": precision, "fact_recall": recall, "fact_f1": f1}


def _by_type(rows: Sequence[Judged]) -> dict[str, dict[str, float]]:
    """Expectations count under their first type, facts that were not expected under their own."""
    found = Counter(one.types[0] for row in rows for one, _ in row.found)
    expected = found + Counter(one.types[0] for row in rows for one in row.missed)
    fine = Counter(fact.type.value for row in rows for fact in row.fine)
    wrong = Counter(fact.type.value for row in rows for fact in row.wrong)
    return {
        f"type: {kind}": {
            "questions": expected[kind],
            **_precision_recall(
                found[kind] + fine[kind], found[kind] + fine[kind] + wrong[kind], found[kind], expected[kind]
            ),
        }
        for kind in sorted({*expected, *fine, *wrong})
    }


def _grouped(rows: Sequence[Judged], key: Callable[[Judged], Hashable]) -> dict[str, list[Judged]]:
    groups: dict[str, list[Judged]] = {}
    for row in rows:
        groups.setdefault(str(key(row)), []).append(row)
    return dict(sorted(groups.items()))


def _is_of_machine(fact: Fact) -> bool:
    """Whether a fact rests on the words of an assistant, a tool or a system only."""
    return bool(fact.evidence) and all(one.role != "user" for one in fact.evidence)


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def _expectation(one: Expected) -> str:
    denial = "not " if one.denied else ""
    when = f" {one.start:%Y-%m-%d}..{one.end:%Y-%m-%d}" if one.start and one.end else ""
    return f"{'|'.join(one.types)}: {one.subject or 'anything'} {denial}{' + '.join(one.has)}{when}"


def _fact(fact: Fact) -> str:
    denial = "not " if denies(fact) else ""
    when = f" {fact.when.start:%Y-%m-%d}..{fact.when.end:%Y-%m-%d}" if fact.when else ""
    return f"{fact.type.value}: {fact.subject} {denial}{fact.predicate} {fact.object!r}{when} [{fact.rule}]"
