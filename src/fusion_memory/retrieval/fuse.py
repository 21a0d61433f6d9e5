"""Fuse what the lanes found into one score per span. Pure: lanes and a recipe in, score parts out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from fusion_memory.retrieval.lanes import Lane
from fusion_memory.retrieval.recipes import EXACT, Recipe

Parts = dict[str, float]

EXACT_BONUS = 10.0
"""What a memory that says the question word for word gains: more than all other parts together."""

DUAL_HIT_BONUS = 0.5
SINGLE_KEYWORD_SHARE = 0.7


def fuse(lanes: Sequence[Lane], recipe: Recipe) -> dict[int, Parts]:
    """Named score parts by span, by the recipe's method."""
    fused: dict[int, Parts] = defaultdict(dict)
    for lane in lanes:
        weight = recipe.weights.get(lane.name, 1.0)
        for rank, (span_no, score) in enumerate(_levels(lane, recipe), 1):
            if lane.name == EXACT:
                fused[span_no][EXACT] = EXACT_BONUS
            elif recipe.method == "rrf":
                fused[span_no][lane.name] = weight / (recipe.rank_constant + rank)
            else:
                fused[span_no][lane.name] = weight * score
    if recipe.method == "dual_hit":
        _reward_agreement(fused)
    return dict(fused)


def _levels(lane: Lane, recipe: Recipe) -> list[tuple[int, float]]:
    """The lane's scores between 0 and 1: its best is 1, what stands at the end of its list is 0."""
    best, last = lane.ranked[0][1], lane.ranked[-1][1]
    floor = last if len(lane.ranked) >= recipe.depth else 0.0
    width = best - floor
    if width <= 0:
        return [(span_no, 1.0) for span_no, _ in lane.ranked]
    return [(span_no, (score - floor) / width) for span_no, score in lane.ranked]


def _reward_agreement(fused: dict[int, Parts]) -> None:
    for parts in fused.values():
        if "vector" in parts and "keyword" in parts:
            parts["both"] = DUAL_HIT_BONUS * parts["keyword"]
        elif "keyword" in parts and "vector" not in parts:
            parts["keyword"] *= SINGLE_KEYWORD_SHARE
