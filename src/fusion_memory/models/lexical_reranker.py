"""Rerank by words alone: the floor where no model is. Deterministic, English and Chinese.

A passage gains for every word of the question that it says, rare ones more, for pairs of words said in the
question's order, and for saying much of it in few words. Words are weighed by how few of the given passages say
them (Robertson's inverse document frequency), so nothing but the call itself is needed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from fusion_memory.text.tokens import query_terms, terms

_PAIR_WEIGHT = 0.5
_SATURATION, _LENGTH_SHARE = 1.2, 0.5  # k1 and b of BM25 (Robertson and Zaragoza 2009)


class LexicalReranker:
    """See ``Reranker``; costs about 0.1 ms a passage."""

    @property
    def name(self) -> str:
        """Its only name."""
        return "lexical"

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """See ``Reranker``."""
        wanted = [tuple(term.tokens) for term in query_terms(query)]
        said = [_said(passage) for passage in passages]
        ordered = [*dict.fromkeys(token for term in wanted for token in term)]
        features = [*((token,) for token in ordered), *pairwise(ordered)]
        rarity = {feature: _rarity(feature, said) for feature in features}
        average = sum(map(_length, said)) / max(len(said), 1) or 1.0
        return [_score(one, rarity, average) for one in said]


def _said(passage: str) -> Counter[tuple[str, ...]]:
    tokens = terms(passage)
    return Counter([*((token,) for token in tokens), *pairwise(tokens)])


def _length(said: Counter[tuple[str, ...]]) -> int:
    return (said.total() + 1) // 2


def _rarity(feature: tuple[str, ...], said: Sequence[Counter[tuple[str, ...]]]) -> float:
    holding = sum(feature in one for one in said)
    weight = _PAIR_WEIGHT if len(feature) > 1 else 1.0
    return weight * math.log(1 + (len(said) - holding + 0.5) / (holding + 0.5))


def _score(said: Counter[tuple[str, ...]], rarity: dict[tuple[str, ...], float], average: float) -> float:
    room = _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * _length(said) / average)
    return sum(
        weight * said[feature] * (_SATURATION + 1) / (said[feature] + room) for feature, weight in rarity.items()
    )
