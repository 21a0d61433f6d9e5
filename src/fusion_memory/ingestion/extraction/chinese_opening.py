"""Where a Chinese clause begins to say something: what stands before its predicate, and whom it names there.

Why it exists: linking words, adverbs, times and the subject come in any order before the predicate, and names have
no mark of their own. Must not know: what a clause means, rules, claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from fusion_memory.ingestion.extraction.clauses import Clause
from fusion_memory.ingestion.extraction.grammar import book

_LONGEST_TOPIC: Final = 12
_ROUNDS: Final = 12


@dataclass(frozen=True, slots=True)
class Opening:
    """How a clause begins.

    Attributes:
        subject: as written; None when it is unnamed.
        start: where the predicate starts.
        past: whether it was once so.
        habit: whether it is so as a rule.
    """

    subject: str | None
    start: int
    past: bool = False
    habit: bool = False


def opening(text: str, spans: dict[int, int], at: int = 0, *, named: bool = False) -> Opening:
    """Read over what stands before the predicate: linking words, adverbs, times and the subject.

    Args:
        text: a clause in plain writing.
        spans: where times start in it, and where they stop.
        at: where to begin.
        named: whether the subject is known, so that none is read.
    """
    data = book("zh")
    subject, past, habit = None, False, False
    for _ in range(_ROUNDS):
        before = at
        at += len(text[at:]) - len(text[at:].lstrip(" ,、:"))
        if at in spans:
            at = spans[at]
            after = data.pattern("trim.after_time").match(text, at)
            at = after.end() if after is not None else at
        elif (match := data.pattern("clauses.past").match(text, at)) is not None:
            past, at = True, match.end()
        elif (match := data.pattern("clauses.openers").match(text, at)) is not None:
            habit = habit or data.pattern("clauses.habitual").match(text, at) is not None
            at = match.end()
        elif (
            subject is None and not named and (match := data.pattern("persons.subject").match(text, at)) is not None
        ):
            subject, at = match[0].strip(), match.end()
        if at == before:
            break
    return Opening(subject, at, past, habit)


def named_at(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Where a name that starts the clause may stand: names have no mark of their own, so each length is tried."""
    data = book("zh")
    for name in ("names_long", "names", "names_short", "names_three", "names_foreign"):
        match = data.pattern(f"persons.{name}").match(text, start)
        if match is not None and data.pattern("persons.no_names").match(text, start) is None:
            yield match.span()


def titled_at(text: str, start: int) -> re.Match[str] | None:
    """The name that stands behind a title or a description: 财务的许姐, 技术总监阿俊."""
    data = book("zh")
    return data.pattern("persons.names_titled").match(text, start) or data.pattern("persons.names_described").match(
        text, start
    )


def topic_end(text: str, start: int) -> int | None:
    """Where the speaker stands behind a topic: 香菜我不吃; None when what stands before him is no topic."""
    data = book("zh")
    match = data.pattern("persons.fronted").match(text, start)
    if (
        match is None
        or match.end() - start > _LONGEST_TOPIC
        or data.pattern("persons.no_topic").search(match["topic"])
    ):
        return None
    return match.end()


def read_from(clause: Clause, start: int, lead: str) -> Clause:
    """The clause as a reading: from ``start`` on, with a lead."""
    return replace(clause, text=" " * start + clause.text[start:], lead=lead, readings=())
