"""Recall: ask every lane of a recipe for candidates, all inside one snapshot and one scope.

A lane returns spans with its own scores, best first, and knows nothing of the other lanes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fusion_memory.core.question import QueryPlan
from fusion_memory.core.scope import Access
from fusion_memory.memory import spans
from fusion_memory.memory.events import content_hash
from fusion_memory.retrieval.recipes import EXACT, KEYWORD, OF, TALK_KEYWORD, TALK_VECTOR, VECTOR, Recipe
from fusion_memory.storage.interface import Database, SpanFilter, Transaction

if TYPE_CHECKING:
    from fusion_memory.storage.interface import Vectors

EXACT_LIMIT = 5
THREADS = 100


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
class Talk:
    """The conversation at hand, the question last: what keyword search looks for, and its vector."""

    phrases: tuple[tuple[str, ...], ...]
    vector: Vectors | None


@dataclass(frozen=True, slots=True)
class Question:
    """A planned question with what the lanes need: its vector and space, when a model is there.

    ``talk`` is the question with what was said before it, where the caller has a conversation.
    """

    plan: QueryPlan
    vector: Vectors | None
    space_no: int | None
    talk: Talk | None = None


def recall(
    database: Database, tx: Transaction, access: Access, question: Question, where: SpanFilter, recipe: Recipe
) -> list[Lane]:
    """Run the lanes of a recipe; a lane that has nothing to say is left out."""
    search = _Search(database, tx, access, question, where, recipe.depth)
    found = {name: tuple(run(search)) for name, run in _RUNNERS.items() if name in recipe.lanes}
    if question.talk is not None and recipe.context_weight:
        found |= {name: tuple(run(search, question.talk)) for name, run in _OF_TALK.items() if OF[name] in found}
    return [Lane(name, ranked) for name, ranked in found.items() if ranked]


def recall_threads(
    database: Database, tx: Transaction, plan: QueryPlan, where: SpanFilter, threads: Iterable[str]
) -> dict[str, float]:
    """How well whole conversations fit the words of a question: of the given threads, those among the best."""
    best = dict(database.keyword.search_threads(tx, plan.phrases, where, THREADS))
    codes = {thread: database.keyword.thread_code(thread) for thread in set(threads)}
    return {thread: best[code] for thread, code in codes.items() if code in best}


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
    return _near(search, search.question.vector)


def _keyword(search: _Search) -> list[tuple[int, float]]:
    return _saying(search, search.question.plan.phrases)


def _vector_of_talk(search: _Search, talk: Talk) -> list[tuple[int, float]]:
    return _near(search, talk.vector)


def _keyword_of_talk(search: _Search, talk: Talk) -> list[tuple[int, float]]:
    return _saying(search, talk.phrases)


def _near(search: _Search, vector: Vectors | None) -> list[tuple[int, float]]:
    space_no = search.question.space_no
    if vector is None or space_no is None:
        return []
    return search.database.vectors.search(search.tx, space_no, vector, search.where, search.depth)


def _saying(search: _Search, phrases: Sequence[Sequence[str]]) -> list[tuple[int, float]]:
    return search.database.keyword.search(search.tx, phrases, search.where, search.depth) if phrases else []


_RUNNERS = {EXACT: _exact, VECTOR: _vector, KEYWORD: _keyword}
_OF_TALK = {TALK_VECTOR: _vector_of_talk, TALK_KEYWORD: _keyword_of_talk}
