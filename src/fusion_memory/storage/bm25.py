"""BM25 over posting lists: which documents hold which terms how often, and how they rank.

Pure arithmetic on arrays. This file must not know where postings are kept.

Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with
the inverse document frequency that stays positive, ``ln(1 + (N - df + 0.5) / (df + 0.5))`` (Lucene).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

K1 = 1.2
"""How soon further occurrences of a term stop counting (the usual value)."""

B = 0.75
"""How much long documents are discounted (the usual value)."""

ENTRY = np.dtype([("ordinal", "<u4"), ("count", "<u2"), ("length", "<u2")])
"""One posting: the document, how often the term stands in it, how many terms it has."""

MOST = 65_535
"""Counts and lengths beyond this are kept as this."""

Entries = NDArray[np.void]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Collection:
    """What BM25 must know of all documents: how many there are, and their average length in terms."""

    documents: int
    average_length: float


def rank(
    lists: Sequence[Entries], collection: Collection, ordinals: int, allowed: Mask | None, limit: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The best documents that hold any term: ordinals and scores, best first, equal ones by ordinal.

    Args:
        lists: per term its postings, no document twice in one.
        collection: statistics of all documents, also those that are not allowed.
        ordinals: one more than the highest ordinal there may be.
        allowed: which ordinals may come back, shape (ordinals,); None for all.
        limit: documents wanted.
    """
    scores = np.zeros(ordinals)
    for entries in lists:
        if len(entries):
            scores[entries["ordinal"]] += _weights(entries, collection)
    if allowed is not None:
        scores[~allowed] = 0.0
    return best(scores, limit)


def best(scores: NDArray[np.float64], limit: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The highest positive scores and their positions, best first, equal ones by position."""
    found = np.flatnonzero(scores > 0.0)
    values = scores[found]
    if len(found) > limit:
        bar = np.partition(values, len(values) - limit)[len(values) - limit]
        kept = values >= bar
        found, values = found[kept], values[kept]
    order = np.argsort(-values, kind="stable")[:limit]
    return found[order], values[order]


def _weights(entries: Entries, collection: Collection) -> NDArray[np.float64]:
    frequency = len(entries)
    rarity = np.log1p((collection.documents - frequency + 0.5) / (frequency + 0.5))
    counts = entries["count"].astype(np.float64)
    norm = entries["length"] * (K1 * B / max(collection.average_length, 1.0))
    norm += K1 * (1.0 - B)
    norm += counts
    counts *= rarity * (K1 + 1.0)
    counts /= norm
    return counts
