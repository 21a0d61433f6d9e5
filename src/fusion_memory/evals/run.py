"""Run a question set: store its conversations, ask its questions with each recipe, score what came back.

The memory is used the way a user uses it: ``add_batch``, then ``search``. Gold is compared here only, after the
memory has answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from fusion_memory.core.api import MemoryApi
from fusion_memory.core.clock import Clock, SystemClock
from fusion_memory.core.records import SearchOptions, SearchResult
from fusion_memory.evals.ledger import Ledger
from fusion_memory.evals.metrics import RESAMPLES
from fusion_memory.evals.records import Conversation, Message, Question, QuestionSet, Session
from fusion_memory.evals.savings import Packed, pack_for

OpenMemory = Callable[[], MemoryApi]
"""Opens an empty memory; whoever opens it closes it, and before the next one is opened."""

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
        savings: also pack the evidence for each question and weigh it against the whole history.
        pack_tokens: the budget of these packs; None for the configured one.
    """

    ks: tuple[int, ...] = DEFAULT_KS
    recipe: str | None = None
    ablations: tuple[str, ...] = ABLATIONS
    seed: int = 0
    resamples: int = RESAMPLES
    savings: bool = False
    pack_tokens: int | None = None


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
    """What came back for one question: unit ids, best first, and how long it took.

    ``hits`` counts what came back, ``foreign`` those that the question's own scope was never told.
    """

    question: Question
    ranking: tuple[str, ...]
    ms: float
    hits: int = 0
    foreign: int = 0


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
    packed: tuple[Packed, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """What one memory was told and asked."""

    stored: Stored
    asked: tuple[Asked, ...]
    packed: tuple[Packed, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A memory that has been told everything: what, what it took, and which id it gave to whose message."""

    given: QuestionSet
    stored: Stored
    ledger: Ledger


def run(given: QuestionSet, open_memory: OpenMemory, plan: Plan, tools: Tools) -> Outcome:
    """Store and ask everything: on one fresh memory, or on one per conversation where the set says so.

    Raises:
        FusionMemoryError: the memory refused a message or a question.
    """
    started = tools.clock.monotonic()
    if given.separate:
        rounds = _separately(given, open_memory, plan, tools)
    else:
        rounds = [_together(given, open_memory, plan, tools)]
    main, *others = _joined([one.asked for one in rounds])
    stored = _sum([one.stored for one in rounds])
    packed = tuple(packed for one in rounds for packed in one.packed)
    return Outcome(given, plan, stored, main, tuple(others), tools.clock.monotonic() - started, packed)


def _together(given: QuestionSet, open_memory: OpenMemory, plan: Plan, tools: Tools) -> Round:
    with closing(open_memory()) as memory:
        total = sum(conversation.size for conversation in given.conversations)
        with tools.progress("storing", "messages", float(total)) as advance:
            stored, ledger = _store(memory, given, tools.clock, advance)
        with tools.progress("searching", "questions", float(_searches(given, plan))) as advance:
            return _ask_all(memory, Told(given, stored, ledger), plan, tools.clock, advance)


def _separately(given: QuestionSet, open_memory: OpenMemory, plan: Plan, tools: Tools) -> list[Round]:
    rounds = []
    with tools.progress("searching", "questions", float(_searches(given, plan))) as advance:
        for part in _parts(given):
            with closing(open_memory()) as memory:
                stored, ledger = _store(memory, part, tools.clock, _nothing)
                rounds.append(_ask_all(memory, Told(part, stored, ledger), plan, tools.clock, advance))
    return rounds


def stored_rounds(
    given: QuestionSet, open_memory: OpenMemory, tools: Tools
) -> Iterator[tuple[MemoryApi, QuestionSet]]:
    """Each memory of a set, told everything, with the questions to ask it; closed when the next is due."""
    for part in _parts(given) if given.separate else (given,):
        with closing(open_memory()) as memory:
            _store(memory, part, tools.clock, _nothing)
            yield memory, part


def _parts(given: QuestionSet) -> Iterator[QuestionSet]:
    """Each conversation with its own questions."""
    for conversation in given.conversations:
        own = tuple(question for question in given.questions if question.scope == conversation.scope)
        yield replace(given, conversations=(conversation,), questions=own)


def _recipes(plan: Plan) -> tuple[str | None, ...]:
    return (plan.recipe, *(name for name in plan.ablations if name != plan.recipe))


def _searches(given: QuestionSet, plan: Plan) -> int:
    return len(given.questions) * (len(_recipes(plan)) + plan.savings)


def _joined(rounds: Sequence[Sequence[Asked]]) -> list[Asked]:
    """The answers of all memories by recipe."""
    return [
        Asked(
            recipe=parts[0].recipe,
            answers=tuple(answer for part in parts for answer in part.answers),
            seconds=sum(part.seconds for part in parts),
            degraded=sum((Counter(part.degraded) for part in parts), Counter()),
        )
        for parts in zip(*rounds, strict=True)
    ]


def _sum(parts: Sequence[Stored]) -> Stored:
    return Stored(
        messages=sum(part.messages for part in parts),
        seconds=sum(part.seconds for part in parts),
        pending=sum(part.pending for part in parts),
        degraded=tuple(sorted({reason for part in parts for reason in part.degraded})),
    )


def _store(memory: MemoryApi, given: QuestionSet, clock: Clock, advance: Advance) -> tuple[Stored, Ledger]:
    started = clock.monotonic()
    ledger = Ledger(given.unit)
    total = sum(conversation.size for conversation in given.conversations)
    pending, degraded = 0, set[str]()
    for conversation in given.conversations:
        result = memory.add_batch(_inputs(conversation, advance), conversation.scope)
        ledger.note(conversation, result.ids)
        pending += result.pending
        degraded.update(result.degraded)
    return Stored(total, clock.monotonic() - started, pending, tuple(sorted(degraded))), ledger


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


def _ask_all(memory: MemoryApi, told: Told, plan: Plan, clock: Clock, advance: Advance) -> Round:
    asked = tuple(_ask(memory, told, recipe, plan, clock, advance) for recipe in _recipes(plan))
    packed: list[Packed] = []
    if plan.savings:
        for question in told.given.questions:
            options = options_for(told.given, question, plan.recipe, max(plan.ks))
            options = replace(options, group_by="memory")
            packed.append(pack_for(memory, question, options, told.ledger, plan.pack_tokens))
            advance(1)
    return Round(told.stored, asked, tuple(packed))


def _ask(memory: MemoryApi, told: Told, recipe: str | None, plan: Plan, clock: Clock, advance: Advance) -> Asked:
    started = clock.monotonic()
    given = told.given
    answers: list[Answer] = []
    degraded: Counter[str] = Counter()
    name = recipe or ""
    for question in given.questions:
        before = clock.monotonic()
        result = memory.search(question.query, question.scope, options_for(given, question, recipe, max(plan.ks)))
        ms = (clock.monotonic() - before) * 1_000
        foreign = sum(not told.ledger.holds(question.scope, hit.id) for hit in result.hits)
        answers.append(Answer(question, _units(given, result), ms, len(result.hits), foreign))
        degraded.update(result.degraded)
        name = result.recipe
        advance(1)
    return Asked(name, tuple(answers), clock.monotonic() - started, dict(degraded))


def options_for(given: QuestionSet, question: Question, recipe: str | None, limit: int) -> SearchOptions:
    """How a question of a set is searched."""
    return SearchOptions(
        limit=limit,
        recipe=recipe,
        group_by=given.unit if given.unit == "session" else "memory",
        context=question.context,
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


@contextmanager
def _unseen(_label: str, _unit: str, _total: float) -> Iterator[Advance]:
    yield _nothing


def _nothing(_step: float) -> None:
    """Progress that nobody watches."""


def rng_of(plan: Plan) -> np.random.Generator:
    """The source of randomness of a plan; the same seed gives the same sample and the same intervals."""
    return np.random.default_rng(plan.seed)
