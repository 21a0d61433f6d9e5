"""Finding the times of a statement: one table of rules, tried only where an expression may begin.

Why it exists: a statement is read on every write, so the cost must be that of looking up its words. Must not
know: any word of any language, or what day it is. The leftmost and then the longest match counts; of equals the
earlier row. Neighbours are put together where the words between them say so.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, TypeAlias

from fusion_memory.core.knowledge import TimeRole
from fusion_memory.text.date_grammar import Rule
from fusion_memory.text.date_values import Between
from fusion_memory.text.moments import Meaning, Moment, beside, moment, through
from fusion_memory.text.tense import Tense

_Try: TypeAlias = tuple[Callable[[str, int], re.Match[str] | None], Callable[[re.Match[str]], Meaning | None]]
_LOOSE: Final = " \t\n\u3000的"  # what a pattern may take along at its end
_REACH: Final = 40  # characters before a time in which its role is looked for


class Row(NamedTuple):
    """A rule whose meaning may be a time of day, a rhythm or a whole moment; see `Rule` for the fields."""

    pattern: str
    meaning: Callable[[re.Match[str]], Meaning | None]
    heads: frozenset[str]


class Words(NamedTuple):
    """What stands between and around the times of a language; all are patterns.

    Attributes:
        day_clock: between a date and its time of day. clock_day: the other way round. same: between two pieces
            of one date, or of one rhythm.
        join: between the ends of a stretch. pair: before and between the ends of a stretch.
        from_after: what must follow for "from" alone to begin a stretch.
        before, after: words that give a time its role, in groups `by`, `since`, `until`, `at`, and groups that
            end in `_past` which count as `until` in a clause about the past.
        vague_before, vague_after: words that make a time vague.
    """

    day_clock: str
    clock_day: str
    same: str
    join: str
    pair: tuple[str, str]
    from_after: str
    before: str
    after: str
    vague_before: str
    vague_after: str


class Found(NamedTuple):
    """A time in a text: `text[start:end]` means `moment`.

    `bound` says that "before" stood there, `lean` which tense the words around it suggest.
    """

    start: int
    end: int
    moment: Moment
    bound: bool = False
    lean: Tense = ""


class Reader:
    """The rules of all languages, ready to be tried word by word; patterns are compiled when first needed."""

    def __init__(
        self, rows: Iterable[Row | Rule], words: Words, light: frozenset[str], second: frozenset[str]
    ) -> None:
        """`light` words begin an expression only before a head or one of the `second` words."""
        index: dict[str, list[Row | Rule]] = {}
        for row in rows:
            for head in row.heads:
                index.setdefault(head, []).append(row)
        self._index = {head: tuple(entries) for head, entries in index.items()}
        self._words = words
        self._light = light
        self._follow = second | self._index.keys()
        wide = "".join(sorted(head for head in self._index if len(head) == 1 and not head.isascii()))
        self._tokens = re.compile(rf"[A-Za-z]+|\d+|[{wide}]", re.ASCII)
        self._compiled: dict[str, re.Pattern[str]] = {}
        self._ready: dict[str, tuple[_Try, ...]] = {}

    def _pattern(self, pattern: str) -> re.Pattern[str]:
        found = self._compiled.get(pattern)
        if found is None:
            found = self._compiled[pattern] = re.compile(pattern, re.IGNORECASE | re.ASCII)
        return found

    def read(self, text: str) -> list[Found]:
        """The times of a text in order, without overlap."""
        pieces = self._pieces(text)
        if not pieces:
            return []
        whole: list[Found] = []
        for piece in pieces:
            together = self._together(text, whole[-1], piece) if whole else None
            if together is None:
                whole.append(piece)
            else:
                whole[-1] = together
                if len(whole) > 1:
                    again = self._together(text, whole[-2], whole[-1])
                    if again is not None:
                        whole[-2:] = [again]
        return [self._in_role(text, found) for found in whole]

    def _tries(self, head: str) -> tuple[_Try, ...]:
        """The compiled rules of a head."""
        found = self._ready.get(head)
        if found is None:
            found = tuple((self._pattern(row.pattern).match, row.meaning) for row in self._index[head])
            self._ready[head] = found
        return found

    def _pieces(self, text: str) -> list[Found]:
        tokens = [(match.start(), _key(match.group())) for match in self._tokens.finditer(text)]
        tokens.append((len(text), ""))
        pieces: list[Found] = []
        reached = 0
        for number, (start, key) in enumerate(tokens):
            if key not in self._index or start < reached:
                continue
            if key in self._light and tokens[number + 1][1] not in self._follow:
                continue
            best = _longest(self._tries(key), text, start)
            if best is not None:
                pieces.append(best)
                reached = best.end
        return pieces

    def _together(self, text: str, first: Found, last: Found) -> Found | None:
        """Two neighbours as one time, if the words between them join them."""
        words = self._words
        low, high = first.end, last.start
        if high - low > _REACH:
            return None
        whole = None
        if self._fits(words.join, text, low, high) or self._paired(text, first, last):
            whole = through(first.moment, last.moment)
        if whole is None:
            glue = words.day_clock if last.moment.hours else words.clock_day if first.moment.hours else words.same
            if self._fits(glue, text, low, high):
                whole = beside(first.moment, last.moment)
        return Found(first.start, last.end, whole) if whole else None

    def _fits(self, pattern: str, text: str, low: int, high: int) -> bool:
        return self._pattern(pattern).fullmatch(text, low, high) is not None

    def _paired(self, text: str, first: Found, last: Found) -> bool:
        before, between = self._words.pair
        if not self._fits(between, text, first.end, last.start):
            return False
        return self._pattern(f"(?:{before})$").search(text, max(0, first.start - _REACH), first.start) is not None

    def _in_role(self, text: str, found: Found) -> Found:
        start, end, part, bound = found.start, found.end, found.moment, False
        lean: Tense = ""
        words = self._words
        closing = self._pattern(words.after).match(text, end)
        opening = self._pattern(f"(?:{words.before})$").search(text, max(0, start - _REACH), start)
        stretched = part.until is not None or isinstance(part.spec, Between)
        owner = closing is not None and closing.lastgroup == "at_owner"
        stretched = stretched or not self._pattern(words.from_after).match(text, end)
        for match in (closing, opening):
            kind = match.lastgroup if match else None
            if match is None or kind is None or owner or part.repeat or (stretched and kind.startswith("from")):
                continue
            if part.role is TimeRole.AT:
                part = part._replace(role=TimeRole(kind.split("_")[0].replace("from", "since")))
                bound = kind.startswith("by_past")
                lean = "past" if part.role is TimeRole.SINCE and kind != "since_later" else ""
            start, end = min(start, match.start()), max(end, match.end())
        if self._vague(text, start, end):
            part = part._replace(certain=False)
        return Found(start, end, part, bound, lean)

    def _vague(self, text: str, start: int, end: int) -> bool:
        words = self._words
        near = self._pattern(f"(?:{words.vague_before})$").search(text, max(0, start - _REACH), start)
        return near is not None or self._pattern(words.vague_after).match(text, end) is not None


def _longest(tries: tuple[_Try, ...], text: str, start: int) -> Found | None:
    end, best = start, None
    for match_at, mean in tries:
        match = match_at(text, start)
        if match is None or match.end() <= end:
            continue
        meaning = mean(match)
        if meaning is not None:
            end, best = match.end(), meaning
    if best is None:
        return None
    while text[end - 1] in _LOOSE:
        end -= 1
    return Found(start, end, moment(best))


def _key(token: str) -> str:
    return "#" if token[0] in "0123456789" else token.lower()
