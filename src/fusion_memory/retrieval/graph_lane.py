"""The lane that follows associations: from the best of the other lanes and the names in a question to others.

It runs after the others, inside the same snapshot and under the same filter; every memory it reaches passed that
filter in the query that read it. Gives a score part of its own, ``graph``. Must not know: other parts, or weights.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from fusion_memory.core.graph import EdgeKind
from fusion_memory.memory import association_views
from fusion_memory.memory.spans import Place
from fusion_memory.retrieval.activation import Network, Spread, spread
from fusion_memory.retrieval.candidates import Candidates
from fusion_memory.retrieval.lanes import Lane
from fusion_memory.retrieval.recipes import GRAPH, KEYWORD, VECTOR, Recipe
from fusion_memory.storage.interface import SpanFilter, Transaction
from fusion_memory.text.stopwords import ENGLISH

READ_HOPS: Final = 2
"""Edges are read so far from the seeds; a third hop goes over edges that are known by then."""

WIDEST: Final = 30
"""Memories of one hop whose own edges are read."""

FOLLOWED: Final = (EdgeKind.WORDS, EdgeKind.ENTITY)
"""Turns side by side lend each other parts of their scores in a step of their own, and better so (ADR 0011)."""

SINGLE_SHARE: Final = 0.5
"""What a seed counts that one lane found beside one that both found: a hit of both weighs double (S2.17)."""

NAMED_SHARE: Final = 0.5
"""How active a memory is that names what only it and one other memory name, when the question names it, too."""

REFERENCED: Final = 3
PRIORITY_FACTOR: Final = 1.2
"""A memory that its session came back to three times has priority + 2, which weighs 1 + 0.1 x 2 (S2.61, S2.62)."""

LONGEST_NAME_WORDS: Final = 4
LONGEST_NAME_CHARS: Final = 6
_RUNS: Final = r"[\u3400-\u9fff]+|[^\W_]+(?:['’.-][^\W_]+)*"


@dataclass(slots=True)
class Neighbourhood:
    """What was read of the graph around some seeds.

    Attributes:
        seeds: where activation starts, by event key.
        places: where the memories beside the seeds stand.
        edges: each way of each edge, once.
    """

    seeds: dict[int, float]
    places: dict[int, Place] = field(default_factory=dict)
    edges: dict[tuple[int, int, str, int], float] = field(default_factory=dict)

    def levels(self, how: Spread | None = None) -> dict[int, float]:
        """How active each memory is once activation has spread."""
        numbers = list(dict.fromkeys([*self.seeds, *self.places]))
        row = {number: at for at, number in enumerate(numbers)}
        ends = np.array([(row[source], row[target]) for source, target, _, _ in self.edges], dtype=np.int64)
        ends = ends.reshape(-1, 2)
        network = Network.of(len(numbers), ends[:, 0], ends[:, 1], np.array(list(self.edges.values())))
        start = np.array([self.seeds.get(number, 0.0) for number in numbers])
        return dict(zip(numbers, spread(network, start, how).tolist(), strict=True))


def connect(tx: Transaction, where: SpanFilter, query: str, candidates: Candidates, recipe: Recipe) -> list[Lane]:
    """Let activation spread from the best candidates; memories it reaches enter, and all get their part.

    Args:
        tx: the snapshot of the search.
        where: its filter.
        query: the question, for the names in it.
        candidates: so far, with their scores; changed.
        recipe: how much it counts, and from how many seeds.

    Returns:
        The memories that others made active, as a lane; nothing when there are none.
    """
    if where.trusts or where.origins or where.types:
        return []  # what lies beside a memory is not of its kind
    seeds = _seeds(candidates, recipe.graph_seeds)
    for event_no, level in association_views.naming(tx, where, names_in(query)).items():
        seeds[event_no] = max(seeds.get(event_no, 0.0), NAMED_SHARE * level)
    around = explore(tx, where, seeds)
    levels = around.levels()
    gained = {number: level - _seed(candidates, seeds, number) for number, level in levels.items()}
    gained = {number: gain for number, gain in gained.items() if gain > 0.0}
    if not gained:
        return []
    gained = _prioritised(tx, where, gained)
    candidates.enter(around.places[number] for number in gained if number in around.places)
    points = {number: gain for number, gain in gained.items() if number in candidates.rows}
    candidates.grant(GRAPH, {number: recipe.graph_weight * gain for number, gain in points.items()})
    ranked = sorted(points.items(), key=lambda pair: (-pair[1], pair[0]))
    spans = [(candidates.places[candidates.rows[number]].span_no, gain) for number, gain in ranked]
    return [Lane(GRAPH, tuple(spans[: recipe.depth]))]


def explore(
    tx: Transaction, where: SpanFilter, seeds: Mapping[int, float], how: Spread | None = None
) -> Neighbourhood:
    """Read the graph around some memories, as far as the filter lets it be seen.

    After the first hop only the edges of memories that are active enough to pass anything on are read.
    """
    rule = how or Spread()
    places = association_views.places(tx, where, seeds)
    around = Neighbourhood({number: level for number, level in seeds.items() if number in places}, places)
    frontier: Mapping[int, float] = around.seeds
    read: set[int] = set()
    for hop in range(1, READ_HOPS + 1):
        best = sorted(frontier, key=lambda number: (-frontier[number], number))[:WIDEST]
        if not best:
            break
        read.update(best)
        _read(tx, where, around, best)
        levels = around.levels(replace(rule, hops=hop)) if hop < READ_HOPS else {}
        frontier = {no: level for no, level in levels.items() if level >= rule.threshold and no not in read}
    return around


def _read(tx: Transaction, where: SpanFilter, around: Neighbourhood, event_nos: Sequence[int]) -> None:
    """Add the edges of some memories whose far ends may be seen, both ways."""
    found = association_views.edges(tx, where, event_nos, FOLLOWED)
    unknown = {edge.target for edge in found} - around.places.keys()
    around.places |= association_views.places(tx, where, unknown)
    for edge in found:
        if edge.target in around.places:
            around.edges[edge.source, edge.target, edge.kind, edge.entity_no] = edge.weight
            around.edges[edge.target, edge.source, edge.kind, edge.entity_no] = edge.weight


def names_in(query: str) -> list[str]:
    """What may be a name in a question: a few words or characters in a row, not only grammar."""
    return list(dict.fromkeys(_names(query[:1_000])))


def _names(query: str) -> Iterator[str]:
    words: list[str] = []
    for run in re.findall(_RUNS, query):
        if "\u3400" <= run[0] <= "\u9fff":
            words = []
            for start in range(len(run)):
                for size in range(2, LONGEST_NAME_CHARS + 1):
                    if start + size <= len(run):
                        yield run[start : start + size]
            continue
        words.append(re.sub(r"['’]s?$", "", run))
        for size in range(1, min(LONGEST_NAME_WORDS, len(words)) + 1):
            name = words[-size:]
            if not all(word.lower() in ENGLISH for word in name):
                yield " ".join(name)


def _seeds(candidates: Candidates, count: int) -> dict[int, float]:
    """The best candidates, as active as their scores are high; where both lanes ran, a hit of one counts half."""
    words, meaning = candidates.parts.get(KEYWORD), candidates.parts.get(VECTOR)
    lone = np.zeros(len(candidates), dtype=np.bool_)
    if words is not None and meaning is not None:
        lone = (words <= 0.0) | (meaning <= 0.0)
    scores, rows = candidates.scores, candidates.best_first()[:count].tolist()
    top = max((float(scores[row]) for row in rows), default=0.0)
    return {
        candidates.places[row].event_no: float(scores[row]) / top * (SINGLE_SHARE if lone[row] else 1.0)
        for row in rows
        if scores[row] > 0.0
    }


def _seed(candidates: Candidates, seeds: Mapping[int, float], number: int) -> float:
    """What a memory is active by itself; what only a name in the question made active counts as gained."""
    return seeds.get(number, 0.0) if number in candidates.rows else 0.0


def _prioritised(tx: Transaction, where: SpanFilter, gained: Mapping[int, float]) -> dict[int, float]:
    referenced = association_views.referenced(tx, where, sorted(gained))
    return {
        number: gain * (PRIORITY_FACTOR if referenced.get(number, 0) >= REFERENCED else 1.0)
        for number, gain in gained.items()
    }
