"""A clause as the rules see it: on one line, its openers cut off, its times taken out.

Why it exists: "last week, well, I bought a bike" must fit the rule for "I bought a bike", and what the rule
catches must still be found in the text. Must not know: rules or claims.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Final

from fusion_memory.core.knowledge import TimeMention
from fusion_memory.ingestion.extraction.clauses import LONGEST_CLAUSE, Clause, without_openers
from fusion_memory.ingestion.extraction.grammar import Book

_CLOSING: Final = " .,;:!。，；：！…~～"
_BLANKS: Final = " \t\n\u00a0\u3000"
_UNEVEN: Final = re.compile(r"^\s|\s\s|[^\S ]")


@dataclass(frozen=True, slots=True)
class View:
    """The words of a clause for matching.

    Attributes:
        text: the words; runs of blanks are one space.
        at: for every character of ``text`` where it stands in the content; -1 for inherited words.
        times: the times inside the clause, in order; their words are not in ``text`` when they were taken out.
    """

    text: str
    at: tuple[int, ...]
    times: tuple[TimeMention, ...] = ()

    def written(self, content: str, first: int, last: int) -> str:
        """``text[first:last]`` as it is written in the content."""
        return "".join(
            content[where] if where >= 0 else self.text[first + step]
            for step, where in enumerate(self.at[first:last])
        )

    def stretch(self, content: str, first: int, last: int) -> str:
        """``text[first:last]`` as one stretch of the content, with the times that were taken out of it."""
        if first >= last or self.at[first] < 0:
            return self.written(content, first, last)
        return content[self.at[first] : self.at[last - 1] + 1]


def view(clause: Clause, times: Sequence[TimeMention], data: Book, *, cut: bool) -> View:
    """A clause as the rules of one language see it.

    Args:
        clause: what to see.
        times: the times of the whole text.
        data: the language.
        cut: whether the words of the times are taken out.
    """
    inside = tuple(time for time in times if clause.first <= time.first and time.last <= clause.last)
    gaps = [_gap(clause, time, data) for time in inside if not _stays(clause, time, data)] if cut else []
    if not gaps and not _UNEVEN.search(clause.text):
        at_once = clause.text[:LONGEST_CLAUSE]
        return _opened(
            clause.lead + at_once,
            (*repeat(-1, len(clause.lead)), *range(clause.first, clause.first + len(at_once))),
            inside,
            data,
        )
    letters, at = list(clause.lead), [-1] * len(clause.lead)
    step = 0
    for offset, char in enumerate(clause.text[:LONGEST_CLAUSE]):
        while step < len(gaps) and gaps[step][1] <= offset:
            step += 1
        if step < len(gaps) and gaps[step][0] <= offset:
            continue
        if char in _BLANKS:
            if not letters or letters[-1] == " ":
                continue
            char = " "  # noqa: PLW2901 (the blank as the rules know it)
        letters.append(char)
        at.append(clause.first + offset)
    return _opened("".join(letters), tuple(at), inside, data)


def _opened(text: str, at: tuple[int, ...], times: tuple[TimeMention, ...], data: Book) -> View:
    start = len(text) - len(without_openers(text, data).lstrip(" ,，"))
    return View(text[start:].rstrip(_CLOSING), at[start:], times)


def _stays(clause: Clause, time: TimeMention, data: Book) -> bool:
    """Whether the words of a time belong to a thing and not to the saying: "today's show", "my daily walk"."""
    owns = data.pattern("trim.owner").match(clause.text, time.last - clause.first)
    return owns is not None or data.pattern("trim.stays").match(clause.text, time.first - clause.first) is not None


def _gap(clause: Clause, time: TimeMention, data: Book) -> tuple[int, int]:
    """Where the words of a time stand in the clause, with the small words that go with it."""
    first, last = time.first - clause.first, time.last - clause.first
    before = data.pattern("trim.before_time").search(clause.text, max(0, first - 24), first)
    if before is not None:
        first = before.start()
    after = data.pattern("trim.after_time").match(clause.text, last)
    return first, after.end() if after is not None else last
