"""Recall: ask every lane of a recipe for candidates, all inside one snapshot and one scope.

A lane returns spans with its own scores, best first, and knows nothing of the other lanes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from fusion_memory.core.clock import to_ms
from fusion_memory.core.records import QueryPlan
from fusion_memory.core.scope import Access
from fusion_memory.memory import spans
from fusion_memory.memory.events import content_hash
from fusion_memory.retrieval.recipes import EXACT, KEYWORD, TIME, VECTOR, Recipe
from fusion_memory.storage.interface import Database, SpanFilter, Transaction

if TYPE_CHECKING:
    from fusion_memory.storage.interface import Vectors

EXACT_LIMIT = 5


@dataclass(frozen=True)
class Lane:
    """What one lane found: ``(span_no, score)``, best first."""

    name: str
    ranked: tuple[tuple[int, float], ...]

    @cached_property
    def standings(self) -> dict[int, tuple[int, float]]:
        """Rank from 1 and score by span."""
        return {span_no: (rank, score) for rank, (span_no, score) in enumerate(self.ranked, 1)}


@dataclass(frozen=True, slots=True)
class Question:
    """A planned question with what the lanes need: its vector and space, when a model is there."""

    plan: QueryPlan
    vector: Vectors | None
    space_no: int | None


def recall(
    database: Database, tx: Transaction, access: Access, question: Question, where: SpanFilter, recipe: Recipe
) -> list[Lane]:
    """Run the lanes of a recipe; a lane that has nothing to say is left out."""
    runners = {EXACT: _exact, VECTOR: _vector, KEYWORD: _keyword, TIME: _time}
    lanes: list[Lane] = []
    for name in recipe.lanes:
        ranked = tuple(runners[name](_Search(database, tx, access, question, where, recipe.depth)))
        if ranked:
            lanes.append(Lane(name, ranked))
    return lanes


@dataclass(frozen=True, slots=True)
class _Search:
    database: Database
    tx: Transaction
    access: Access
    question: Question
    where: SpanFilter
    depth: int


def _exact(search: _Search) -> Iterator[tuple[int, float]]:
    """Memories that say the question word for word."""
    plan = search.question.plan
    found = spans.of_content(search.tx, search.access, content_hash(plan.query), EXACT_LIMIT)
    visible = spans.visible(search.tx, search.access, found, search.where)
    yield from ((span_no, 1.0) for span_no in found if span_no in visible)


def _vector(search: _Search) -> list[tuple[int, float]]:
    question = search.question
    if question.vector is None or question.space_no is None:
        return []
    return search.database.vectors.search(search.tx, question.space_no, question.vector, search.where, search.depth)


def _keyword(search: _Search) -> list[tuple[int, float]]:
    phrases = search.question.plan.phrases
    return search.database.keyword.search(search.tx, phrases, search.where, search.depth) if phrases else []


def _time(search: _Search) -> Iterator[tuple[int, float]]:
    """The nearest memories within the time that the question speaks of."""
    for window in search.question.plan.windows[:1]:
        within = replace(
            search.where,
            since_ms=max(to_ms(window.start), search.where.since_ms or to_ms(window.start)),
            until_ms=min(to_ms(window.end), search.where.until_ms or to_ms(window.end)),
        )
        yield from _vector(replace(search, where=within)) or _keyword(replace(search, where=within))
