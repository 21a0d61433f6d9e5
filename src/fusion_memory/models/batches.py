"""Group texts of similar length, so that a batch is not computed on filling. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def by_length(lengths: Sequence[int], largest: int, budget: int | None = None) -> list[list[int]]:
    """Indexes of texts in batches, long texts first.

    Args:
        lengths: of the texts, in tokens (or characters, where tokens are not known).
        largest: texts in a batch.
        budget: a batch, filled up to its longest text, is at most this long, unless one text alone is.
    """
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    batches, at = [], 0
    while at < len(order):
        fitting = largest if budget is None else budget // max(1, lengths[order[at]])
        size = max(1, min(largest, fitting))
        batches.append(order[at : at + size])
        at += size
    return batches
