"""How good a ranking is: the published retrieval metrics, their means and their uncertainty. Pure.

It knows rankings as lists of unit ids and gold as sets of them, and nothing of where they came from.
Sources: MRR, Voorhees, TREC-8 1999; nDCG with binary gains, Järvelin and Kekäläinen, TOIS 2002;
percentile bootstrap, Efron and Tibshirani 1993, ch. 13.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

MRR = "mrr"
RESAMPLES = 1_000
LEVEL = 0.95
_CHUNK = 100

Scores = Mapping[str, float]
"""One question's metrics by name, for instance ``recall@10``; every question has the same names."""

Interval = tuple[float, float]


def recall_at(ranking: Sequence[str], gold: frozenset[str], k: int) -> float:
    """The share of the gold that stands among the first ``k``."""
    return len(gold.intersection(ranking[:k])) / len(gold)


def any_at(ranking: Sequence[str], gold: frozenset[str], k: int) -> float:
    """1.0 when at least one gold unit stands among the first ``k``."""
    return float(not gold.isdisjoint(ranking[:k]))


def all_at(ranking: Sequence[str], gold: frozenset[str], k: int) -> float:
    """1.0 when all of the gold stands among the first ``k``; the strict metric."""
    return float(gold <= set(ranking[:k]))


def reciprocal_rank(ranking: Sequence[str], gold: frozenset[str]) -> float:
    """1 / the rank of the first gold unit; 0.0 when none came back."""
    return next((1 / rank for rank, unit in enumerate(ranking, 1) if unit in gold), 0.0)


def ndcg_at(ranking: Sequence[str], gold: frozenset[str], k: int) -> float:
    """Discounted gain of the gold among the first ``k``, relative to the best possible order."""
    gained = sum(_discount(rank) for rank, unit in enumerate(ranking[:k], 1) if unit in gold)
    return gained / sum(_discount(rank) for rank in range(1, min(k, len(gold)) + 1))


def score(ranking: Sequence[str], gold: frozenset[str], ks: Sequence[int]) -> Scores:
    """All metrics of one question.

    Args:
        ranking: unit ids, best first; a repeated one counts once, at its first place.
        gold: the units that hold the evidence.
        ks: the cut-offs.

    Raises:
        ValueError: the gold is empty; such a question cannot be scored.
    """
    if not gold:
        raise ValueError("a question without gold has no score")
    ranked = list(dict.fromkeys(ranking))
    named = {"recall": recall_at, "any": any_at, "all": all_at, "ndcg": ndcg_at}
    scores = {f"{name}@{k}": metric(ranked, gold, k) for name, metric in named.items() for k in ks}
    return {**scores, MRR: reciprocal_rank(ranked, gold)}


def means(rows: Sequence[Scores]) -> dict[str, float]:
    """The mean of each metric over questions; empty for no questions."""
    if not rows:
        return {}
    return dict(zip(rows[0], _matrix(rows).mean(axis=0).tolist(), strict=True))


def intervals(
    rows: Sequence[Scores], rng: np.random.Generator, resamples: int = RESAMPLES, level: float = LEVEL
) -> dict[str, Interval]:
    """Percentile bootstrap intervals of the means, resampling questions.

    Args:
        rows: one entry per question.
        rng: the source of randomness; seed it for repeatable intervals.
        resamples: how many times the questions are redrawn.
        level: the share of resampled means inside the interval.
    """
    if not rows:
        return {}
    return _percentiles(list(rows[0]), _resampled_means(_matrix(rows), rng, resamples), level)


def gains(
    rows: Sequence[Scores],
    others: Sequence[Scores],
    rng: np.random.Generator,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> dict[str, tuple[float, float, float]]:
    """By how much ``rows`` beat ``others`` on the same questions: difference of means and its interval.

    The questions are resampled in pairs, so that hard ones are hard for both.
    """
    if not rows:
        return {}
    names = list(rows[0])
    difference = _matrix(rows) - _matrix(others)
    spread = _percentiles(names, _resampled_means(difference, rng, resamples), level)
    centre = difference.mean(axis=0).tolist()
    return {name: (middle, *spread[name]) for name, middle in zip(names, centre, strict=True)}


def _discount(rank: int) -> float:
    return 1 / math.log2(rank + 1)


def _matrix(rows: Sequence[Scores]) -> NDArray[np.float64]:
    return np.array([list(row.values()) for row in rows], dtype=np.float64)


def _resampled_means(values: NDArray[np.float64], rng: np.random.Generator, resamples: int) -> NDArray[np.float64]:
    """Means of ``resamples`` redraws, (resamples, metrics), a chunk at a time to bound the memory."""
    count = len(values)
    chunks = []
    for start in range(0, resamples, _CHUNK):
        drawn = rng.integers(0, count, size=(min(_CHUNK, resamples - start), count))
        chunks.append(np.stack([values[row].mean(axis=0) for row in drawn]))
    return np.concatenate(chunks)


def _percentiles(names: Sequence[str], drawn: NDArray[np.float64], level: float) -> dict[str, Interval]:
    tail = (1 - level) / 2 * 100
    low, high = np.percentile(drawn, [tail, 100 - tail], axis=0)
    return {name: (float(a), float(b)) for name, a, b in zip(names, low, high, strict=True)}
