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


def marked(clauses: list[Clause]) -> list[Clause]:
    """Clauses that a neighbour calls a risk or a decision get a reading that says so: 服务器撑不住，这是个隐患."""
    data = book("zh")
    risky = any(data.pattern("modality.risky").search(clause.text) for clause in clauses)
    settled = [data.pattern("modality.settled").fullmatch(clause.text) is not None for clause in clauses]
    done = []
    for number, clause in enumerate(clauses):
        listed = data.pattern("modality.risk").match(clause.text) if risky else None
        after = clauses[number + 1].text if number + 1 < len(clauses) else ""
        mark, start = "", 0
        if listed is not None:
            mark, start = RISK, listed.end()
        elif data.pattern("modality.risk_said").match(after):
            mark = RISK
        elif number and data.pattern("modality.todo_next").fullmatch(clauses[number - 1].text):
            mark = TASK
        elif not settled[number] and True in (
            settled[max(0, number - 1) : number] + settled[number + 1 : number + 2]
        ):
            mark, start = DECISION, opening(clause.text, {}, named=True).start
        extra = (read_from(clause, start, mark),) if mark else ()
        done.append(
            replace(clause, readings=(*clause.readings, *extra) if mark == DECISION else (*extra, *clause.readings))
        )
    return done
