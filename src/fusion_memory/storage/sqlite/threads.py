"""Threads as texts: how conversations rank by BM25, each read as one document.

What an assistant said is not part of the text: it repeats and embroiders what the others told, and the
conversations it talks most in would win. Pure arithmetic over an owner's columns. This file must not know
what a thread is called.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fusion_memory.storage.bm25 import K1, B, Entries, Mask, best
from fusion_memory.storage.sqlite.columns import NOT_TOLD, Columns


def rank(columns: Columns, lists: Sequence[Entries], allowed: Mask | None, limit: int) -> list[tuple[int, float]]:
    """The best threads by BM25 over all their spans taken together: ``(code, score)``, best first.

    Args:
        columns: the owner's spans; a thread without terms counts as no document.
        lists: per term its postings by span.
        allowed: which spans may count as holding a term; None for all.
        limit: threads wanted.
    """
    lengths = np.bincount(columns.threads, columns.lengths, len(columns.codes))
    eligible = (lengths > 0.0) & (columns.codes != NOT_TOLD)
    documents = int(np.count_nonzero(eligible))
    if not documents:
        return []
    norm = K1 * (1.0 - B + B * lengths / max(lengths[eligible].mean(), 1.0))
    scores = np.zeros(len(columns.codes))
    for entries in lists:
        seen = entries if allowed is None else entries[allowed[entries["ordinal"]]]
        counts = np.bincount(columns.threads[seen["ordinal"]], seen["count"], len(columns.codes))
        counts[~eligible] = 0.0
        frequency = int(np.count_nonzero(counts))
        rarity = np.log1p((documents - frequency + 0.5) / (frequency + 0.5))
        scores += rarity * counts * (K1 + 1.0) / (counts + norm)
    places, values = best(scores, limit)
    return list(zip(columns.codes[places].tolist(), values.tolist(), strict=True))
