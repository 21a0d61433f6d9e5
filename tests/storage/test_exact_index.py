"""The in-memory index as pure arithmetic: recall of its codes, growth, views that do not change."""

from __future__ import annotations

import numpy as np
import pytest

from fusion_memory.storage import exact_index
from fusion_memory.storage.exact_index import CODED_FROM, ExactIndex, membership


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def clustered(count, seed, dimension=96):
    """Vectors as text embeddings have them: all in one direction, in clusters, hard to tell apart."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((50, dimension))
    return unit(
        3.0 * rng.standard_normal(dimension) + centres[rng.integers(0, 50, count)] + rng.random((count, dimension))
    )


def filled(rows):
    index = ExactIndex(rows.shape[1], len(rows))
    index.append(np.arange(len(rows)), np.arange(len(rows)) + 1_000, rows.astype(np.float16))
    return index, rows.astype(np.float16)


@pytest.mark.parametrize("limit", [1, 10, 100])
def test_codes_lose_none_of_the_best(limit):
    index, rows = filled(clustered(CODED_FROM + 100, seed=1))
    view = index.view(None)
    assert view.codes is not None
    assert view.rows is None
    for query in clustered(20, seed=2):
        spans, scores = view.nearest(query, None, limit, lambda numbers: rows[numbers])
        exact = rows.astype(np.float32) @ query
        wanted = np.argsort(-exact, kind="stable")[:limit]
        assert set(spans - 1_000) == set(wanted)
        assert scores == pytest.approx(exact[wanted], abs=1e-6)


def test_codes_take_half_the_memory_of_rows():
    coded, _ = filled(clustered(CODED_FROM, seed=3))
    plain, _ = filled(clustered(CODED_FROM - 1, seed=3))
    assert coded.size_bytes < 0.62 * plain.size_bytes


@pytest.mark.parametrize("coded_from", [10, 10_000])
@pytest.mark.parametrize("share", [0.02, 0.5, 1.0])
def test_a_mask_selects_before_ranking(monkeypatch, coded_from, share):
    monkeypatch.setattr(exact_index, "CODED_FROM", coded_from)
    index, rows = filled(clustered(3_000, seed=4))
    allowed = np.random.default_rng(5).random(3_000) < share
    query = clustered(1, seed=6)[0]
    spans, _ = index.view(None).nearest(query, allowed, 20, lambda numbers: rows[numbers])
    exact = np.where(allowed, rows.astype(np.float32) @ query, -np.inf)
    assert set(spans - 1_000) == set(np.argsort(-exact, kind="stable")[:20])


def test_views_stay_as_they_were_while_the_index_grows_and_shrinks(monkeypatch):
    monkeypatch.setattr(exact_index, "CODED_FROM", 100)
    rows = clustered(400, seed=7).astype(np.float16)
    query = clustered(1, seed=8)[0]
    index, seen = ExactIndex(rows.shape[1]), []
    for start in range(0, 400, 7):
        part = rows[start : start + 7]
        numbers = np.arange(start, start + len(part))
        index.append(numbers, numbers, part)
        view = index.view(None)
        seen.append((view, view.nearest(query, None, 5, lambda numbers: rows[numbers])))
    smaller = index.keep(np.arange(0, 400, 2))
    assert len(smaller) == 200
    assert len(index) == 400
    for view, (spans, scores) in seen:
        again = view.nearest(query, None, 5, lambda numbers: rows[numbers])
        assert list(again[0]) == list(spans)
        assert list(again[1]) == list(scores)
    assert len(index.view(100)) == 101
    assert len(index.view(-1)) == 0


def test_equal_vectors_come_by_age():
    rows = np.repeat(clustered(1, seed=9), 500, axis=0)
    index, _ = filled(rows)
    spans, scores = index.view(None).nearest(rows[0], None, 500, lambda numbers: rows[numbers])
    assert list(spans) == list(range(1_000, 1_500))
    assert set(scores) == {scores[0]}


def test_many_equal_scores_leave_enough_candidates():
    rows = clustered(2_000, seed=10)
    rows[50:] = rows[50]
    index, kept = filled(rows)
    spans, _ = index.view(None).nearest(rows[3], None, 100, lambda numbers: kept[numbers])
    assert len(set(spans.tolist())) == 100
    assert spans[0] == 1_003


def test_an_index_of_nothing_has_nothing():
    spans, scores = ExactIndex(4).view(None).nearest(np.ones(4, np.float32), None, 5, lambda numbers: None)
    assert len(spans) == len(scores) == 0


@pytest.mark.parametrize("widest", [1 << 27, 10])
def test_membership_is_that_of_sets(monkeypatch, widest):
    monkeypatch.setattr(exact_index, "_WIDEST_TABLE", widest)
    rng = np.random.default_rng(11)
    values, wanted = rng.integers(0, 500, 200), rng.integers(0, 700, 60)
    assert membership(values, wanted).tolist() == [value in set(wanted.tolist()) for value in values.tolist()]
    assert not membership(values, np.arange(0)).any()
    assert len(membership(np.arange(0), wanted)) == 0
