"""Retrieval variants as named values. A recipe is data; the steps read it and hold no variants of their own.

Constants name their source: RRF k = 60 (Cormack, Clarke and Buettcher, SIGIR 2009), MMR λ = 0.7 (Carbonell and
Goldstein, SIGIR 1998), half-life 30 days and weights 0.7/0.3 from chat memories in the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from fusion_memory.core.errors import InvalidOption

EXACT, VECTOR, KEYWORD, TIME = "exact", "vector", "keyword", "time"

Method = Literal["sum", "rrf", "dual_hit"]


def _weights(**values: float) -> Mapping[str, float]:
    return MappingProxyType(values)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to search.

    Attributes:
        lanes: which lanes run.
        depth: candidates each lane hands over.
        method: how lanes are fused: a weighted sum of normalised scores, reciprocal ranks, or a sum that
            rewards what two lanes found.
        weights: what each lane counts in the fusion.
        rank_constant: k of reciprocal rank fusion.
        neighbour_share: part of its score that a memory lends to the turns around it.
        neighbour_reach: how many turns away that goes.
        session_share: part of its session's standing that a memory receives.
        recency_weight: how much of a score fades with age; small, so that it only decides ties.
        mmr_lambda: 1 keeps the ranking, lower values prefer variety.
        pool: memories that are read and diversified, as a multiple of the limit.
    """

    name: str
    lanes: tuple[str, ...] = (EXACT, VECTOR, KEYWORD, TIME)
    depth: int = 300
    method: Method = "sum"
    weights: Mapping[str, float] = field(default_factory=lambda: _weights(vector=1.0, keyword=1.0, time=0.3))
    rank_constant: int = 60
    neighbour_share: float = 0.3
    neighbour_reach: int = 1
    session_share: float = 0.0
    recency_weight: float = 0.02
    mmr_lambda: float = 1.0
    pool: int = 2


RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        recipe.name: recipe
        for recipe in (
            Recipe("balanced"),
            Recipe("fast", depth=100, neighbour_share=0.0),
            Recipe("deep", depth=1_000, pool=4),
            Recipe("rrf", method="rrf", weights=_weights(vector=1.0, keyword=1.0), neighbour_share=0.0),
            Recipe("weighted", weights=_weights(vector=0.7, keyword=0.3), neighbour_share=0.0),
            Recipe("dual_hit", method="dual_hit", neighbour_share=0.0),
            Recipe("keyword", lanes=(EXACT, KEYWORD), neighbour_share=0.0, recency_weight=0.0),
            Recipe("vector", lanes=(VECTOR,), neighbour_share=0.0, recency_weight=0.0),
        )
    }
)
"""Every recipe by its name."""


def recipe_named(name: str) -> Recipe:
    """The recipe of a name.

    Raises:
        InvalidOption: there is none.
    """
    if name not in RECIPES:
        raise InvalidOption(f"There is no recipe {name!r}.", fix=f"use one of {', '.join(RECIPES)}")
    return RECIPES[name]
