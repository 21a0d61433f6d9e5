"""Cuts a long text into overlapping chunks at sentence ends, by characters or by tokens.

Why it exists: chats and documents are indexed in pieces a reader could quote. Must not know: what is in a
chunk, where it is stored, or who asked. Offsets are code points of the original text, so a chunk is always a
verbatim quotation. One walk serves both measures; every window is searched a bounded number of times, so the
time is linear in the text.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Final, Protocol

from fusion_memory.text.counting import MILLI, token_ends
from fusion_memory.text.graphemes import safe_cut
from fusion_memory.text.scripts import HAN, HANGUL, KANA, UNSPACED

CHAT_SIZE_CHARS: Final = 250
CHAT_OVERLAP_CHARS: Final = 50
DOCUMENT_SIZE_TOKENS: Final = 1_000
DOCUMENT_OVERLAP_TOKENS: Final = 150
_BREAK_AFTER: Final = 0.5  # a sentence end before half of the window would make crumbs
_TAIL: Final = 0.3  # a rest smaller than this part of the size joins the chunk before it
_CLOSERS: Final = "\"'”’」』）)\\]】》"


@dataclass(frozen=True, slots=True)
class Chunk:
    """The stretch `text[start:end]`, in code points."""

    start: int
    end: int


class _Measure(Protocol):
    def after(self, start: int, amount: float) -> int:
        """The last place whose distance from `start` is at most `amount`."""

    def before(self, end: int, amount: float) -> int:
        """The first place whose distance to `end` is at most `amount`."""


@dataclass(frozen=True, slots=True)
class _Characters:
    length: int

    def after(self, start: int, amount: float) -> int:
        return min(self.length, start + int(amount))

    def before(self, end: int, amount: float) -> int:
        return max(0, end - int(amount))


class _Tokens:
    """Distances in estimated tokens; places are the ends of counted pieces."""

    def __init__(self, text: str) -> None:
        self._ends, self._totals = token_ends(text)

    def _spent(self, place: int) -> int:
        """The cost up to a place; a piece cut by the place counts whole."""
        index = bisect_left(self._ends, place)
        return self._totals[index] if place and index < len(self._totals) else 0

    def after(self, start: int, amount: float) -> int:
        index = bisect_right(self._totals, self._spent(start) + int(amount * MILLI)) - 1
        return max(start + 1, self._ends[index]) if index >= 0 else start + 1

    def before(self, end: int, amount: float) -> int:
        index = bisect_left(self._totals, self._spent(end) - int(amount * MILLI))
        return min(end, self._ends[index])


@cache
def _breaks() -> tuple[re.Pattern[str], ...]:
    """Where a cut hurts least, best kind first: paragraph, sentence or line, clause, blank."""
    sources = (
        r"\n[^\S\n]*\n\s*",
        rf"[。！？!?…；;．｡]+[{_CLOSERS}]*\s?|\.+[{_CLOSERS}]*(?=\s)\s|\n+",
        rf"[，、：,:][{_CLOSERS}]*(?![0-9])\s?",
        r"\s+",
    )
    return tuple(re.compile(source) for source in sources)


@cache
def _word_start() -> re.Pattern[str]:
    """A place where a word may begin: after a blank or mark, or around unspaced scripts."""
    unspaced = f"{HAN}{KANA}{HANGUL}{UNSPACED}"
    return re.compile(rf"(?<=[\W{unspaced}])\S|[{unspaced}]")


def _best_break(text: str, earliest: int, latest: int) -> int:
    """The last place in `(earliest, latest]` of the best kind that occurs there, else `latest`."""
    for pattern in _breaks():
        place = 0
        for match in pattern.finditer(text, earliest, min(len(text), latest + 1)):
            if earliest < match.end() <= latest:
                place = match.end()
        if place:
            return place
    return latest


def _overlap_start(text: str, earliest: int, end: int) -> int:
    """The first place from `earliest` on where a sentence, else a word, begins; `end` when there is none."""
    sentences = (match.end() for match in _breaks()[1].finditer(text, max(0, earliest - 1), end))
    words = (match.start() for match in _word_start().finditer(text, earliest, end))
    places = (place for place in chain(sentences, words) if earliest <= place < end)
    return next((place for place in places if safe_cut(text, place) == place), end)


def _walk(text: str, measure: _Measure, size: int, overlap: int) -> list[Chunk]:
    if size < 1 or not 0 <= overlap < size * _BREAK_AFTER:
        raise ValueError(f"chunk overlap must be 0 or more and less than half of the size, got {overlap} of {size}")
    chunks: list[Chunk] = []
    start = fresh = 0
    while fresh < len(text):
        limit = measure.after(start, size)
        end = limit
        if limit < len(text):
            half = max(fresh, measure.after(start, size * _BREAK_AFTER))
            end = safe_cut(text, _best_break(text, half, max(limit, fresh + 1)))
            end = end if end > fresh else max(limit, fresh + 1)
            if measure.after(end, size * _TAIL) >= len(text):
                end = len(text)
        chunks.append(Chunk(start, end))
        fresh = end
        earliest = max(start + 1, measure.before(end, overlap))
        start = _overlap_start(text, earliest, end) if overlap else end
    return chunks


def chunk_chars(text: str, size: int = CHAT_SIZE_CHARS, overlap: int = CHAT_OVERLAP_CHARS) -> list[Chunk]:
    """Cut a chat text by characters.

    A chunk ends at the last sentence end in the second half of its window (then clause, blank, anywhere);
    it starts up to `overlap` characters before the end of the one before it, at a sentence or word start. A
    rest under 30 % of `size` joins the last chunk, so a chunk has at most 1.3 x `size` characters.

    Args:
        text: any text; an empty one has no chunks.
        size: window in code points.
        overlap: most code points shared by neighbours; less than half of `size`.

    Raises:
        ValueError: `size` below 1, or an overlap that is negative or not under half of the size.
    """
    return _walk(text, _Characters(len(text)), size, overlap)


def chunk_tokens(
    text: str, size: int = DOCUMENT_SIZE_TOKENS, overlap: int = DOCUMENT_OVERLAP_TOKENS
) -> list[Chunk]:
    """Cut a document by estimated tokens, at paragraph ends where the second half of a window has one.

    As `chunk_chars`, with `size` and `overlap` in tokens of `count_tokens`.

    Raises:
        ValueError: `size` below 1, or an overlap that is negative or not under half of the size.
    """
    return _walk(text, _Tokens(text), size, overlap)
