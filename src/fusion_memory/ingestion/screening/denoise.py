"""Takes the noise out of one text: what is cut, what remains, and whether anything was said at all; pure.

Why it exists: a log holds what people said among what programs wrote. Must not know: roles, quality, storage.

The order is that of ``noise.toml`` and it matters: an escape sequence inside an id hides the id, an envelope hides
the reminder inside it, so what wraps goes first. What remains of a *message* after cutting is kept whole: a line of
ids or a drawn rule between the words of a person is his. Only when no other line is there, it is all noise. In a
*text log* every line stands for itself, so noisy lines are cut out one by one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Final

from fusion_memory.ingestion.screening.noise import NoiseFilter, noise_filters, noise_of_line
from fusion_memory.text.screening import Problem, screen

EMPTY = "empty"
ROUNDS: Final = 10
"""What is cut may lay bare further noise: all filters are tried until none finds any, at most so often."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece that was cut out: by which filter, and where it stood, ``content[first:last]``."""

    filter: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Denoised:
    """What is left of a text.

    Attributes:
        text: what remains; empty when all was noise.
        cuts: what was cut out, in the order of the filters.
        noise: the filter that made it all noise, ``"empty"`` when there was nothing, else None.
    """

    text: str
    cuts: tuple[Cut, ...] = ()
    noise: str | None = None


class _Remains:
    """A text that is being cut, with the place in the original of what is left."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._pieces = [(0, len(text))]

    def cut(self, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Take stretches out, ascending and apart; the same stretches in places of the original."""
        ends = list(accumulate(last - first for first, last in self._pieces))

        def origin(place: int) -> int:
            at = bisect_right(ends, place)
            return self._pieces[at][1] - (ends[at] - place)

        places = [(origin(first), origin(last - 1) + 1) for first, last in spans]
        kept = []
        begin = 0
        for first, last in (*spans, (len(self.text), len(self.text))):
            if begin < first:
                kept.append((begin, first))
            begin = last
        self._pieces = [piece for first, last in kept for piece in self._within(ends, first, last)]
        self.text = "".join(self.text[first:last] for first, last in kept)
        return places

    def _within(self, ends: list[int], first: int, last: int) -> list[tuple[int, int]]:
        found = []
        at = bisect_right(ends, first)
        while first < last:
            upto = min(last, ends[at])
            end = self._pieces[at][1] - (ends[at] - upto)
            found.append((end - (upto - first), end))
            first, at = upto, at + 1
        return found


def denoise(content: str, *, line: bool = False, filters: Sequence[NoiseFilter] | None = None) -> Denoised:
    """Take the noise out of a text.

    Args:
        content: any text.
        line: whether it is from a text log, whose lines are judged one by one, and not one message.
        filters: others than those of ``noise.toml``, or in another order; the lines are always judged by those.
    """
    if _is_blank(content):
        return Denoised("", noise=EMPTY)
    remains = _Remains(content)
    cuts: list[Cut] = []
    for _ in range(ROUNDS):
        before = len(cuts)
        for one in noise_filters() if filters is None else filters:
            cuts += _cut(one, remains)
            if one.is_whole(remains.text) or _is_blank(remains.text):
                return Denoised("", tuple(cuts), one.name)
        noise = _only_noise(remains.text, log=line)
        if noise:
            return Denoised("", tuple(cuts), noise)
        if line:
            cuts += _cut_lines(remains)
        if len(cuts) == before:
            break
    return Denoised(remains.text.strip("\r\n"), tuple(cuts))


def _cut(one: NoiseFilter, remains: _Remains) -> list[Cut]:
    cuts: list[Cut] = []
    for number in range(one.rounds):
        spans = one.spans(number, remains.text)
        if spans:
            cuts += [Cut(one.name, first, last) for first, last in remains.cut(spans)]
    return cuts


def _cut_lines(remains: _Remains) -> list[Cut]:
    spans: list[tuple[int, int]] = []
    names = []
    start = 0
    for row in remains.text.splitlines(keepends=True):
        name = noise_of_line(row, log=True)
        if name:
            spans.append((start, start + len(row)))
            names.append(name)
        start += len(row)
    places = remains.cut(spans) if spans else []
    return [Cut(name, *place) for name, place in zip(names, places, strict=True)]


def _only_noise(text: str, *, log: bool) -> str | None:
    """The filter that knows most lines, when every line that is not blank is noise."""
    names: Counter[str] = Counter()
    for row in text.split("\n"):
        if row.strip():
            name = noise_of_line(row, log=log)
            if name is None:
                return None
            names[name] += 1
    return max(names, key=lambda name: (names[name], -_order()[name])) if names else None


@cache
def _order() -> dict[str, int]:
    return {one.name: number for number, one in enumerate(noise_filters())}


def _is_blank(text: str) -> bool:
    return screen(text, len(text)) is Problem.EMPTY
