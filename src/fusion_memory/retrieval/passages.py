"""Choose the passage that stands for a memory of several: the one that says most of the question. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fusion_memory.text.tokens import terms


def best_passage(texts: Mapping[int, str], phrases: Sequence[Sequence[str]], cosines: Mapping[int, float]) -> int:
    """The span whose words and meaning fit best; the first one when nothing tells them apart.

    Args:
        texts: the passages of one memory by span number, in order.
        phrases: of the question; one that stands in few passages counts more.
        cosines: of those passages that the vector lane found.
    """
    words = _shares(_coverage(texts, phrases))
    meaning = _shares(cosines)
    return max(texts, key=lambda span_no: words.get(span_no, 0.0) + meaning.get(span_no, 0.0))


def _coverage(texts: Mapping[int, str], phrases: Sequence[Sequence[str]]) -> dict[int, float]:
    spelled = {span_no: f" {' '.join(terms(text))} " for span_no, text in texts.items()}
    coverage = dict.fromkeys(texts, 0.0)
    for phrase in phrases:
        needle = f" {' '.join(phrase)} "
        holding = [span_no for span_no, spelling in spelled.items() if needle in spelling]
        for span_no in holding:
            coverage[span_no] += 1.0 / len(holding)
    return coverage


def _shares(values: Mapping[int, float]) -> dict[int, float]:
    """Values between 0 and 1, the best 1."""
    if not values:
        return {}
    low, high = min(values.values()), max(values.values())
    floor = low if len(values) > 1 else 0.0
    width = high - floor
    return {key: (value - floor) / width if width > 0 else 0.0 for key, value in values.items()}
