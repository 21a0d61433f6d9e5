"""The evidence of a pack while it is chosen: passages of one memory that touch are one stretch, told once.

Pure. It knows what each further passage would cost, exactly, and nothing of sections or budgets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Final

from fusion_memory.memory.spans import Passage
from fusion_memory.text.counting import cost_of
from fusion_memory.text.defusing import defused, defused_name
from fusion_memory.text.sentences import sentences
from fusion_memory.text.tokens import terms

ELLIPSIS: Final = "…"
_NEWLINE: Final = cost_of("\n")
_DAY: Final = cost_of("2026-01-01 ")


@dataclass(frozen=True, slots=True)
class Portion:
    """A passage offered to the pack, with the reason in words and its score."""

    passage: Passage
    reason: str
    score: float


@dataclass(frozen=True)
class Stretch:
    """Passages of one memory that touch or overlap, in order; ``portions`` are those that were offered."""

    portions: tuple[Portion, ...]

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """In the order of the memory."""
        return tuple(sorted((p.passage for p in self.portions), key=lambda passage: (passage.start, passage.end)))

    @property
    def start(self) -> int:
        """Where it begins in its memory."""
        return self.passages[0].start

    @cached_property
    def end(self) -> int:
        """Where it ends in its memory."""
        return max(passage.end for passage in self.passages)

    @property
    def reason(self) -> str:
        """Why the best of it is there."""
        return max(self.portions, key=lambda portion: portion.score).reason

    @property
    def best_span(self) -> str:
        """The passage that was wanted most."""
        return max(self.portions, key=lambda portion: portion.score).passage.span_id

    @cached_property
    def text(self) -> str:
        """The words, each once."""
        told, end = "", self.start
        for passage in self.passages:
            if passage.end > end:
                told += passage.text[max(0, end - passage.start) :]
                end = passage.end
        return told

    @cached_property
    def line(self) -> str:
        """One record on one line, without its day."""
        first = self.passages[0]
        return line_of(first.speaker or first.role, self.text, (self.start > 0, self.end < first.event_chars))

    @cached_property
    def cost(self) -> int:
        """Milli-tokens of the line with its end, without citation and day."""
        return _NEWLINE + cost_of(self.line)

    def touches(self, passage: Passage) -> bool:
        """Whether a passage of the same memory continues it."""
        return self.start <= passage.end and passage.start <= self.end


_Joined = tuple[list[Stretch], list[Stretch], Stretch]


class Evidence:
    """The stretches taken so far.

    Args:
        phrases: of the question, as index terms; they say where a passage that is too long is cut out.
    """

    def __init__(self, phrases: Sequence[Sequence[str]] = ()) -> None:
        self.phrases = phrases
        self._by_event: dict[str, list[Stretch]] = {}
        self._days: set[str] = set()
        self._lines = 0
        self._taken: set[str] = set()
        self._tried: dict[int, tuple[Portion, int, _Joined]] = {}

    def cost(self, portion: Portion) -> int:
        """Milli-tokens that taking a portion would add; 0 for one that is there."""
        if portion.passage.span_id in self._taken:
            return 0
        others, joined, grown = self._joined(portion)
        del others
        lines = self._lines + 1 - len(joined)
        cost = grown.cost - sum(stretch.cost for stretch in joined) + _citations(lines) - _citations(self._lines)
        return cost + (0 if _day(portion) in self._days else _DAY)

    def take(self, portion: Portion) -> None:
        """Take a portion; one that is there already stays as it is."""
        if portion.passage.span_id in self._taken:
            return
        others, joined, grown = self._joined(portion)
        self._by_event[portion.passage.event_id] = [*others, grown]
        self._lines += 1 - len(joined)
        self._days.add(_day(portion))
        self._taken.add(portion.passage.span_id)

    def in_order(self) -> list[Stretch]:
        """All stretches in the order of their time."""
        return sorted((s for group in self._by_event.values() for s in group), key=_place)

    def _joined(self, portion: Portion) -> _Joined:
        """The other stretches of the memory, those that the portion touches, and the portion grown by these.

        What was found out for the cost is used again when the portion is taken, unless its memory grew meanwhile.
        """
        known = self._by_event.get(portion.passage.event_id, [])
        size = sum(len(stretch.portions) for stretch in known)
        tried = self._tried.get(id(portion))
        if tried is not None and tried[0] is portion and tried[1] == size:
            return tried[2]
        found = self._join(portion, known)
        self._tried[id(portion)] = (portion, size, found)
        return found

    @staticmethod
    def _join(portion: Portion, known: Sequence[Stretch]) -> _Joined:
        joined = [stretch for stretch in known if stretch.touches(portion.passage)]
        others = [stretch for stretch in known if stretch not in joined]
        return others, joined, Stretch((*(p for s in joined for p in s.portions), portion))


def line_of(who: str, text: str, cut: tuple[bool, bool]) -> str:
    """What somebody said on one line; ``cut`` says whether words before and after it are left out."""
    return f"{defused_name(who)}: {ELLIPSIS if cut[0] else ''}{defused(text)}{ELLIPSIS if cut[1] else ''}"


def clipped(portion: Portion, evidence: Evidence, room: int) -> Portion:
    """The sentences of a passage around the one with most words of the question, as many as fit the room.

    The text is empty when not even that one fits.
    """
    passage = portion.passage
    found = sentences(passage.text)
    if not found:
        return replace(portion, passage=replace(passage, text=""))
    wanted = {token for phrase in evidence.phrases for token in phrase}
    first = last = max(range(len(found)), key=lambda place: (_shared(passage, found[place], wanted), -place))
    best = _cut(portion, found[first][0], found[last][1])
    if evidence.cost(best) > room:
        return replace(portion, passage=replace(passage, text=""))
    grown = True
    while grown:
        grown = False
        for lower, upper in ((first, last + 1), (first - 1, last)):
            if lower < 0 or upper >= len(found):
                continue
            wider = _cut(portion, found[lower][0], found[upper][1])
            if evidence.cost(wider) <= room:
                best, first, last, grown = wider, lower, upper, True
    return best


def _cut(portion: Portion, start: int, end: int) -> Portion:
    passage = portion.passage
    part = replace(
        passage, text=passage.text[start:end], start=passage.start + start, end=passage.start + end, whole=False
    )
    return replace(portion, passage=part, reason=f"{portion.reason}, clipped")


def _shared(passage: Passage, place: tuple[int, int], wanted: set[str]) -> int:
    return len(wanted.intersection(terms(passage.text[place[0] : place[1]])))


@cache
def _citations(lines: int) -> int:
    """Milli-tokens of the citations of so many lines with the blank after each."""
    return sum(count * cost_of(f"[{'9' * digits}] ") for digits, count in _by_digits(lines))


def _by_digits(lines: int) -> list[tuple[int, int]]:
    return [
        (digits, max(0, min(lines, 10**digits - 1) - (10 ** (digits - 1) - 1)))
        for digits in range(1, len(str(max(lines, 1))) + 1)
    ]


def _day(portion: Portion) -> str:
    return f"{portion.passage.said_at:%Y-%m-%d}"


def _place(stretch: Stretch) -> tuple[object, ...]:
    first = stretch.passages[0]
    return (f"{first.said_at:%Y-%m-%d}", first.said_at, first.thread, first.seq, stretch.start)
