"""The one tokenizer of keyword search: what the index stores and what a question asks for.

Why it exists: index and query must cut text alike, in English and Chinese. Must not know: the database, the
scope token it adds, or how scores are made.

The alphabet. Every token consists of letters and digits (Unicode categories L* and N*) of the Basic
Multilingual Plane, folded, plus `_` which only opens an escape: `_1f389` is the character U+1F389, `c_2b_2b`
is `c++`. The underscore of `foo_bar` is a separator. So tokens joined by blanks pass unchanged through a
blank-split tokenizer and through FTS5's `unicode61 remove_diacritics 0 tokenchars '_'`.

The shape. A Han, kana or Hangul character is a token; a word is queried as a phrase of them. A Latin word
is folded, stripped of accents and stemmed. A word of several pieces (`don't`, `wi-fi`, `gpt4`, `getUserName`,
`1,200`) gives its pieces in order and then the whole, so either finds it; longer compounds (`v1.2.3`,
`user@example.com`, paths) give their pieces in order, so any inner stretch is a phrase. Tokens do not depend
on the text around a word, hence a quoted passage always matches as a phrase.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise
from threading import Lock
from typing import Final

import Stemmer

from fusion_memory.text.folding import fold, nfkc
from fusion_memory.text.scripts import EMOJI, HAN, HANGUL, KANA, UNSPACED
from fusion_memory.text.simplified import SIMPLER
from fusion_memory.text.stopwords import CHINESE, ENGLISH, LONGEST_CHINESE, SHIELDED

QUERY_CHARS: Final = 8_192
"""A question is read up to here; what a longer one adds would be cut by the term limit anyway."""

_CACHED_WORDS: Final = 200_000
_CACHED_LENGTH: Final = 48
_PIECE: Final = 64  # a longer word is indexed in pieces: FTS5 cuts tokens at 32 KiB, Postgres at 2 KiB
_MOST_JOINS: Final = 16  # a longer chain of a-b-c is read in stretches, which bounds the work on one word
_MOST_PIECES: Final = 4  # a hash such as 3f2a9c41 is one word, not five
_LONGEST_STEMMED: Final = 32
_LONGEST_PHRASE: Final = 32
_SINGLE: Final = HAN + KANA + HANGUL + UNSPACED
_ACCENTS: Final = "\u0300-\u036f"
# Vowel signs and accents that live inside words; Python's \w stops at them.
_MARKS: Final = _ACCENTS + "\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0df3"
# Letters by Python's tables that FTS5's older tables treat as separators (New Tai Lue and Vedic signs).
_NOT_IN_FTS: Final = "\u19b0-\u19c9\u1cf2\u1cf3"
_WORD: Final = rf"[^\W_{_SINGLE}{_NOT_IN_FTS}][^\W_{_SINGLE}{_NOT_IN_FTS}]*+[{_MARKS}]*+"
_NO_DECOMPOSITION: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h"}
)


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """One thing to look for: `tokens` must stand side by side in this order; a higher `weight` tells more.

    Weights: 1.5 a compound such as an address or path, 1.0 a word, 0.6 a Chinese bigram, 0.4 a piece of a
    word or a single character.
    """

    tokens: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class _Word:
    pieces: tuple[str, ...]
    whole: tuple[str, ...]


@cache
def _atoms() -> re.Pattern[str]:
    return re.compile(
        rf"[{_SINGLE}]|(?:{_WORD})+(?:['’\-](?:{_WORD})+|,[0-9]{{3}}(?![0-9])){{0,{_MOST_JOINS}}}+(?:\+\+|[+#](?!\w))?|[{EMOJI}]"
    )


@cache
def _single() -> re.Pattern[str]:
    return re.compile(f"[{_SINGLE}]")


@cache
def _compounds() -> re.Pattern[str]:
    word = rf"(?:{_WORD})++(?:['’](?:{_WORD})++)*+"
    # Starting only where a word starts keeps a long word from being tried at each of its letters.
    start = rf"(?<![^\W_{_SINGLE}])(?<![{_MARKS}])(?<![^\W_{_SINGLE}]['’])"
    return re.compile(rf"{start}{word}(?:(?:[._/\\@:~=&?%+\-]|,(?=[0-9]))++{word})++")


@cache
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source)


_PIECES: Final = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_A-Za-z]+"
_HUMP: Final = r"[a-z][A-Z]|[A-Z]{2}[a-z]|[0-9](?=[^\W\d_])|[^\W\d_](?=[0-9])"
_CONTRACTION: Final = r"(?<=\w)'(?:s|re|ve|ll|d|m)$"
_ACCENT: Final = rf"(?<=[a-zα-ω])[{_ACCENTS}]+"


class _Vocabulary(dict[str, tuple[str, ...]]):
    """Raw word → its tokens; filled on first sight, emptied when it outgrows its bound."""

    def __init__(self) -> None:
        super().__init__()
        self._stemmer = Stemmer.Stemmer("english")
        self._stemmer.maxCacheSize = 0  # this dictionary is the cache
        self._lock = Lock()  # a Stemmer object must not be used by two threads at once

    def stem(self, word: str) -> str:
        if not word.isascii() or not word.isalpha() or len(word) > _LONGEST_STEMMED:
            return word
        with self._lock:
            return str(self._stemmer.stemWord(word))

    def __missing__(self, raw: str) -> tuple[str, ...]:
        word = _read(raw)
        tokens = (*word.pieces, *word.whole)
        if len(raw) <= _CACHED_LENGTH:
            if len(self) >= _CACHED_WORDS:
                self.clear()
            self[raw] = tokens
        return tokens


_vocabulary: Final = _Vocabulary()


def _plain(word: str) -> str:
    """Fold case, width and accents of one word and drop what no token may contain."""
    folded = fold(word)
    if folded.isascii():
        return folded
    bare = _pattern(_ACCENT).sub("", unicodedata.normalize("NFD", folded))
    return unicodedata.normalize("NFC", bare).translate(_NO_DECOMPOSITION)


def _escape(char: str) -> str:
    return f"_{ord(char):x}"


def _token(word: str) -> str:
    """Write a folded word in the token alphabet."""
    if word.isascii() and word.isalnum():
        return _vocabulary.stem(word)
    return "".join(
        char if char.isalnum() and char < "\U00010000" else _escape(char)
        for char in word
        if char.isalnum() or not unicodedata.category(char).startswith("M")
    )


def _cut(word: str) -> tuple[str, ...]:
    token = _token(word)
    return tuple(token[i : i + _PIECE] for i in range(0, len(token), _PIECE))


def _read(raw: str) -> _Word:
    """Split one atom into its pieces and its whole; either may be empty, not both."""
    if len(raw) == 1:
        return _Word((), _cut(_plain(raw)))
    body = raw.rstrip("+#")
    if body != raw:
        inner = _read(body)
        return _Word((*inner.pieces, *inner.whole), _cut(_plain(raw)))
    if "," in raw:
        return _Word(_cut_all(raw.split(",")), _cut(raw.replace(",", "")))
    if "-" in raw:
        return _hyphenated(raw.split("-"))
    return _apostrophe(raw.replace("’", "'"))


def _hyphenated(parts: list[str]) -> _Word:
    words = [_read(part) for part in parts]
    pieces = tuple(chain.from_iterable((*word.pieces, *word.whole) for word in words))
    return _Word(pieces, _cut(_plain("".join(parts))) if len(parts) == 2 else ())


def _apostrophe(raw: str) -> _Word:
    word = _pattern(_CONTRACTION).sub("", raw, count=1)
    if "'" not in word:
        return _humps(word)
    joined = word.replace("'", "")
    if word.lower().endswith("n't"):
        return _Word((), _cut(_plain(joined)))
    return _Word(_cut_all(part for part in word.split("'") if len(part) > 1), _cut(_plain(joined)))


def _humps(word: str) -> _Word:
    """`getUserName`, `gpt4`: pieces and whole; plain words, acronyms and hashes: the whole alone."""
    pieces = _pattern(_PIECES).findall(word) if len(word) <= _PIECE and _pattern(_HUMP).search(word) else []
    if 1 < len(pieces) <= _MOST_PIECES:
        return _Word(_cut_all(pieces), _cut(_plain(word)))
    return _Word((), _cut(_plain(word)))


def _cut_all(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(chain.from_iterable(_cut(_plain(part)) for part in parts))


def terms(text: str) -> list[str]:
    """The index tokens of a text, in order, repeated as often as they occur."""
    return list(chain.from_iterable(map(_vocabulary.__getitem__, _atoms().findall(nfkc(text)))))


def query_terms(question: str, limit: int = 64) -> list[QueryTerm]:
    """What to look for when answering a question; any of the terms may match.

    Args:
        question: natural language or any text; the first `QUERY_CHARS` characters are read.
        limit: most terms returned; the weightiest and longest stay, in the order of the question.

    Returns:
        Terms without repetition. Function words of both languages are left out, unless nothing else is
        there. Empty when the text has no letter, digit or emoji.
    """
    text = nfkc(question[:QUERY_CHARS])
    found = list(_asked(text, content_only=True)) or list(_asked(text, content_only=False))
    best: dict[tuple[str, ...], float] = {}
    for term in filter(_has_tokens, found):
        best[term.tokens] = max(term.weight, best.get(term.tokens, 0.0))
    unique = [QueryTerm(tokens, weight) for tokens, weight in best.items()]
    if len(unique) <= limit:
        return unique
    ranked = sorted(range(len(unique)), key=lambda i: (-unique[i].weight, -_spelled(unique[i]), i))
    return [unique[i] for i in sorted(ranked[:limit])]


def _has_tokens(term: QueryTerm) -> bool:
    return bool(term.tokens)


def _spelled(term: QueryTerm) -> int:
    return sum(map(len, term.tokens))


def _asked(text: str, *, content_only: bool) -> Iterator[QueryTerm]:
    for compound in _compounds().findall(text):
        tokens = tuple(terms(compound))
        if len(tokens) <= _LONGEST_PHRASE and not (content_only and ENGLISH.issuperset(tokens)):
            yield QueryTerm(tokens, 1.5)
    run: list[str] = []
    previous = 0
    for match in _atoms().finditer(text):
        atom = match.group()
        single = _single().match(atom) is not None
        if run and (not single or match.start() != previous):
            yield from _run_terms("".join(run), content_only=content_only)
            run = []
        previous = match.end()
        if single:
            run.append(atom)
        else:
            yield from _word_terms(atom, content_only=content_only)
    if run:
        yield from _run_terms("".join(run), content_only=content_only)


def _word_terms(atom: str, *, content_only: bool) -> Iterator[QueryTerm]:
    bare = fold(_pattern(_CONTRACTION).sub("", atom.replace("’", "'"), count=1)).replace("'", "")
    if content_only and bare in ENGLISH:
        return
    word = _read(atom)
    if word.whole:
        yield QueryTerm(word.whole, 1.0)
    if len(word.pieces) > 1:
        yield QueryTerm(word.pieces, 1.0)
    for piece in word.pieces:
        if not content_only or (piece not in ENGLISH and (len(piece) > 1 or piece.isdigit())):
            yield QueryTerm((piece,), 0.4)


def _run_terms(run: str, *, content_only: bool) -> Iterator[QueryTerm]:
    for stretch in _content_stretches(run) if content_only else (run,):
        if len(stretch) == 1:
            yield QueryTerm(_vocabulary[stretch], 0.4)
        for left, right in pairwise(stretch):
            yield QueryTerm((*_vocabulary[left], *_vocabulary[right]), 0.6)


def _content_stretches(run: str) -> Iterator[str]:
    """Cut function words out of an unspaced run; at each place the longest known word decides."""
    plain = run.translate(SIMPLER)
    kept = start = 0
    while start < len(run):
        longest = min(LONGEST_CHINESE, len(run) - start)
        length = next((n for n in range(longest, 0, -1) if _known(plain[start : start + n])), 1)
        word = plain[start : start + length]
        if word in CHINESE and word not in SHIELDED:
            if kept < start:
                yield run[kept:start]
            kept = start + length
        start += length
    if kept < len(run):
        yield run[kept:]


def _known(word: str) -> bool:
    return word in CHINESE or word in SHIELDED
