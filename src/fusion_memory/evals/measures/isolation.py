"""Whether people's memories stay apart: foreign memories change no ranking, and no read path returns one.

Every memory carries the name of its owner in its metadata and in its session, so that a leak is seen wherever it
comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from fusion_memory.core.api import MemoryApi
from fusion_memory.core.errors import NotFound
from fusion_memory.core.records import SearchOptions
from fusion_memory.core.reports import HistoryEntry
from fusion_memory.core.scope import Scope
from fusion_memory.evals import corpus
from fusion_memory.evals.corpus import Turn
from fusion_memory.evals.measures.figure import Figure, Target
from fusion_memory.evals.measures.workbench import Workbench
from fusion_memory.evals.records import WORKSPACE, owner

FOREIGN_MATCHES = 60
OWN_MEMORIES = 200
RANKED_QUESTIONS = 40
PEOPLE = 10
MEMORIES_EACH, QUESTIONS_EACH = 100, 20
MEMORIES_EACH_FULL, QUESTIONS_EACH_FULL = 1_000, 100
RECIPES = ("keyword", "vector", None)

ZERO = Target(0, 0)


@dataclass(frozen=True, slots=True)
class Person:
    """One owner with the ids of the own memories and of somebody else's."""

    scope: Scope
    own: frozenset[str]
    foreign: Sequence[str]
    foreign_trace: str | None = None


def isolation(bench: Workbench) -> list[Figure]:
    """Questions whose ranking foreign memories changed, and foreign memories that came out; both must be 0."""
    return [_unmoved(bench), _leaks(bench)]


def _unmoved(bench: Workbench) -> Figure:
    """Ask, let others store what matches each question perfectly, ask again."""
    person, questions = owner(1), corpus.questions(RANKED_QUESTIONS, bench.seed)
    with closing(bench.empty(prepared=True)) as memory:
        bench.store(memory, person, bench.turns(OWN_MEMORIES), OWN_MEMORIES)
        present = bench.clock.now()
        before = _rankings(memory, person, questions, present)
        for number, scope in enumerate(_strangers()):
            memory.add([f"{question} {number}" for question in questions], scope)
        after = _rankings(memory, person, questions, present)
    moved = sum(one != other for one, other in zip(before, after, strict=True))
    detail = f"{len(before)} rankings and scores, before and after {FOREIGN_MATCHES} foreign matches each"
    return Figure("isolation.rankings_changed", moved, "rankings", ZERO, detail)


def _strangers() -> list[Scope]:
    """Others in the same workspace, in another one with the same name, and without any."""
    kinds: tuple[Callable[[int], Scope], ...] = (
        lambda n: Scope(workspace_id=WORKSPACE, user_id=f"stranger-{n}"),
        lambda n: Scope(workspace_id=f"other-{n}", user_id=owner(1).user_id),
        lambda n: Scope(user_id=f"stranger-{n}"),
    )
    return [kinds[number % len(kinds)](number) for number in range(FOREIGN_MATCHES)]


def _rankings(
    memory: MemoryApi, scope: Scope, questions: Sequence[str], present: datetime
) -> list[list[tuple[str, float]]]:
    """Ids and scores of every answer, all at the same moment: age is part of a score."""
    return [
        [(hit.id, hit.score) for hit in memory.search(question, scope, limit=20, recipe=recipe, asked_at=present)]
        for question in questions
        for recipe in RECIPES
    ]


def _leaks(bench: Workbench) -> Figure:
    each = MEMORIES_EACH_FULL if bench.full else MEMORIES_EACH
    asked_each = QUESTIONS_EACH_FULL if bench.full else QUESTIONS_EACH
    with closing(bench.empty(prepared=True)) as memory:
        people = _settle(bench, memory, each)
        leaks, reads = 0, 0
        with bench.progress("searching", "questions", float(PEOPLE * asked_each)) as advance:
            for number, person in enumerate(people):
                for place, question in enumerate(corpus.questions(asked_each, bench.seed + number)):
                    found = _reads(memory, person, question, person.foreign[place % len(person.foreign)])
                    leaks += sum(not ok for ok in found)
                    reads += len(found)
                    advance(1)
                leaks += memory.stats(person.scope).memories != each
                reads += 1
    detail = f"{PEOPLE} people with {each:,} memories each, {reads:,} reads on every read path"
    return Figure("isolation.leaks", leaks, "leaks", ZERO, detail)


def _settle(bench: Workbench, memory: MemoryApi, each: int) -> list[Person]:
    """Give ten people memories in the same words."""
    turns = list(bench.turns(PEOPLE * each))
    shares = [turns[number * each : (number + 1) * each] for number in range(PEOPLE)]
    scopes = [owner(number) for number in range(1, PEOPLE + 1)]
    ids = []
    for scope, share in zip(scopes, shares, strict=True):
        result = memory.add_batch(_said(share), scope)
        bench.degraded.update(result.degraded)
        ids.append(result.ids)
    traces = [memory.search(share[0].text, scope).trace_id for scope, share in zip(scopes, shares, strict=True)]
    return [
        Person(scope, frozenset(ids[place]), ids[(place + 1) % PEOPLE], traces[(place + 1) % PEOPLE])
        for place, scope in enumerate(scopes)
    ]


def _said(share: Sequence[Turn]) -> Iterable[dict[str, str]]:
    """The same session names for everybody: a session must not bridge two people."""
    return (
        {"content": turn.text, "session_id": f"session-{place % 10}", "role": "user"}
        for place, turn in enumerate(share)
    )


def _reads(memory: MemoryApi, person: Person, question: str, foreign_id: str) -> list[bool]:
    """One read on every path; False for each that let something foreign out."""
    scope, own = person.scope, person.own
    in_session = Scope(workspace_id=scope.workspace_id, user_id=scope.user_id, session_id="session-3")
    searched = [
        memory.search(question, scope, SearchOptions(limit=50, recipe=recipe, group_by=group))
        for recipe in RECIPES
        for group in ("memory", "session")
    ]
    searched.append(memory.search(question, in_session, limit=50))
    searched.append(memory.search(question, in_session, limit=50, allow_cross_session=True))
    packed = memory.answer_context(question, scope, 1_000)
    entries: tuple[HistoryEntry, ...] = memory.history(scope, limit=50)
    return [
        *(own.issuperset(hit.id for hit in result) for result in searched),
        own.issuperset(item.id for item in packed.items),
        own.issuperset(entry.id for entry in entries),
        _refused(lambda: memory.get(foreign_id, scope=scope)),
        _refused(lambda: memory.get(f"{foreign_id}#0", scope=scope)),
        _refused(lambda: memory.forget(scope, [foreign_id], dry_run=True)),
        person.foreign_trace is None or _refused(lambda: memory.get(str(person.foreign_trace), "trace", scope)),
        not memory.history(scope, fact_id=foreign_id),
    ]


def _refused(read: Callable[[], object]) -> bool:
    try:
        read()
    except NotFound:
        return True
    return False
