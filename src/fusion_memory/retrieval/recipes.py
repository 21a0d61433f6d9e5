"""Retrieval variants as named values. A recipe is data; the steps read it and hold no variants of their own.

The figures behind the default stand in docs/adr/0004-retrieval.md. Constants from the literature: RRF k = 60
(Cormack, Clarke and Buettcher, SIGIR 2009), MMR λ = 0.7 (Carbonell and Goldstein, SIGIR 1998).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, get_args

from fusion_memory.core.errors import InvalidOption
from fusion_memory.retrieval.variants import changed

EXACT, VECTOR, KEYWORD, THREAD, GRAPH = "exact", "vector", "keyword", "thread", "graph"
LANES = (EXACT, VECTOR, KEYWORD, THREAD)
TALK_VECTOR, TALK_KEYWORD = "talk", "talk_words"
OF: Mapping[str, str] = MappingProxyType({TALK_VECTOR: VECTOR, TALK_KEYWORD: KEYWORD})
"""The lanes that read the conversation at hand, and the lane of the question that each follows."""

CHANGE = "+"
"""Stands before each change of a recipe that is named by what it changes."""

Method = Literal["sum", "rrf", "dual_hit"]


def _weights(**values: float) -> Mapping[str, float]:
    return MappingProxyType(values)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to search.

    Attributes:
        lanes: which lanes run.
        depth: candidates each lane hands over.
        method: how lanes are fused: a weighted sum of scores in standard deviations, reciprocal ranks,
            or a sum that rewards what two lanes found.
        weights: what each lane counts in the fusion.
        assistant_weight: what a lane's score counts when an assistant said it: its words are rarely the evidence,
            unless the question asks for them.
        speaker_weight: what a candidate gains that was said by somebody whom the question names.
        context_weight: what the lanes of the conversation at hand count against those of the question; 0: nothing.
        rank_constant: k of reciprocal rank fusion.
        thread_weight: what the standing of a whole conversation adds to each of its candidates.
        graph_weight: what full activation over associations adds; 0 leaves the graph alone.
        graph_seeds: how many of the best candidates activation starts from.
        time_weight: what a candidate gains that was said in the time the question speaks of.
        time_slack_days: how far outside that time the gain falls to nothing.
        neighbour_shares: parts of its score that a memory lends to the turns one, two ... turns away.
        lenders: how many of the best candidates bring their neighbours in when no lane found those.
        day_share: part of the best score of a day's notes that each of them receives; sessions have none.
        recency_weight: how much a memory of this moment gains; halves with age, only decides ties.
        half_life_days: in how many days that halves; 0 for what the settings say.
        mmr_lambda: 1 keeps the ranking, lower values prefer variety.
        pool: memories that are read and diversified, as a multiple of the limit.
        session_shares: what the best, second, third ... memory of a session count for its rank.
        session_meaning: what a session gains by the vector parts of its two best memories that no assistant said.
        rerank_top: candidates that a reranker reads, where there is one; 0 for none.
        rerank_weight: what a reranker's score counts; 1: as much as everything before it.
        rerank_per_session: memories it reads of each session, when sessions are wanted.
    """

    name: str
    lanes: tuple[str, ...] = LANES
    depth: int = 400
    method: Method = "sum"
    weights: Mapping[str, float] = field(default_factory=lambda: _weights(vector=1.0, keyword=0.4))
    assistant_weight: float = 0.5
    speaker_weight: float = 2.0
    context_weight: float = 2.0
    rank_constant: int = 60
    thread_weight: float = 0.5
    graph_weight: float = 0.0
    graph_seeds: int = 5
    time_weight: float = 3.0
    time_slack_days: float = 3.0
    neighbour_shares: tuple[float, ...] = (0.2, 0.1)
    lenders: int = 60
    day_share: float = 0.5
    recency_weight: float = 0.02
    half_life_days: float = 0.0
    mmr_lambda: float = 1.0
    pool: int = 2
    session_shares: tuple[float, ...] = (1.0, 0.5, 0.25)
    session_meaning: float = 0.5
    rerank_top: int = 0
    rerank_weight: float = 0.6
    rerank_per_session: int = 2

    def weight_of(self, lane: str) -> float:
        """What a lane counts."""
        if lane in OF:
            return self.context_weight * self.weights.get(OF[lane], 1.0)
        return self.weights.get(lane, 1.0)


def _plain(name: str, lanes: tuple[str, ...], method: Method = "sum", **weights: float) -> Recipe:
    """A recipe of lanes and fusion alone, as a yardstick."""
    return Recipe(
        name,
        lanes=lanes,
        method=method,
        weights=_weights(**weights),
        assistant_weight=1.0,
        speaker_weight=0.0,
        context_weight=0.0,
        thread_weight=0.0,
        time_weight=0.0,
        neighbour_shares=(),
        day_share=0.0,
        recency_weight=0.0,
        session_meaning=0.0,
    )


RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        recipe.name: recipe
        for recipe in (
            Recipe("balanced", rerank_top=16),
            Recipe("fast", depth=100, neighbour_shares=(0.2,)),
            Recipe("deep", depth=1_000, pool=4, graph_weight=1.0, rerank_top=40),
            Recipe("varied", mmr_lambda=0.7, pool=5, rerank_top=16),
            Recipe("ongoing", assistant_weight=1.0, recency_weight=1.5, rerank_top=16),
            _plain("rrf", (EXACT, VECTOR, KEYWORD), "rrf", vector=1.0, keyword=1.0),
            _plain("weighted", (EXACT, VECTOR, KEYWORD), vector=0.7, keyword=0.3),
            _plain("dual_hit", (EXACT, VECTOR, KEYWORD), "dual_hit", vector=1.0, keyword=1.0),
            _plain("keyword", (EXACT, KEYWORD), keyword=1.0),
            _plain("vector", (VECTOR,), vector=1.0),
        )
    }
)
"""Every recipe by its name."""


@lru_cache(maxsize=512)
def recipe_named(name: str) -> Recipe:
    """The recipe of a name, or a variant of it: ``balanced+weights.keyword=0.3+mmr_lambda=0.7``.

    Raises:
        InvalidOption: there is none, or a change is none of a recipe.
    """
    base, *changes = name.split(CHANGE)
    if base not in RECIPES:
        raise InvalidOption(f"There is no recipe {base!r}.", fix=f"use one of {', '.join(RECIPES)}")
    if not changes:
        return RECIPES[base]
    made = replace(changed(RECIPES[base], changes), name=name)
    for kind, given, known in (("lane", made.lanes, LANES), ("method", (made.method,), get_args(Method))):
        unknown = [one for one in given if one not in known]
        if unknown:
            raise InvalidOption(f"There is no {kind} {unknown[0]!r}.", fix=f"use {', '.join(known)}")
    return made
