"""How fast activation spreads: three hops over 100,000 edges, from as many seeds as a search has, and from many."""

from __future__ import annotations

from typing import Final

import numpy as np

from fusion_memory.evals.measures.figure import Figure, Target, median, percentile
from fusion_memory.evals.measures.workbench import Spreading, Workbench

NODES: Final = 10_000
EDGES: Final = 100_000
SEEDS: Final = 20
MANY_SEEDS: Final = 1_000
RUNS: Final = 200
WARM_UP: Final = 10


def activation(bench: Workbench) -> list[Figure]:
    """Milliseconds of one spread of three hops over a network whose hubs have thousands of edges."""
    dice = np.random.default_rng(bench.seed)
    ends = (NODES * dice.random((2, EDGES)) ** 2).astype(np.int64)  # squared: low numbers are hubs
    spread = bench.open_network(NODES, ends[0], ends[1], dice.random(EDGES))
    few, active = _taken(bench, spread, SEEDS, dice)
    many, _ = _taken(bench, spread, MANY_SEEDS, dice)
    detail = f"{EDGES:,} edges, {NODES:,} memories, 3 hops, {SEEDS} seeds reach {active:,.0f}"
    return [
        Figure("activation.p50", median(few), "ms", Target(5, 1), detail),
        Figure("activation.p95", percentile(few, 95), "ms", None, f"{RUNS} spreads"),
        Figure("activation.many.p50", median(many), "ms", None, f"{MANY_SEEDS:,} seeds"),
    ]


def _taken(bench: Workbench, spread: Spreading, seeds: int, dice: np.random.Generator) -> tuple[list[float], float]:
    """Milliseconds of every run after the warm-up, and how many memories were active in the middle."""
    taken, active = [], []
    for _ in range(WARM_UP + RUNS):
        levels = np.zeros(NODES)
        levels[dice.choice(NODES, seeds, replace=False)] = dice.uniform(0.3, 1.0, seeds)
        started = bench.clock.monotonic()
        reached = spread(levels)
        taken.append((bench.clock.monotonic() - started) * 1_000)
        active.append(float(np.count_nonzero(reached)))
    return taken[WARM_UP:], median(active)
