"""Judges how clauses are meant: said, asked, supposed, doubted, reported, denied, or not to be kept.

Why it exists: "if I lived in Paris" and "do I live in Paris?" say nothing about where anybody lives. Must not
know: rules or claims. What spreads: a supposition and a report reach to the end of their sentence unless a
``resume`` pattern ends them; a question mark makes a question of the clauses from the first that asks on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby
from typing import Final

from fusion_memory.ingestion.extraction import masks
from fusion_memory.ingestion.extraction.clauses import LONGEST_CLAUSE, Clause
from fusion_memory.ingestion.extraction.grammar import book

SPREADING: Final = frozenset({"hypothetical", "reported", "injected"})
"""Modalities that reach beyond their clause."""

_JUDGED: Final = ("hypothetical", "reported", "injected", "asked", "hedged", "negated", "forget")
_ASKING: Final = "?？"


def judged(masked: str, clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses with their modality.

    Args:
        masked: the masked text they were cut from.
        clauses: in order.
    """
    done: list[Clause] = []
    injected = False
    for _, group in groupby(clauses, key=lambda clause: clause.sentence):
        sentence = _sentence(masked, list(group))
        injected = injected or any("injected" in clause.modality for clause in sentence)
        if injected:
            sentence = [replace(clause, modality=clause.modality | {"injected"}) for clause in sentence]
        done += sentence
    return done


def _sentence(masked: str, clauses: list[Clause]) -> list[Clause]:
    asks = _first_asking(clauses) if _closes_with_question(masked, clauses[-1]) else len(clauses)
    spreading: set[str] = set()
    done = []
    for number, clause in enumerate(clauses):
        if spreading and _fits(clause, "resume"):
            spreading.clear()
        found = _found(clause)
        spreading |= found & SPREADING
        modality = spreading | found
        if number >= asks or "asked" in modality:
            modality = (modality - {"asked"}) | {"question"}
        if masks.MASK in clause.text:
            modality = modality | {"quoted"}
        done.append(replace(clause, modality=frozenset(modality)) if modality else clause)
    return done


def _closes_with_question(masked: str, last: Clause) -> bool:
    tail = masked[last.first : last.last + 1].rstrip(" \"')]}）」』”…~～。.!！\n")
    return tail.endswith(tuple(_ASKING)) or last.text.rstrip(" !！.。").endswith(tuple(_ASKING))


def _first_asking(clauses: Sequence[Clause]) -> int:
    """The first clause that reads as a question; when none does, all of the sentence is one.

    A tag (", right?") asks about the clause before it.
    """
    for number, clause in enumerate(clauses):
        if _fits(clause, "tag"):
            return max(0, number - 1)
        if _fits(clause, "question") or _fits(clause, "asked"):
            return number
    return 0


def _found(clause: Clause) -> set[str]:
    """The modalities that the words of a clause show, in any of its languages."""
    text = (clause.lead + clause.text)[:LONGEST_CLAUSE]
    found: set[str] = set()
    for language in clause.languages:
        found.update(name for name, pattern in _patterns(language) if pattern.search(text) is not None)
    return found


@cache
def _patterns(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, book(language).pattern(f"modality.{name}")) for name in _JUDGED)


def _fits(clause: Clause, name: str) -> bool:
    text = (clause.lead + clause.text)[:LONGEST_CLAUSE]
    return any(book(language).pattern(f"modality.{name}").search(text) is not None for language in clause.languages)
