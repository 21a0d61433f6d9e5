"""Fuse what the lanes found into score parts per memory. Pure: lanes, places and a recipe in, candidates out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from fusion_memory.core.question import Voice
from fusion_memory.core.records import Trust
from fusion_memory.memory.spans import Place
from fusion_memory.retrieval.candidates import Candidates
from fusion_memory.retrieval.lanes import Lane
from fusion_memory.retrieval.recipes import EXACT, KEYWORD, OF, VECTOR, Recipe

EXACT_BONUS = 1_000.0
"""What a memory that says the question word for word gains: more than all other parts together."""

DUAL_HIT_BONUS = 0.5
SINGLE_KEYWORD_SHARE = 0.7
SMALLEST_SPREAD = 1e-9


def fuse(
    lanes: Sequence[Lane], places: Mapping[int, Place], recipe: Recipe, voice: Voice | None = None
) -> Candidates:
    """One candidate per memory, one score part per lane; ``voice`` is whose words the question asks for.

    A memory enters a lane with its best span; the span of the first lane that found it stands for it.
    """
    candidates = Candidates()
    share = partial(_share, quiet=1.0 if voice is Voice.ASSISTANT else recipe.assistant_weight)
    for lane in lanes:
        best: dict[int, tuple[Place, float]] = {}
        for span_no, score in lane.ranked:
            place = places.get(span_no)
            if place is not None and place.event_no not in best:
                best[place.event_no] = (place, score)
        candidates.enter(place for place, _ in best.values())
        levels = _levels(lane, [score for _, score in best.values()], recipe)
        found = zip(best.items(), levels, strict=True)
        candidates.grant(lane.name, {no: level * share(place, lane) for (no, (place, _)), level in found})
    candidates.enter(())
    if recipe.method == "dual_hit":
        _reward_agreement(candidates)
    return candidates


def _share(place: Place, lane: Lane, quiet: float) -> float:
    """What a score counts by who said it; a question word for word is found whoever said it."""
    return quiet if place.trust == Trust.ASSISTANT and lane.name != EXACT else 1.0


def standard(scores: Sequence[float], zero: float | None = None) -> list[float]:
    """Scores as standard deviations above what says nothing, never below 0; all 1 where they do not differ.

    Args:
        scores: of one lane.
        zero: the score of a candidate that is not in the list, where the lane has one. It counts as one
            more score, so that a short list stays modest. Without it, the mean of the list says nothing.
    """
    known = np.array(scores if zero is None else [*scores, zero])
    spread = float(known.std()) if len(known) > 1 else 0.0
    if spread < SMALLEST_SPREAD:
        return [1.0] * len(scores)
    ground = float(known.mean()) if zero is None else zero
    levels: list[float] = np.maximum((known - ground) / spread, 0.0).tolist()
    return levels[: len(scores)]


def _levels(lane: Lane, scores: Sequence[float], recipe: Recipe) -> list[float]:
    if lane.name == EXACT:
        return [EXACT_BONUS] * len(scores)
    weight = recipe.weight_of(lane.name)
    if recipe.method == "rrf":
        return [weight / (recipe.rank_constant + rank) for rank in range(1, len(scores) + 1)]
    zero = 0.0 if OF.get(lane.name, lane.name) == KEYWORD and len(lane.ranked) < recipe.depth else None
    return [weight * level for level in standard(scores, zero)] if scores else []


def _reward_agreement(candidates: Candidates) -> None:
    """What both lanes found gains, what only words found loses. Source: dual-hit recall of chat memories."""
    words, meaning = candidates.parts.get(KEYWORD), candidates.parts.get(VECTOR)
    if words is None or meaning is None:
        return
    both = (words > 0) & (meaning > 0)
    candidates.parts["both"] = np.where(both, DUAL_HIT_BONUS * words, 0.0)
    candidates.parts[KEYWORD] = np.where(both, words, SINGLE_KEYWORD_SHARE * words)
