"""Cut text into the pieces of a WordPiece vocabulary, as uncased BERT models need it.

A text is cleaned, lower-cased, freed of accents and split at spaces, punctuation and ideographs; each word is
cut greedily into the longest known pieces (Devlin et al. 2018, https://arxiv.org/abs/1810.04805). Pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

INSIDE: Final = "##"
"""Marks a piece that does not begin a word."""

_UNKNOWN, _BEGIN, _BETWEEN = "[UNK]", "[CLS]", "[SEP]"
_LONGEST_WORD = 100  # characters; longer ones are unknown, as in the original
_WORDS_REMEMBERED = 50_000
_IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FA1F))
_CHARS_PER_TOKEN = 24


class WordPieceTokenizer:
    """Texts to token ids. Safe to use from several threads.

    Args:
        pieces: the vocabulary, indexed by token id.

    Raises:
        KeyError: the vocabulary lacks the marks of a BERT model.
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        self._ids = {piece: number for number, piece in enumerate(pieces)}
        self._unknown = self._ids[_UNKNOWN]
        self.begin, self.between = self._ids[_BEGIN], self._ids[_BETWEEN]
        self._words: dict[str, tuple[int, ...]] = {}

    def pieces_of(self, text: str, most: int) -> list[int]:
        """Token ids of a text without marks, at most ``most``; what is longer is cut off at the end."""
        tokens: list[int] = []
        for word in _words(text[: most * _CHARS_PER_TOKEN]):
            tokens += self._word(word)
            if len(tokens) >= most:
                break
        return tokens[:most]

    def _word(self, word: str) -> tuple[int, ...]:
        known = self._words.get(word)
        if known is None:
            known = self._cut(word)
            if len(self._words) >= _WORDS_REMEMBERED:
                self._words.clear()
            self._words[word] = known
        return known

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > _LONGEST_WORD:
            return (self._unknown,)
        pieces: list[int] = []
        start = 0
        while start < len(word):
            mark = INSIDE if start else ""
            for end in range(len(word), start, -1):
                piece = self._ids.get(mark + word[start:end])
                if piece is not None:
                    break
            else:
                return (self._unknown,)
            pieces.append(piece)
            start = end
        return tuple(pieces)


def _words(text: str) -> list[str]:
    spaced = "".join(_spaced(char) for char in text).lower()
    plain = "".join(c for c in unicodedata.normalize("NFD", spaced) if unicodedata.category(c) != "Mn")
    return "".join(f" {c} " if _is_punctuation(c) else c for c in plain).split()


def _spaced(char: str) -> str:
    code = ord(char)
    if char in "\t\n\r" or unicodedata.category(char) == "Zs":
        return " "
    if code in (0, 0xFFFD) or unicodedata.category(char).startswith("C"):
        return ""
    if code >= _IDEOGRAPHS[0][0] and any(first <= code <= last for first, last in _IDEOGRAPHS):
        return f" {char} "
    return char


def _is_punctuation(char: str) -> bool:
    code = ord(char)
    ascii_mark = 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
    return ascii_mark or (code > 126 and unicodedata.category(char).startswith("P"))
