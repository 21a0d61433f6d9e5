"""The words a text is about: frequent in it and rare elsewhere, in English and Chinese alike.

Why it exists: a few words say what a session was about before any sentence of it is read. Must not know: where
texts come from, or how often a term stands elsewhere; that is handed in. The weight is (1 + ln tf) · ln((N + 2) /
(df + 1)), N and df of the other texts (after Salton and Buckley 1988, "Term-weighting approaches in automatic text
retrieval"). Latin words count by their stems and are shown as they were written most often. Chinese has no blanks,
so two to four characters that stand together twice are a word, unless a longer
one says the same as often (as C-value does, Frantzi et al. 2000).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from fusion_memory.text.sharing import grammar
from fusion_memory.text.stopwords import CHINESE
from fusion_memory.text.tokens import terms

LONGEST_CHINESE: Final = 4
LEAST_CHINESE: Final = 2
"""So often characters stand together to be taken for a word."""

_RUNS: Final = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+(?:['’-][^\W_\u3400-\u9fff]+)*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word that may be a keyword: how it is shown, how often and in how many texts it stands, its index keys."""

    word: str
    count: int
    held: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word that a text is about, how often it stands there, and its weight."""

    word: str
    count: int
    weight: float


def candidates(texts: Iterable[str]) -> list[Candidate]:
    """What may be a keyword of some texts."""
    shown: defaultdict[str, Counter[str]] = defaultdict(Counter)
    characters: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for text in texts:
        here: set[str] = set()
        for run in _RUNS.findall(text):
            if "\u3400" <= run[0] <= "\u9fff":
                grams = list(_grams(run))
                characters.update(grams)
                here.update(grams)
            elif (stem := _stem(run)) is not None:
                shown[stem][run] += 1
                here.add(stem)
        held.update(here)
    latin = [Candidate(_best(forms), forms.total(), held[stem], (stem,)) for stem, forms in shown.items()]
    return [*latin, *_chinese(characters, held)]


def keywords(found: Sequence[Candidate], known: Mapping[str, int], total: int, limit: int) -> tuple[Keyword, ...]:
    """The weightiest candidates, none of them part of a weightier one.

    Args:
        found: the candidates.
        known: how many texts hold each key, these texts included; a key that is absent stands in none.
        total: how many other texts there are.
        limit: so many.
    """
    weighed = [
        Keyword(one.word, one.count, (1 + math.log(one.count)) * _rarity(one, known, total)) for one in found
    ]
    chosen: list[Keyword] = []
    for one in sorted(weighed, key=lambda k: (-k.weight, -k.count, k.word)):
        if len(chosen) == limit:
            break
        if one.weight > 0 and not any(one.word in other.word or other.word in one.word for other in chosen):
            chosen.append(one)
    return tuple(chosen)


def _rarity(one: Candidate, known: Mapping[str, int], total: int) -> float:
    """By the rarest key: a word stands nowhere that one of its keys does not."""
    elsewhere = max(min(known.get(key, 0) for key in one.keys) - one.held, 0)
    return math.log((max(total, elsewhere) + 2) / (elsewhere + 1))


def _stem(word: str) -> str | None:
    """The term of a Latin word; None for grammar, single letters, numbers and what is several terms."""
    found = terms(word)
    stem = found[-1] if found else ""
    return None if len(stem) < 2 or stem.isdigit() or stem in grammar() or word.lower() in grammar() else stem


def _best(forms: Counter[str]) -> str:
    """The writing met most often; of equals the one without capitals, which only open a sentence."""
    return max(forms, key=lambda form: (forms[form], form == form.lower(), form))


def _grams(run: str) -> Iterator[str]:
    for start in range(len(run)):
        for size in range(2, LONGEST_CHINESE + 1):
            gram = run[start : start + size]
            if len(gram) == size and not any(char in CHINESE for char in gram) and gram not in CHINESE:
                yield gram


def _chinese(counts: Counter[str], held: Counter[str]) -> Iterator[Candidate]:
    often = {gram: count for gram, count in counts.items() if count >= LEAST_CHINESE}
    said_longer = {
        part
        for gram, count in often.items()
        for part in (gram[:-1], gram[1:])
        if len(part) >= 2 and often.get(part) == count
    }
    for gram, count in often.items():
        if gram not in said_longer:
            yield Candidate(gram, count, held[gram], tuple(f"{a} {b}" for a, b in pairwise(terms(gram))))
