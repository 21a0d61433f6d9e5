"""Whether words really stand in a text, and where: what is not found there was made up.

Why it exists: a model's claim is worth its quote. Must not know: models, prompts, claims. Two texts count as the
same under :func:`fusion_memory.text.similarity.canonical` with typographic quotation marks made plain.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from typing import Final

from fusion_memory.text.folding import fold
from fusion_memory.text.similarity import canonical, shingles
from fusion_memory.text.stopwords import CHINESE, ENGLISH
from fusion_memory.text.tokens import terms

LEAST_TERMS: Final = 2
"""A quote of fewer words proves nothing, unless it is the whole text."""

LONGEST_SENTENCE: Final = 600
"""A sentence is read this far around a quote, in code points."""

_PLAIN_MARKS: Final = {ord(char): "'" for char in "‘’ʼ‛`´"} | {ord(char): '"' for char in "“”„‟«»"}
_FIRST_UNSPACED: Final = 0x0E00
_ENDS: Final = re.compile(r"[。！？!?；;\n]|\.(?=\s|$)")
_NUMBERS: Final = re.compile(r"\d+")
_SPELLED: Final = (
    "zero 零 〇|one once single 一|two twice both couple pair 二 两 双|three 三|four 四|five 五|six 六|seven 七|"
    "eight 八|nine 九|ten 十|eleven 十一|twelve dozen 十二"
)
_MOST_PLACES: Final = 50


def comparable(text: str) -> str:
    """The form under which a quote and its source count as the same."""
    return canonical(text.translate(_PLAIN_MARKS))


class Source:
    """A text in which quotes are looked for; what finding them costs is paid once."""

    def __init__(self, content: str) -> None:
        self.content = content

    def find(self, quote: str) -> tuple[int, int] | None:
        """Where a quote stands, as ``content[first:last]``, at the edges of words; None: nowhere.

        Blanks, case, width and the form of quotation marks may differ, nothing else.
        """
        wanted = quote.strip()
        if not self._says_enough(wanted):
            return None
        place = _whole_words(self.content, wanted)
        if place is not None:
            return place
        folded, starts, ends = self._folded
        place = _whole_words(folded, comparable(wanted))
        if place is None:
            return None
        first, last = starts[place[0]], ends[place[1] - 1]
        return (first, last) if comparable(self.content[first:last]) == comparable(wanted) else None

    def sentence(self, first: int, last: int) -> tuple[int, int]:
        """The sentences around a stretch, as far as :data:`LONGEST_SENTENCE`."""
        start = max(0, first - LONGEST_SENTENCE)
        for end in _ENDS.finditer(self.content, start, first):
            start = end.end()
        limit = min(len(self.content), last + LONGEST_SENTENCE)
        closing = _ENDS.search(self.content, max(first, last - 1), limit)
        return start, max(last, closing.end() if closing else limit)

    def _says_enough(self, quote: str) -> bool:
        if len(quote) > len(self.content) * 4 or not quote:
            return False
        return len(terms(quote)) >= LEAST_TERMS or comparable(quote) == comparable(self.content[: 4 * len(quote)])

    @cached_property
    def _folded(self) -> tuple[str, list[int], list[int]]:
        """The text as ``comparable`` would make it, and where each of its characters begins and ends."""
        made: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        plain = self.content.translate(_PLAIN_MARKS)
        at = 0
        while at < len(plain):
            end = at + 1
            while end < len(plain) and unicodedata.combining(plain[end]):
                end += 1
            for char in fold(plain[at:end]):
                if char.isspace() and (not made or made[-1] == " "):
                    continue
                made.append(" " if char.isspace() else char)
                starts.append(at)
                ends.append(end)
            at = end
        return "".join(made), starts, ends


def support(words: str, text: str) -> float:
    """The share of words that a text has, 0 to 1; 1 when it has them in one piece. Function words count not."""
    wanted = comparable(words)
    if not wanted:
        return 0.0
    if _whole_words(comparable(text), wanted) is not None:
        return 1.0
    told = shingles(words)
    telling = {word for word in told if word not in ENGLISH and word not in CHINESE} or told
    return len(telling & shingles(text)) / len(telling) if telling else 0.0


def strange_numbers(words: str, *texts: str) -> frozenset[str]:
    """The numbers among words that none of the texts has, in digits or, up to twelve, spelled out."""
    told = {_bare(number) for number in _NUMBERS.findall(words)}
    if not told:
        return frozenset()
    said = "\n".join(texts)
    known = {_bare(number) for number in _NUMBERS.findall(said)}
    lowered = said.lower()
    known |= {str(value) for value, names in enumerate(_SPELLED.split("|")) if _spells(names, lowered)}
    return frozenset(told - known)


def _bare(number: str) -> str:
    return number.lstrip("0") or "0"


def _spells(names: str, text: str) -> bool:
    return any(re.search(rf"\b{name}\b", text) if name.isascii() else name in text for name in names.split())


def _whole_words(text: str, wanted: str) -> tuple[int, int] | None:
    """Where a text has the wanted one without cutting a word of letters apart."""
    at = text.find(wanted)
    for _ in range(_MOST_PLACES):
        if at < 0:
            return None
        if not _inside_word(text, at) and not _inside_word(text, at + len(wanted)):
            return at, at + len(wanted)
        at = text.find(wanted, at + 1)
    return None


def _inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and _in_word(text[at - 1]) and _in_word(text[at])


def _in_word(char: str) -> bool:
    return char.isalnum() and ord(char) < _FIRST_UNSPACED
