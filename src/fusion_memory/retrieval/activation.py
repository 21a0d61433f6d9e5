"""Spread activation from a few memories over the edges between memories. Pure, and vectorised over a sparse matrix.

Why it exists: what is asked for is often unlike the question but like what the question finds. Must not know: what
an edge stands for, where edges come from, or who may see a memory; a network holds what its reader may see.

Source: Collins and Loftus, "A spreading-activation theory of semantic processing" (Psychological Review, 1975). The
constants are those of the recall that the feature list names (S2.18, S2.62); it gives names and numbers only, and
what each of them does here is said at :class:`Spread`. A memory adds up what reaches it with diminishing returns,
as independent chances do: 1 - Π(1 - input). So levels stay within 0 and 1, and more seeds never mean less.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

MAX_HOPS: Final = 3
ACTIVATION_THRESHOLD: Final = 0.3
DIMINISHING_RETURNS: Final = 0.15
MIN_NEURONS: Final = 2
GRACE_HOPS: Final = 1
HOP_DECAY: Final = 0.5
"""What of an activation arrives over an edge of weight 1 (S2.61 halves what is derived over two edges)."""

_NEARLY_ONE: Final = 1.0 - 1e-12


@dataclass(frozen=True, slots=True)
class Spread:
    """How activation spreads.

    Attributes:
        hops: how many edges it goes at most.
        decay: what of it arrives over an edge of weight 1.
        threshold: a memory must be this active to pass anything on.
        least: an input that is smaller is not worth following.
        grace: in so many first hops every seed passes everything on, whatever ``threshold`` and ``least`` say.
        neurons: fewer active memories than this are no association: nothing is active then.
    """

    hops: int = MAX_HOPS
    decay: float = HOP_DECAY
    threshold: float = ACTIVATION_THRESHOLD
    least: float = DIMINISHING_RETURNS
    grace: int = GRACE_HOPS
    neurons: int = MIN_NEURONS


@dataclass(frozen=True, slots=True)
class Network:
    """Directed edges by source, as a compressed sparse matrix: node i has ``offsets[i]:offsets[i + 1]``.

    Attributes:
        offsets: shape (nodes + 1,), rising.
        targets: the other end of each edge, shape (edges,).
        weights: from 0 to 1, shape (edges,).
    """

    offsets: Indices
    targets: Indices
    weights: Levels

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @classmethod
    def of(cls, nodes: int, sources: Indices, targets: Indices, weights: Levels) -> Network:
        """The network of some edges; edges beside each other count as several inputs.

        Args:
            nodes: how many there are; ends are numbered from 0.
            sources: where each edge begins, shape (edges,).
            targets: where it ends, shape (edges,).
            weights: cut to between 0 and 1, shape (edges,).
        """
        order = np.argsort(sources, kind="stable")
        offsets = np.zeros(nodes + 1, dtype=np.int64)
        np.cumsum(np.bincount(sources, minlength=nodes), out=offsets[1:])
        return cls(offsets, np.asarray(targets)[order], np.clip(weights, 0.0, 1.0)[order])


def spread(network: Network, seeds: Levels, how: Spread | None = None, allowed: Mask | None = None) -> Levels:
    """How active every memory is once activation has spread.

    Args:
        network: the memories and their edges.
        seeds: where it starts, from 0 to 1, shape (nodes,).
        how: see :class:`Spread`.
        allowed: the nodes that may be active at all, shape (nodes,); None: all of them.

    Returns:
        Levels from 0 to 1, shape (nodes,), nowhere below the seeds; all 0 when too few are active.
    """
    rule = how or Spread()
    start = np.clip(np.asarray(seeds, dtype=np.float64), 0.0, 1.0)
    if allowed is not None:
        start = np.where(allowed, start, 0.0)
    levels = start
    for hop in range(rule.hops):
        graced = hop < rule.grace
        reached = _after_hop(network, start, levels, rule, graced=graced)
        if allowed is not None:
            reached = np.where(allowed, reached, 0.0)
        reached = np.maximum(reached, levels)
        if np.array_equal(reached, levels):
            break
        levels = reached
    return levels if np.count_nonzero(levels) >= rule.neurons else np.zeros_like(levels)


def _after_hop(network: Network, start: Levels, levels: Levels, rule: Spread, *, graced: bool) -> Levels:
    firing = np.flatnonzero(levels > 0.0 if graced else levels >= rule.threshold)
    edges, owners = _edges_of(network, firing)
    inputs = np.minimum(rule.decay * network.weights[edges] * levels[owners], _NEARLY_ONE)
    if not graced:
        worth = inputs >= rule.least
        edges, inputs = edges[worth], inputs[worth]
    missed = np.bincount(network.targets[edges], weights=np.log1p(-inputs), minlength=len(network))
    result: Levels = 1.0 - (1.0 - start) * np.exp(missed)
    return result


def _edges_of(network: Network, nodes: Indices) -> tuple[Indices, Indices]:
    """The places of all edges that leave some nodes, and the node that each leaves."""
    first = network.offsets[nodes]
    counts = network.offsets[nodes + 1] - first
    total = int(counts.sum())
    shifts = np.repeat(first - np.concatenate(([0], np.cumsum(counts)[:-1])), counts) if total else first[:0]
    return shifts + np.arange(total), np.repeat(nodes, counts)
