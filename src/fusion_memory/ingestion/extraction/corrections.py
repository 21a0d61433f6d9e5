"""What takes the place of what was just said: 我住南京，不对，是无锡; 之前预算十万，现在改成十二万了.

Why it exists: such a clause names neither the subject nor the matter, both are those of the claim before it. Must
not know: rules, stores. The words that mark it are data of the language (``modality.wrong``, ``mended``,
``changed``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from fusion_memory.core.knowledge import Claim
from fusion_memory.ingestion.extraction import objects
from fusion_memory.ingestion.extraction.clauses import Clause
from fusion_memory.ingestion.extraction.grammar import Book, book
from fusion_memory.ingestion.extraction.rules import SILENT


def corrected(parts: Sequence[Clause], number: int, claims: Sequence[Claim]) -> tuple[Claim, bool] | None:
    """The claim that a clause puts in the place of the last one, and whether that one was never so.

    Args:
        parts: the clauses of the message.
        number: which of them to read.
        claims: what the clauses before it say.

    Returns:
        None when the clause takes nothing back and changes nothing.
    """
    clause, last = parts[number], claims[-1] if claims else None
    if last is None or clause.language != "zh" or clause.modality & SILENT:
        return None
    data = book(clause.language)
    back = number
    while back and data.pattern("modality.wrong").fullmatch(parts[back - 1].text) is not None:
        back -= 1
    wrong = back < number
    if not back or last.last < parts[back - 1].first or not (wrong or last.slot):
        return None
    match = data.pattern("modality.mended" if wrong else "modality.changed").fullmatch(clause.text)
    return _instead(last, match, clause, data, wrong=wrong) if match is not None else None


def _instead(
    last: Claim, match: re.Match[str], clause: Clause, data: Book, *, wrong: bool
) -> tuple[Claim, bool] | None:
    thing = objects.trimmed(match["object"], data)
    if not thing or any(char.isdigit() for char in last.object) != any(char.isdigit() for char in thing):
        return None
    text = last.text.replace(last.object, thing) if last.object in last.text else f"{last.text}：{thing}"
    return replace(
        last,
        object=thing,
        text=text,
        first=clause.first,
        last=clause.last,
        previous=last.previous if wrong else last.object,
        ends=False,
    ), wrong
