"""Prefer variety: maximal marginal relevance over the words of passages. Pure.

Source: Carbonell and Goldstein, SIGIR 1998. Similarity is Jaccard over terms, so Chinese counts by character.
"""

from __future__ import annotations

from collections.abc import Sequence


def diversify(scores: Sequence[float], words: Sequence[frozenset[str]], limit: int, mmr_lambda: float) -> list[int]:
    """Positions of the chosen candidates in order.

    Args:
        scores: relevance, best first.
        words: the terms of each candidate.
        limit: how many to choose.
        mmr_lambda: 1 keeps the given order, 0 looks at difference only.
    """
    if mmr_lambda >= 1.0 or len(scores) <= 1:
        return list(range(min(limit, len(scores))))
    top = scores[0] or 1.0
    nearest = [0.0] * len(scores)
    left = list(range(len(scores)))
    chosen: list[int] = []
    while left and len(chosen) < limit:
        best = max(left, key=lambda i: (mmr_lambda * scores[i] / top - (1 - mmr_lambda) * nearest[i], -i))
        left.remove(best)
        chosen.append(best)
        for i in left:
            nearest[i] = max(nearest[i], _jaccard(words[i], words[best]))
    return chosen


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    if not one or not other:
        return 0.0
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)
