"""What a Chinese clause is by what stands next to it: a risk, a decision, something to be done.

Why it exists: in 服务器撑不住，这是个隐患 only the second clause says what the first one is. Must not know: who is
spoken of, rules, claims. Such a clause gets a reading whose lead is the mark in place of a subject.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from fusion_memory.ingestion.extraction.chinese_opening import opening, read_from
from fusion_memory.ingestion.extraction.clauses import Clause
from fusion_memory.ingestion.extraction.grammar import book

RISK: Final = "风险»"
DECISION: Final = "决定»"
TASK: Final = "待办»"
"""What a clause says by its neighbours: the lead of a reading in place of a subject."""


def marked(clauses: list[Clause], heading: str = "") -> tuple[list[Clause], str]:
    """Clauses that a neighbour calls a risk, a decision or a task get a reading that says so.

    Args:
        clauses: the clauses of one sentence, in order: 服务器撑不住，这是个隐患.
        heading: the mark of a list that goes on: 风险如下：甲；乙.

    Returns:
        The clauses, and the mark of the list that their sentence leaves open.
    """
    data = book("zh")
    risky = any(data.pattern("modality.risky").search(clause.text) for clause in clauses)
    settled = [data.pattern("modality.settled").fullmatch(clause.text) is not None for clause in clauses]
    done = []
    for number, clause in enumerate(clauses):
        before = clauses[number - 1] if number else None
        after = clauses[number + 1].text if number + 1 < len(clauses) else ""
        announced = _announced(clause)
        mark, start = ("", 0) if announced else _mark(clause, before, after, heading)
        heading = announced or heading
        listed = data.pattern("modality.risk").match(clause.text) if risky else None
        if listed is not None:
            mark, start = RISK, listed.end()
        readings = clause.readings
        if mark:
            readings = (read_from(clause, start, mark), *readings)
        elif not settled[number] and True in (
            settled[max(0, number - 1) : number] + settled[number + 1 : number + 2]
        ):
            start = opening(clause.text, {}, named=True).start
            readings = (*readings, read_from(clause, start, DECISION))
        if before is not None and (joined := _joined(before, clause)) is not None:
            readings = (joined, *readings)
        done.append(replace(clause, readings=readings))
    return done, "" if heading == TASK and len(clauses) > 1 else heading


def _announced(clause: Clause) -> str:
    """The mark of the list that a clause announces: 会上定的事项, 有两个风险."""
    for mark, name in ((RISK, "risk_list"), (DECISION, "decision_list"), (TASK, "task_list")):
        if book("zh").pattern(f"modality.{name}").fullmatch(clause.text):
            return mark
    return ""


def _mark(clause: Clause, before: Clause | None, after: str, heading: str) -> tuple[str, int]:
    """What the clauses around it make of a clause, and where it starts to say so."""
    data = book("zh")
    if data.pattern("modality.risk_said").match(after):
        return RISK, 0
    if heading == RISK and (
        (before is not None and _announced(before)) or data.pattern("modality.threat").search(clause.text)
    ):
        return RISK, opening(clause.text, {}, named=True).start
    if before is not None and data.pattern("modality.todo_next").fullmatch(before.text):
        return TASK, 0
    goes_on = data.pattern("modality.todo_also").match(clause.text)
    if before is not None and goes_on is not None and data.pattern("modality.todo_told").match(before.text):
        return TASK, goes_on.end()
    if heading in {DECISION, TASK} and before is not None:
        return heading, 0 if heading == TASK else opening(clause.text, {}, named=True).start
    return "", 0


def _joined(before: Clause, clause: Clause) -> Clause | None:
    """What has to be done and to what, told in two clauses: 护照快过期了，得去换."""
    data = book("zh")
    bare = data.pattern("modality.bare_must").fullmatch(clause.text)
    if bare is None or before.modality or data.pattern("modality.bare_matter").match(before.text) is None:
        return None
    text = before.text + " " * (clause.first - before.last) + clause.text
    return replace(clause, text=text, first=before.first, lead=TASK, readings=())
