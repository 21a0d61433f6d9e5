"""How many meaningful words two texts share, in English and Chinese alike.

Why it exists: two sayings of a conversation belong together when they speak of the same things, which grammar
alone does not tell. Must not know: what is made of the count. Latin words count without function words and single
letters; of scripts without blanks, two neighbouring characters that stand in both texts count as a word, and none
counts twice (character bigrams, as Chinese retrieval without a dictionary has them).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

from fusion_memory.text.stopwords import CHINESE, ENGLISH
from fusion_memory.text.tokens import terms

MOST_TERMS: Final = 400
"""A text is read up to here."""

_FIRST_UNSPACED: Final = "\u0e00"


class Words(NamedTuple):
    """The meaningful words of a text: those with blanks around them, and pairs of characters in order."""

    spaced: frozenset[str]
    pairs: tuple[str, ...]


def words_of(tokens: Sequence[str]) -> Words:
    """The meaningful words among the terms of a text, in order."""
    tokens = tokens[:MOST_TERMS]
    different = frozenset(tokens) - grammar()
    spaced = frozenset([token for token in different if len(token) > 1])
    single = frozenset([token for token in different - spaced if token >= _FIRST_UNSPACED])
    pairs = tuple([a + b for a, b in pairwise(tokens) if a in single and b in single]) if single else ()
    return Words(spaced, pairs)


def shared(one: Words, other: Words) -> int:
    """How many meaningful words stand in both; the same whichever comes first."""
    count = len(one.spaced & other.spaced)
    if not one.pairs or not other.pairs or not set(one.pairs) & set(other.pairs):
        return count
    return count + min(_covered(one.pairs, frozenset(other.pairs)), _covered(other.pairs, frozenset(one.pairs)))


def _covered(pairs: Sequence[str], known: frozenset[str]) -> int:
    """So many different known pairs stand in a text without overlapping."""
    found: set[str] = set()
    before = ""
    for pair in pairs:
        if pair in known and not (before and before[-1] == pair[0]):
            found.add(pair)
            before = pair
        else:
            before = ""
    return len(found)


@cache
def grammar() -> frozenset[str]:
    """Function words as the index spells them, and single characters that are grammar."""
    spelled = frozenset(token for word in ENGLISH for token in terms(word))
    return spelled | ENGLISH | frozenset(word for word in CHINESE if len(word) == 1)
