"""Latin words of a text with where they stand, and the runs of capitalised ones that may be names.

Why it exists: every English rule asks for the words before and after a run. Must not know: what a name stands for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from fusion_memory.ingestion.extraction.name_lists import lists
from fusion_memory.text.scripts import LATIN

_TOKEN: Final = re.compile(
    rf"@?[{LATIN}][{LATIN}0-9_]*(?:['’\-][{LATIN}0-9]+|\.(?:js|io|ai|net|[A-Z](?![{LATIN}]))|(?<=[{LATIN}])[+]{{2}}|#(?![\w]))*"
    r"|\d+(?:[.,:]\d+)*"
)
_POSSESSIVE: Final = re.compile(r"(?:['’]s|(?<=s)['’])$")
_INITIAL_GAP: Final = re.compile(r"[.!?:;\n…。！？：；“\"•]|^\s*[-*]\s|[\u3400-\u9fff]")
_JOINERS: Final = frozenset(
    {
        "of",
        "de",
        "van",
        "von",
        "der",
        "den",
        "da",
        "di",
        "del",
        "della",
        "la",
        "le",
        "al",
        "bin",
        "ibn",
        "dos",
        "du",
        "the",
    }
)
_LONGEST: Final = 8


class Token(NamedTuple):
    """A Latin word or a number: ``content[first:last]``.

    ``text`` is without a possessive; ``initial`` tells that a sentence begins here, ``apart`` that punctuation
    stands between the word before and this one.
    """

    text: str
    low: str
    first: int
    last: int
    capital: bool
    possessive: bool
    initial: bool
    apart: bool

    @property
    def camel(self) -> bool:
        """Whether capitals stand inside the word, as in FastAPI or iPhone."""
        return self.text != self.low and not self.text.isupper() and any(map(str.isupper, self.text[1:]))


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring capitalised words, ``tokens[start:end]`` of the text."""

    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The words and numbers of a text."""
    found: list[Token] = []
    end, before = 0, ""
    abbreviations = lists("en")["people.titles"] | {"st", "mt", "vs", "no"}
    for match in _TOKEN.finditer(text):
        word = match[0]
        gap = text[end : match.start()]
        plain = _POSSESSIVE.sub("", word)
        dotted = gap.startswith(". ") and (before in abbreviations or len(before) == 1)
        initial = not found or (bool(_INITIAL_GAP.search(gap)) and not dotted)
        found.append(
            Token(
                plain,
                plain.lower().replace("’", "'"),
                match.start(),
                match.start() + len(plain),
                _capital(word, plain) and text[match.start() - 1 : match.start()] != "-",
                plain != word,
                initial,
                bool(gap.strip(" .")) if dotted else gap.strip(" \"'“”‘’") != "",
            )
        )
        end, before = match.end(), plain.lower()
    return found


def _capital(word: str, plain: str) -> bool:
    return word.lstrip("@")[0].isupper() or (plain != plain.lower() and word[0].isalpha())


def runs(words: list[Token]) -> list[Run]:
    """The runs of capitalised words that stand side by side; small joining words may stand between two."""
    found: list[Run] = []
    index = 0
    while index < len(words):
        if not words[index].capital or words[index].low in _never():
            index += 1
            continue
        end = _end(words, index)
        found.append(Run(index, end))
        index = end
    return found


def _end(words: list[Token], start: int) -> int:
    end = start + 1
    while end < len(words) and end - start < _LONGEST:
        word, last = words[end], words[end - 1]
        if word.apart or word.initial or (last.possessive and not _institution(words, end)):
            break
        if word.capital and word.low not in _never():
            end += 1
        elif word.low in _JOINERS and (skip := _joined(words, end)):
            end = skip
        elif word.text.isdigit() and last.camel and len(word.text) <= 3:
            end += 1
        else:
            break
    return end


def _joined(words: list[Token], at: int) -> int:
    """The end of "of the X" when a capitalised word follows the joining words; 0 when none does."""
    end = at
    while end < len(words) and end < at + 2 and words[end].low in _JOINERS and not words[end].apart:
        end += 1
    if end < len(words) and words[end].capital and not words[end].apart and words[end].low not in _never():
        return end + 1
    return 0


def _institution(words: list[Token], at: int) -> bool:
    """Whether what follows a possessive ends in a word such as Hospital or Restaurant."""
    known = lists("en")
    ends = known["organisations.suffixes"] | known["places.suffixes"]
    last = at
    while last < len(words) and words[last].capital and not words[last].apart and last < at + 3:
        if words[last].low in ends:
            return True
        last += 1
    return False


@cache
def _never() -> frozenset[str]:
    """Words that end a run wherever they stand."""
    known = lists("en")
    return known["calendar.words"] | {"i", "i'm", "i've", "i'd", "i'll", "ok", "okay", "im", "ive"}
