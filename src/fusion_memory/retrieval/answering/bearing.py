"""Whether words bear a claim out: each word of the claim that says something must stand in them. Pure.

It must not know packs or models. Words count in their stems, Chinese by pairs of neighbouring characters, for
single ones are shared by what is different (小明, 小红). A few listed words that report or name the user are free;
synonyms are not, for a list of them would be guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final

from fusion_memory.text.grounding import strange_numbers
from fusion_memory.text.irregular_en import base_form
from fusion_memory.text.scripts import HAN
from fusion_memory.text.simplified import simplify
from fusion_memory.text.stopwords import CHINESE, ENGLISH, SHIELDED
from fusion_memory.text.tokens import terms

LIGHT: Final = frozenset(["user", "person", "speaker", "say", "tell", "mention"])
"""Stems that a claim may have of its own: it reports what somebody said."""

LIGHT_CHINESE: Final = frozenset(["用户", "说话者", "说过", "说", "提到", "提到过", "表示", "该"])

_MOST_COMPARED: Final = 200
_LONGEST_SWAP: Final = 2
_NAME: Final = re.compile(r"\b[A-Z][\w'-]+")
_REPORTS: Final = re.compile("|".join(sorted(LIGHT_CHINESE, key=lambda word: (-len(word), word))))
_RUN: Final = re.compile(f"[{HAN}]+")
_HAN: Final = re.compile(f"[{HAN}]")
_CUT: Final = re.compile("|".join(sorted(CHINESE | SHIELDED | LIGHT_CHINESE, key=lambda word: (-len(word), word))))
_DATE: Final = re.compile(
    r"(?<!\d)(?:\d{4}年(?:\d{1,2}月(?:\d{1,2}[日号])?)?|\d{1,2}月(?:\d{1,2}[日号])?|\d{1,2}[日号])"
)
_ENGLISH_NUMBERS: Final = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
_SPELLED: Final = {word: str(value) for value, word in enumerate(_ENGLISH_NUMBERS, 2)} | {
    char: str(value) for value, char in enumerate("一二三四五六七八九十", 1)
}


def content(text: str) -> frozenset[str]:
    """The words of a text that say something, in base forms; Chinese by characters."""
    found = map(base_form, terms(simplify(text)))
    return frozenset(token for token in found if token not in ENGLISH and token not in CHINESE)


def telling(text: str) -> frozenset[str]:
    """The same without the words that a claim may have of its own."""
    return content(_REPORTS.sub(" ", simplify(text))) - LIGHT


def numbers(words: frozenset[str]) -> frozenset[str]:
    """The numbers among words, in digits or spelled."""
    return frozenset(word for word in words if word.isdigit() or word in _SPELLED)


def unborne(claim: str, known: str) -> frozenset[str]:
    """The words and characters of a claim that a text does not bear; numbers are judged elsewhere.

    Args:
        claim: what is claimed.
        known: all that may bear it: quotes, their speakers and days, the question.
    """
    plain, borne = simplify(claim), simplify(known)
    told = {date for match in _DATE.finditer(borne) for date in _parts(match.group())}
    dates = {match.group() for match in _DATE.finditer(plain) if _bare(match.group()) not in told}
    plain = _DATE.sub(",", plain)
    words = {word for word in content(plain) if not _HAN.search(word) and not word.isdigit()}
    missing = (words - LIGHT - content(borne)) | frozenset(_uncovered(plain, borne))
    return frozenset(dates) | {word for word in missing if not _is_told_number(word, known)}


def swapped(claim: str, said: str, borrowed: frozenset[str]) -> bool:
    """Whether a claim has a word of the question's where a sentence has another: Ming likes tea, Hong likes tea.

    Args:
        claim: what is claimed.
        said: the sentence of a quote.
        borrowed: words of the claim that only the question has.
    """
    here, there = _in_order(claim), _in_order(said)
    names = {base_form(token) for text in (claim, said) for name in _NAME.findall(text) for token in terms(name)}
    for kind, a, b, c, d in SequenceMatcher(None, here, there, autojunk=False).get_opcodes():
        ours, theirs = here[a:b], there[c:d]
        if kind != "replace" or len(ours) != len(theirs) or len(ours) > _LONGEST_SWAP:
            continue
        chinese = all(map(_HAN.search, (*ours, *theirs)))
        named = not a and names.issuperset((*ours, *theirs))
        if borrowed.issuperset(ours) and (chinese or named or (a and len(ours) == 1)):
            return True
    return False


def _in_order(text: str) -> list[str]:
    """The words of a text that say something, in order; so many as are compared."""
    plain = _RUN.sub(lambda match: _squeezed(match.group()), simplify(text))
    found = [base_form(token) for token in terms(plain)]
    return [token for token in found if token not in ENGLISH and token not in LIGHT][:_MOST_COMPARED]


def _parts(date: str) -> Iterator[str]:
    """A date as it is and without its year or day: 2026年3月9日, 3月9日, 2026年3月, 2026年, 3月, 9日."""
    pieces = re.findall(r"\d+\D", _bare(date))
    for first in range(len(pieces)):
        for last in range(first + 1, len(pieces) + 1):
            yield "".join(pieces[first:last])


def _bare(date: str) -> str:
    return re.sub(r"(?<!\d)0+(?=\d)", "", date).replace("号", "日")


def _is_told_number(word: str, known: str) -> bool:
    return word in _SPELLED and not strange_numbers(_SPELLED[word], known)


def _uncovered(claim: str, known: str) -> Iterator[str]:
    """The Chinese characters of a claim that stand beside none of their neighbours in the text."""
    pairs = {pair for run in _RUN.findall(known) for form in (run, _squeezed(run)) for pair in pairwise(form)}
    for run in _RUN.findall(claim):
        plain = _squeezed(run)
        if len(plain) == 1 and plain in known:
            continue
        for place, char in enumerate(plain):
            beside = {(plain[place - 1], char)} if place else set()
            if not (beside | set(pairwise(plain[place : place + 2]))) & pairs:
                yield char


def _squeezed(run: str) -> str:
    """A stretch of Chinese without its function words and light words."""
    return _CUT.sub(lambda match: match.group() if match.group() in SHIELDED else "", run)
