"""The metrics against values worked out by hand, and against what must hold for every ranking."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.evals.metrics import (
    all_at,
    any_at,
    gains,
    intervals,
    means,
    ndcg_at,
    recall_at,
    reciprocal_rank,
    score,
)

RANKING = ["x", "a", "y", "b", "z"]
GOLD = frozenset({"a", "b", "c"})


def rng():
    return np.random.default_rng(11)


def test_by_hand():
    assert recall_at(RANKING, GOLD, 2) == pytest.approx(1 / 3)
    assert recall_at(RANKING, GOLD, 5) == pytest.approx(2 / 3)
    assert any_at(RANKING, GOLD, 1) == 0
    assert any_at(RANKING, GOLD, 2) == 1
    assert all_at(RANKING, GOLD, 5) == 0
    assert all_at(RANKING, frozenset("ab"), 4) == 1
    assert all_at(RANKING, frozenset("ab"), 3) == 0
    assert reciprocal_rank(RANKING, GOLD) == 0.5
    assert reciprocal_rank(["x"], GOLD) == 0
    gained = 1 / math.log2(3) + 1 / math.log2(5)
    best = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert ndcg_at(RANKING, GOLD, 5) == pytest.approx(gained / best)
    assert ndcg_at(RANKING, GOLD, 2) == pytest.approx((1 / math.log2(3)) / (1 + 1 / math.log2(3)))


def test_a_repeated_unit_counts_once():
    doubled = score(["a", "a", "b"], frozenset("ab"), [2])
    assert doubled == score(["a", "b"], frozenset("ab"), [2])
    assert doubled["ndcg@2"] == 1


def test_no_gold_is_no_question():
    with pytest.raises(ValueError, match="gold"):
        score(["a"], frozenset(), [1])


units = st.sampled_from("abcdefghij")
rankings = st.lists(units, unique=True, max_size=10)
golds = st.frozensets(units, min_size=1)


@given(rankings, golds)
def test_every_metric_is_a_share_and_grows_with_k(ranking, gold):
    ks = [1, 2, 5, 10]
    found = score(ranking, gold, ks)
    assert all(0 <= value <= 1 + 1e-12 for value in found.values())
    for name in ("recall", "any", "all"):
        values = [found[f"{name}@{k}"] for k in ks]
        assert values == sorted(values)
    for k in ks:
        assert found[f"all@{k}"] <= found[f"recall@{k}"] <= found[f"any@{k}"]


@given(golds, rankings)
def test_the_best_order_scores_one_and_nothing_scores_more(gold, rest):
    best = [*sorted(gold), *(unit for unit in rest if unit not in gold)]
    found = score(best, gold, [10])
    assert found == {name: pytest.approx(1.0) for name in found}


@given(rankings, golds)
def test_units_after_the_cut_do_not_matter(ranking, gold):
    for metric in (recall_at, any_at, all_at, ndcg_at):
        assert metric(ranking, gold, 3) == metric(ranking[:3], gold, 3)


def test_means_and_intervals():
    rows = [{"hit": float(n % 4 == 0)} for n in range(400)]
    assert means(rows) == {"hit": 0.25}
    low, high = intervals(rows, rng())["hit"]
    expected = 1.96 * math.sqrt(0.25 * 0.75 / 400)
    assert low == pytest.approx(0.25 - expected, abs=0.01)
    assert high == pytest.approx(0.25 + expected, abs=0.01)


def test_intervals_repeat_with_the_seed():
    rows = [{"hit": n / 10} for n in range(10)]
    assert intervals(rows, rng(), 50) == intervals(rows, rng(), 50)
    assert intervals(rows, np.random.default_rng(1), 50) != intervals(rows, rng(), 50)


def test_an_interval_of_equal_values_is_a_point():
    assert intervals([{"m": 0.5}] * 7, rng())["m"] == (0.5, 0.5)


def test_a_gain_is_judged_in_pairs():
    easy_and_hard = [0.0, 1.0] * 50
    rows = [{"m": value * 0.9 + 0.1} for value in easy_and_hard]
    others = [{"m": value * 0.9} for value in easy_and_hard]
    difference, low, high = gains(rows, others, rng())["m"]
    assert (difference, low, high) == (pytest.approx(0.1), pytest.approx(0.1), pytest.approx(0.1))


def test_no_questions_no_figures():
    assert means([]) == intervals([], rng()) == gains([], [], rng()) == {}
