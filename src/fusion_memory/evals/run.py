"""Run a question set: store its conversations, ask its questions with each recipe, score what came back.

The memory is used the way a user uses it: ``add_batch``, then ``search``. Gold is compared here only, after the
memory has answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fusion_memory.core.api import MemoryApi
from fusion_memory.core.clock import Clock, SystemClock
from fusion_memory.core.records import SearchOptions, SearchResult
from fusion_memory.evals.metrics import RESAMPLES
from fusion_memory.evals.records import Conversation, Message, Question, QuestionSet, Session

OpenMemory = Callable[[], MemoryApi]
"""Opens an empty memory; whoever opens it closes it."""

Advance = Callable[[float], None]
Progress = Callable[[str, str, float], AbstractContextManager[Advance]]
"""Announces a stage: what is done, the unit, how many; the block moves it on."""

DEFAULT_KS = (5, 10, 20)
ABLATIONS = ("keyword", "vector")


@dataclass(frozen=True, slots=True)
class Plan:
    """How to run.

    Attributes:
        ks: cut-offs of the metrics; each question is searched once, with the largest as the limit.
        recipe: the recipe that the headline metrics measure; None for the configured default.
        ablations: recipes asked beside it on the same memories.
        seed: of the sampling and of the intervals.
        resamples: redraws of the bootstrap.
    """

    ks: tuple[int, ...] = DEFAULT_KS
    recipe: str | None = None
    ablations: tuple[str, ...] = ABLATIONS
    seed: int = 0
    resamples: int = RESAMPLES


@dataclass(frozen=True, slots=True)
class Tools:
    """What a run is handed besides its data: time, and somebody who watches."""

    progress: Progress
    clock: Clock = field(default_factory=SystemClock)

    @classmethod
    def silent(cls) -> Tools:
        """Nobody watches."""
        return cls(_unseen)


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing took."""

    messages: int
    seconds: float
    pending: int
    degraded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one question: unit ids, best first, and how long it took."""

    question: Question
    ranking: tuple[str, ...]
    ms: float


@dataclass(frozen=True, slots=True)
class Asked:
    """All questions asked with one recipe; ``degraded`` counts answers by what they had to do without."""

    recipe: str
    answers: tuple[Answer, ...]
    seconds: float
    degraded: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished run, before it is scored."""

    asked: QuestionSet
    plan: Plan
    stored: Stored
    main: Asked
    ablations: tuple[Asked, ...]
    seconds: float


def run(given: QuestionSet, open_memory: OpenMemory, plan: Plan, tools: Tools) -> Outcome:
    """Store and ask everything on one fresh memory.

    Raises:
        FusionMemoryError: the memory refused a message or a question.
    """
    started = tools.clock.monotonic()
    with closing(open_memory()) as memory:
        stored = _store(memory, given, tools)
        recipes = (plan.recipe, *(name for name in plan.ablations if name != plan.recipe))
        total = float(len(given.questions) * len(recipes))
        with tools.progress("searching", "questions", total) as advance:
            main, *others = [_ask(memory, given, name, plan, tools.clock, advance) for name in recipes]
    return Outcome(given, plan, stored, main, tuple(others), tools.clock.monotonic() - started)


def _store(memory: MemoryApi, given: QuestionSet, tools: Tools) -> Stored:
    started = tools.clock.monotonic()
    total = sum(conversation.size for conversation in given.conversations)
    pending, degraded = 0, set[str]()
    with tools.progress("storing", "messages", float(total)) as advance:
        for conversation in given.conversations:
            result = memory.add_batch(_inputs(conversation, advance), conversation.scope)
            pending += result.pending
            degraded.update(result.degraded)
    return Stored(total, tools.clock.monotonic() - started, pending, tuple(sorted(degraded)))


def _inputs(conversation: Conversation, advance: Advance) -> Iterator[dict[str, Any]]:
    for session in conversation.sessions:
        for message in session.messages:
            yield _input(session, message)
            advance(1)


def _input(session: Session, message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "role": message.role,
        "content": message.content,
        "name": message.speaker,
        "time": message.said_at or session.said_at,
        "session_id": session.id,
    }


def _ask(
    memory: MemoryApi, given: QuestionSet, recipe: str | None, plan: Plan, clock: Clock, advance: Advance
) -> Asked:
    started = clock.monotonic()
    answers: list[Answer] = []
    degraded: Counter[str] = Counter()
    name = recipe or ""
    for question in given.questions:
        before = clock.monotonic()
        result = memory.search(question.query, question.scope, _options(given, question, recipe, max(plan.ks)))
        answers.append(Answer(question, _units(given, result), (clock.monotonic() - before) * 1_000))
        degraded.update(result.degraded)
        name = result.recipe
        advance(1)
    return Asked(name, tuple(answers), clock.monotonic() - started, dict(degraded))


def _options(given: QuestionSet, question: Question, recipe: str | None, limit: int) -> SearchOptions:
    return SearchOptions(
        limit=limit,
        recipe=recipe,
        group_by=given.unit if given.unit == "session" else "memory",
        asked_at=question.asked_at,
        session_ids=question.session_ids,
        trace=False,
    )


def _units(given: QuestionSet, result: SearchResult) -> tuple[str, ...]:
    """The units of the hits, each once; hits of nothing we stored count as wrong, not as absent."""
    field_of: Sequence[str | None] = [
        hit.session_id if given.unit == "session" else hit.client_id for hit in result.hits
    ]
    return tuple(dict.fromkeys(unit or f"(unknown {place})" for place, unit in enumerate(field_of)))


class _unseen:  # noqa: N801 (used as a function: it is the progress that shows nothing)
    def __init__(self, _label: str, _unit: str, _total: float) -> None:
        pass

    def __enter__(self) -> Advance:
        return lambda _step: None

    def __exit__(self, *_: object) -> None:
        return None


def rng_of(plan: Plan) -> np.random.Generator:
    """The source of randomness of a plan; the same seed gives the same sample and the same intervals."""
    return np.random.default_rng(plan.seed)
