"""BM25 as pure arithmetic; phrases, owners and filters are tested with the index."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fusion_memory.storage.bm25 import ENTRY, Collection, rank


def postings(*entries):
    return np.array(list(entries), ENTRY)


def test_a_score_worked_out_by_hand():
    """Two documents of 4 and 8 terms; the term stands twice in the first: idf ln(1 + 1.5/1.5)."""
    ordinals, scores = rank([postings((0, 2, 4))], Collection(2, 6.0), 2, None, 10)
    norm = 1.2 * (1 - 0.75 + 0.75 * 4 / 6)
    assert list(ordinals) == [0]
    assert scores[0] == pytest.approx(math.log(2) * 2 * 2.2 / (2 + norm))


def test_rare_terms_tell_more_than_common_ones():
    common = postings(*((n, 1, 5) for n in range(50)))
    ordinals, _ = rank([common, postings((49, 1, 5))], Collection(100, 5.0), 100, None, 3)
    assert list(ordinals) == [49, 0, 1]


def test_a_term_in_every_document_still_counts():
    _, scores = rank([postings((0, 1, 1), (1, 1, 1))], Collection(2, 1.0), 2, None, 5)
    assert all(score > 0 for score in scores)


def test_the_limit_keeps_the_first_of_equals():
    lists = [postings(*((n, 1, 5) for n in range(1_000)))]
    ordinals, scores = rank(lists, Collection(1_000, 5.0), 1_000, None, 7)
    assert list(ordinals) == list(range(7))
    assert len(set(scores)) == 1


def test_what_is_not_allowed_does_not_come_back_but_counts_for_rarity():
    lists = [postings((0, 1, 5), (1, 1, 5))]
    everyone = rank(lists, Collection(3, 5.0), 3, None, 5)
    allowed = rank(lists, Collection(3, 5.0), 3, np.array([False, True, True]), 5)
    assert list(allowed[0]) == [1]
    assert allowed[1][0] == everyone[1][1]


def test_nothing_in_nothing_out():
    ordinals, scores = rank([], Collection(0, 0.0), 0, None, 5)
    assert len(ordinals) == len(scores) == 0
