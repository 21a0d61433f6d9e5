"""Spreading activation: equal to a slow reference, bounded, monotone, and nowhere but where it may be."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.retrieval.activation import Network, Spread, spread

LEVEL = st.floats(0, 1, allow_subnormal=False)


@st.composite
def settings(draw):
    nodes = draw(st.integers(1, 8))
    end = st.integers(0, nodes - 1)
    edges = draw(st.lists(st.tuples(end, end, LEVEL), max_size=24))
    seeds = draw(st.lists(LEVEL, min_size=nodes, max_size=nodes))
    rule = Spread(
        hops=draw(st.integers(0, 4)),
        decay=draw(LEVEL),
        threshold=draw(LEVEL),
        least=draw(LEVEL),
        grace=draw(st.integers(0, 2)),
        neurons=draw(st.integers(0, 3)),
    )
    return nodes, edges, seeds, rule


def network(nodes, edges):
    sources, targets, weights = zip(*edges, strict=True) if edges else ((), (), ())
    return Network.of(
        nodes, np.array(sources, dtype=np.int64), np.array(targets, dtype=np.int64), np.array(weights, dtype=float)
    )


def reference(nodes, edges, seeds, rule, allowed):
    """The same by hand, edge by edge."""
    start = [seed if may else 0.0 for seed, may in zip(seeds, allowed, strict=True)]
    levels = list(start)
    for hop in range(rule.hops):
        missed = [1 - level for level in start]
        for source, target, weight in edges:
            level, gift = levels[source], min(rule.decay * weight * levels[source], 1 - 1e-12)
            fires = level > 0 if hop < rule.grace else level >= rule.threshold and gift >= rule.least
            if fires:
                missed[target] *= 1 - gift
        reached = [1 - left if may else 0.0 for left, may in zip(missed, allowed, strict=True)]
        levels = [max(pair) for pair in zip(levels, reached, strict=True)]
    return levels if sum(level > 0 for level in levels) >= rule.neurons else [0.0] * nodes


@given(settings(), st.data())
def test_it_is_what_a_slow_reference_says_and_stays_where_it_may_be(given_one, data):
    nodes, edges, seeds, rule = given_one
    allowed = data.draw(st.lists(st.booleans(), min_size=nodes, max_size=nodes))
    levels = spread(network(nodes, edges), np.array(seeds), rule, np.array(allowed))
    wanted = reference(nodes, edges, seeds, rule, allowed)
    assert all(math.isclose(a, b, abs_tol=1e-9) for a, b in zip(levels.tolist(), wanted, strict=True))
    assert ((levels >= 0) & (levels <= 1)).all()
    assert not levels[~np.array(allowed)].any()


@given(settings(), st.data())
def test_more_seeds_never_mean_less_activation(given_one, data):
    nodes, edges, seeds, rule = given_one
    more = [
        max(pair) for pair in zip(seeds, data.draw(st.lists(LEVEL, min_size=nodes, max_size=nodes)), strict=True)
    ]
    net = network(nodes, edges)
    before, after = spread(net, np.array(seeds), rule), spread(net, np.array(more), rule)
    assert (after >= before - 1e-9).all()
    if before.any():
        assert (before >= np.array(seeds) - 1e-12).all()


@given(settings(), st.randoms())
def test_the_order_of_edges_does_not_matter(given_one, dice):
    nodes, edges, seeds, rule = given_one
    mixed = list(edges)
    dice.shuffle(mixed)
    levels = [spread(network(nodes, some), np.array(seeds), rule) for some in (edges, mixed)]
    assert np.allclose(*levels, atol=1e-9)


CHAIN = [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 4, 1.0)]


def seeded(level, nodes=5):
    return np.array([level] + [0.0] * (nodes - 1))


def test_it_halves_with_every_hop_and_stops_after_three():
    everywhere = Spread(threshold=0.0, least=0.0)
    assert spread(network(5, CHAIN), seeded(1.0), everywhere).tolist() == [1.0, 0.5, 0.25, 0.125, 0.0]


def test_by_default_a_quarter_is_too_faint_to_be_passed_on():
    assert spread(network(5, CHAIN), seeded(1.0)).tolist() == [1.0, 0.5, 0.25, 0.0, 0.0]


def test_a_faint_seed_passes_on_in_the_first_hop_alone():
    levels = spread(network(5, CHAIN), seeded(0.2))
    assert levels.tolist() == pytest.approx([0.2, 0.1, 0.0, 0.0, 0.0])


def test_two_paths_give_more_than_one_and_less_than_their_sum():
    once = spread(network(3, [(0, 2, 1.0)]), np.array([1.0, 1.0, 0.0]))[2]
    twice = spread(network(3, [(0, 2, 1.0), (1, 2, 1.0)]), np.array([1.0, 1.0, 0.0]))[2]
    assert once == 0.5
    assert twice == 0.75


def test_a_single_active_memory_is_no_association():
    assert not spread(network(2, []), np.array([1.0, 0.0])).any()


def test_nothing_in_nothing_out():
    assert spread(network(1, []), np.zeros(1), Spread(neurons=0)).tolist() == [0.0]
