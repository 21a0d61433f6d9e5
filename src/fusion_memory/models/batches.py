"""Group texts of similar length, so that a batch is not computed on filling. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def by_length(lengths: Sequence[int], budget: int, largest: int) -> list[list[int]]:
    """Indexes of texts in batches, long texts first.

    Args:
        lengths: of the texts, in tokens (or characters, where tokens are not known).
        budget: a batch, filled up to its longest text, is at most this long, unless one text alone is.
        largest: texts in a batch.
    """
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    batches, at = [], 0
    while at < len(order):
        size = max(1, min(largest, budget // max(1, lengths[order[at]])))
        batches.append(order[at : at + size])
        at += size
    return batches
