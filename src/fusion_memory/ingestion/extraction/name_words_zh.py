"""Finding listed words in unspaced text: the longest one that begins, or ends, at a place.

Why it exists: Chinese has no blanks, and an alternation of a thousand words tries each at every character; this
looks at the few lengths that occur. Must not know: what the words are for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from fusion_memory.ingestion.extraction.name_lists import lists


class Words:
    """A set of words, searched by their first or last character."""

    __slots__ = ("_first", "_last", "_starts", "_words")

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._first = self._lengths(0)
        self._last = self._lengths(-1)
        self._starts = re.compile(f"[{re.escape(''.join(self._first))}]")

    def at(self, text: str, first: int, least: int = 1) -> int:
        """The length of the longest word that begins at ``first``; 0 when none does."""
        for length in self._first.get(text[first : first + 1], ()):
            if length < least:
                break
            if text[first : first + length] in self._words:
                return length
        return 0

    def ending(self, text: str, last: int) -> int:
        """The length of the longest word that ends before ``last``; 0 when none does."""
        if last <= 0:
            return 0
        for length in self._last.get(text[last - 1], ()):
            if length <= last and text[last - length : last] in self._words:
                return length
        return 0

    def all(self, text: str) -> Iterator[tuple[int, int]]:
        """Every longest word as ``(first, last)``, from left to right, none inside another."""
        match = self._starts.search(text)
        while match:
            first = match.start()
            length = self.at(text, first)
            if length:
                yield first, first + length
            match = self._starts.search(text, first + (length or 1))

    def made_of(self, text: str) -> bool:
        """Whether the text is these words side by side, read greedily."""
        at = 0
        while at < len(text):
            length = self.at(text, at)
            if not length:
                return False
            at += length
        return True

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def _lengths(self, place: int) -> dict[str, tuple[int, ...]]:
        found: dict[str, set[int]] = {}
        for word in self._words:
            found.setdefault(word[place], set()).add(len(word))
        return {char: tuple(sorted(lengths, reverse=True)) for char, lengths in found.items()}


@cache
def words(*names: str) -> Words:
    """The words of one or several Chinese lists, by ``table.key``."""
    known = lists("zh")
    return Words(word for name in names for word in known[name])


@cache
def characters(name: str) -> frozenset[str]:
    """The characters of a Chinese list."""
    return frozenset("".join(lists("zh")[name]))
