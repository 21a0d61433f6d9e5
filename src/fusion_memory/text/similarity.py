"""How alike two texts are by their words: equal, nearly equal, overlapping; English and Chinese alike.

Why it exists: dedup, diversity and gates need a cheap likeness that needs no model and does not call all
Chinese texts identical. Must not know: thresholds (they belong to the callers) or vectors.
"""

import hashlib
from collections.abc import Iterable, Set
from functools import lru_cache
from itertools import pairwise
from typing import Final

from fusion_memory.text.folding import fold
from fusion_memory.text.tokens import terms

SIMHASH_BITS: Final = 64
_FIRST_UNSPACED: Final = 0x0E00  # tokens of one character from here on belong to scripts without blanks
_LANE: Final = 32  # bits per counter when 64 counters are added as one integer


def canonical(text: str) -> str:
    """The form under which two texts count as the same: NFKC, case folded, blanks collapsed and trimmed.

    Applying it twice changes nothing.
    """
    return " ".join(fold(text).split())


def shingles(text: str) -> frozenset[str]:
    """The set a text is compared by: its Latin words and numbers, and its unspaced characters in pairs.

    A single Han character says little, so pairs of neighbours stand for words; a text of one character
    keeps it.
    """
    return frozenset(_features(terms(text)))


def _features(tokens: list[str]) -> Iterable[str]:
    unspaced = [len(token) == 1 and ord(token) >= _FIRST_UNSPACED for token in tokens]
    for index, token in enumerate(tokens):
        if not unspaced[index]:
            yield token
        elif index + 1 < len(tokens) and unspaced[index + 1]:
            yield token + tokens[index + 1]
        elif index == 0 or not unspaced[index - 1]:
            yield token


def jaccard(left: Set[str], right: Set[str]) -> float:
    """Shared elements over all elements, 0 to 1; two empty sets are unlike (0), for nothing is known of them."""
    both = len(left & right)
    return both / (len(left) + len(right) - both) if both else 0.0


@lru_cache(maxsize=65_536)
def _lanes(feature: str) -> int:
    """A feature's 64-bit hash with each bit moved into its own counter lane."""
    bits = int.from_bytes(hashlib.blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest())
    return sum(1 << (_LANE * i) for i in range(SIMHASH_BITS) if bits >> i & 1)


def simhash(text: str) -> int:
    """A 64-bit fingerprint whose Hamming distance grows with the difference of two texts (Charikar 2002).

    Features are the `shingles` with their repetitions and the pairs of neighbouring tokens, so word order
    counts a little. Stable across processes and versions of Python. 0 for a text without tokens.
    """
    tokens = terms(text)
    features = [*_features(tokens), *(f"{left} {right}" for left, right in pairwise(tokens))]
    counters = sum(map(_lanes, features))
    half = len(features) / 2
    mask = (1 << _LANE) - 1
    return sum(1 << i for i in range(SIMHASH_BITS) if (counters >> (_LANE * i)) & mask > half)


def hamming(left: int, right: int) -> int:
    """The number of differing bits of two fingerprints, 0 to 64."""
    return (left ^ right).bit_count()
