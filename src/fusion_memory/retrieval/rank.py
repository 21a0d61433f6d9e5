"""From span scores to ranked memories: collapse, lend to neighbours, add the session's weight, fade with age.

Pure: candidates, places and the present are arguments. Every change of a score is a named part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fusion_memory.memory.spans import NeighbourSpan, Place
from fusion_memory.retrieval.fuse import Parts
from fusion_memory.retrieval.recipes import Recipe

DAY_S = 86_400.0


@dataclass(slots=True)
class Ranked:
    """A memory with its best span, its named score parts, and where it stands."""

    event_no: int
    span_no: int
    parts: Parts
    thread: str
    said_at: datetime | None

    @property
    def score(self) -> float:
        """The sum of the parts."""
        return sum(self.parts.values())


def collapse(fused: Mapping[int, Parts], places: Mapping[int, Place]) -> dict[int, Ranked]:
    """One candidate per memory: its best span stands for it."""
    best: dict[int, Ranked] = {}
    for span_no, parts in fused.items():
        place = places.get(span_no)
        if place is None:
            continue
        held = best.get(place.event_no)
        if held is None or sum(parts.values()) > held.score:
            best[place.event_no] = Ranked(place.event_no, span_no, dict(parts), place.thread, place.said_at)
    return best


def lend(ranked: dict[int, Ranked], neighbours: Iterable[NeighbourSpan], recipe: Recipe) -> None:
    """Give the turns around each candidate a share of its own score, less with distance."""
    own = {event_no: item.score for event_no, item in ranked.items()}
    gains: dict[int, float] = defaultdict(float)
    first_span: dict[int, tuple[int, str]] = {}
    for near in neighbours:
        if near.position == 0:
            gains[near.neighbour_event_no] += recipe.neighbour_share * own[near.event_no] / abs(near.offset)
            first_span[near.neighbour_event_no] = (near.span_no, ranked[near.event_no].thread)
    for event_no, gain in gains.items():
        if event_no not in ranked:
            span_no, thread = first_span[event_no]
            ranked[event_no] = Ranked(event_no, span_no, {}, thread, None)
        ranked[event_no].parts["neighbours"] = gain


def fade(ranked: Iterable[Ranked], now: datetime, recipe: Recipe, half_life_days: float) -> None:
    """Let newer memories win ties: a small part that halves every half-life. Source: exponential decay."""
    if not recipe.recency_weight or not half_life_days:
        return
    for item in ranked:
        if item.said_at is not None:
            age_days = max((now - item.said_at).total_seconds(), 0.0) / DAY_S
            item.parts["recency"] = recipe.recency_weight * 0.5 ** (age_days / half_life_days)


def order(ranked: Iterable[Ranked]) -> list[Ranked]:
    """Best first; of equals the one said last."""
    return sorted(ranked, key=lambda item: (-item.score, -item.event_no))


def by_session(ranked: Sequence[Ranked]) -> list[Ranked]:
    """The best memory of each session, sessions ordered by what their memories score together."""
    groups: dict[str, list[Ranked]] = defaultdict(list)
    for item in ranked:
        groups[item.thread].append(item)
    return sorted((group[0] for group in groups.values()), key=lambda item: -item.score)
