"""Let confusable owners read on every path and see whether anything of another owner or place comes back.

Each read is judged twice: every id and every code anywhere in its result must be visible to the scope
that asked, and where the whole answer is known (counts, exports, dry runs) it must be exactly that.
This file knows the public face of the service, nothing deeper.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

from fusion_memory.core.clock import parse_time
from fusion_memory.core.errors import DatabaseLocked, NotFound
from fusion_memory.core.records import Event, SearchOptions, Span
from fusion_memory.core.scope import Scope
from fusion_memory.engine.service import MemoryService
from fusion_memory.retrieval.recipes import RECIPES
from fusion_memory.testing.embedder import FlakyEmbedder, HashingEmbedder
from fusion_memory.testing.tenants import BEGINNING, DAYS, PLACES, ROLES, STRANGER, Town, Truth, strings

FOREIGN_MATCHES = 60
PAUSE_S = 0.1
"""Between two disturbances."""

ECHOES = frozenset({"query", "plan", "terms"})
"""Fields that repeat the question, which may quote what others said."""

_ID = re.compile(r"\bmem_[0-9a-z]{26}")
_CODE = re.compile(r"\bc[0-9a-f]{8}z\b")

Visible = Mapping[str, Truth]


@dataclass(slots=True)
class Report:
    """What a campaign of reads found."""

    seed: int
    owners: int
    memories: int
    reads: int = 0
    texts: int = 0
    leaks: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"leaks: {self.owners} owners with {self.memories:,} memories (seed {self.seed}), "
            f"{self.reads:,} reads, {self.texts:,} texts and ids checked, {len(self.leaks)} leaks"
        )


def run(
    *,
    owners: int = 10,
    memories: int = 40,
    reads: int = 300,
    threads: int = 2,
    seed: int = 1,
    target: str | Path = ":memory:",
    stop_at_leak: bool = False,
) -> Report:
    """Fill a memory, read from it at random, and judge every answer.

    Args:
        owners: how many share the database.
        memories: of each.
        reads: on all paths together, spread over threads.
        threads: readers at the same time.
        seed: decides what is said and asked.
        target: the database.
        stop_at_leak: end with the first leak.
    """
    rng = Random(seed)  # noqa: S311 (not a secret)
    model = FlakyEmbedder(HashingEmbedder(32), [True])  # the first memories stay without vectors
    with MemoryService(target, embedder=model, clock=_StillClock()) as memory:
        town = Town(rng, owners)
        town.settle(memory, memories)
        report = Report(seed, owners, len(town.said))
        readers = [Reader(memory, town, Random(rng.random()), stop_at_leak) for _ in range(threads)]  # noqa: S311 (not a secret)
        workers = [Thread(target=reader.read, args=(reads // threads,)) for reader in readers]
        for worker in workers:
            worker.start()
        while any(worker.is_alive() for worker in workers) and not report.leaks:
            report.leaks += _disturb(memory, town, rng)
            workers[0].join(PAUSE_S)
        for worker in workers:
            worker.join()
        for reader in readers:
            report.reads += reader.reads
            report.texts += reader.texts
            report.leaks += reader.leaks
        if not (report.leaks and stop_at_leak):
            report.leaks += disturbances(memory, town, rng)
    return report


def _disturb(memory: MemoryService, town: Town, rng: Random) -> list[str]:
    """What a stranger does meanwhile: say things, forget half of them, ask; what went wrong with that."""
    try:
        ids = memory.add([town.rumour(rng) for _ in range(6)], STRANGER).ids
        with suppress(DatabaseLocked):  # the readers may be too busy to let go of the journal
            memory.forget(STRANGER, ids[::2])
        memory.search(town.question(rng), STRANGER)
    except Exception as error:  # noqa: BLE001 (an answer that is an error is a finding, too)
        return [f"a stranger's call failed: {error!r}"]
    return []


def disturbances(memory: MemoryService, town: Town, rng: Random) -> Iterator[str]:
    """Searches whose order or scores change when :data:`FOREIGN_MATCHES` others say the same words."""
    victim = rng.randrange(len(town.owners))
    scope, questions = town.owners[victim], [town.question(rng) for _ in range(4)]
    asked = [(question, recipe) for question in questions for recipe in RECIPES]

    def ask() -> list[list[tuple[str, float]]]:
        moment = BEGINNING + timedelta(days=DAYS)
        found = (memory.search(q, scope, recipe=r, limit=20, asked_at=moment, trace=False) for q, r in asked)
        return [[(hit.id, hit.score) for hit in result] for result in found]

    before = ask()
    others = [number for number in range(len(town.owners)) if number != victim]
    for number in range(FOREIGN_MATCHES):
        town.say(memory, rng.choice(others), f"{rng.choice(questions)} {number}")
    for (question, recipe), was, now in zip(asked, before, ask(), strict=True):
        if was != now:
            yield f"{recipe} search of {scope!r} for {question!r} changed when others said the same"


class Reader:
    """One thread's random reads; what it found is in ``leaks``."""

    def __init__(self, memory: MemoryService, town: Town, rng: Random, stop_at_leak: bool) -> None:
        self._memory = memory
        self._town = town
        self._rng = rng
        self._stop_at_leak = stop_at_leak
        self._traces: list[tuple[Scope, str]] = []
        self.reads = self.texts = 0
        self.leaks: list[str] = []

    def read(self, count: int) -> None:
        """So many reads, each on a random path in a random scope."""
        paths = (
            *[self._search] * 6,
            *[self._pack] * 2,
            self._get,
            self._get_foreign,
            self._trace,
            self._history,
            self._entity,
            self._stats,
            self._export,
            self._dry_run,
            self._forget_foreign,
        )
        for _ in range(count):
            if self.leaks and self._stop_at_leak:
                return
            path = self._rng.choice(paths)
            scope = self._town.narrowed(self._rng.choice(self._town.owners), self._rng)
            self.reads += 1
            try:
                with self._telling(f"{path.__name__.strip('_')} in {scope!r}"):
                    path(scope)
            except Exception as error:  # noqa: BLE001 (an answer that is an error is a finding, too)
                self.leaks.append(f"{path.__name__.strip('_')} in {scope!r} failed: {error!r}")

    def _search(self, scope: Scope) -> None:
        options = self._options()
        reach = scope.across_sessions() if options.allow_cross_session else scope
        visible = {key: t for key, t in self._town.visible(reach).items() if _passes(t, options)}
        result = self._memory.search(self._town.question(self._rng), scope, options)
        self._judge(result, visible)
        told = {part for part in result.degraded if part != f"vectors_pending:{self._pending(scope)}"}
        if told:
            raise _Leak(f"the result tells {told}")
        if result.trace_id:
            self._traces = [*self._traces[-150:], (scope, result.trace_id)]

    def _pack(self, scope: Scope) -> None:
        options = self._options()
        reach = scope.across_sessions() if options.allow_cross_session else scope
        visible = {key: t for key, t in self._town.visible(reach).items() if _passes(t, options)}
        budget = self._rng.choice((100, 1_000, 5_000))
        self._judge(self._memory.answer_context(self._town.question(self._rng), scope, budget, options), visible)

    def _get(self, scope: Scope) -> None:
        visible = self._town.visible(scope)
        if visible:
            key, truth = self._rng.choice(list(visible.items()))
            event, span = self._memory.get(key, scope=scope), self._memory.get(f"{key}#0", scope=scope)
            self._judge([event, span], visible)
            if not isinstance(event, Event) or event.content != truth.text or not isinstance(span, Span):
                raise _Leak(f"{key} came back as {event!r}")

    def _get_foreign(self, scope: Scope) -> None:
        for key in self._foreign(scope, 5):
            for wanted in (key, f"{key}#0"):
                self._must_not_find(partial(self._memory.get, wanted, scope=scope), wanted)
            told = self._memory.history(scope, fact_id=key)
            if told:
                raise _Leak(f"the history of {key} was told: {told!r}")

    def _trace(self, scope: Scope) -> None:
        if not self._traces:
            return
        asked_in, trace_id = self._rng.choice(self._traces)
        if asked_in.owner == scope.owner:
            with suppress(NotFound):  # a trace may be pruned
                self._judge(self._memory.trace(trace_id, scope), self._town.visible(asked_in.across_sessions()))
        else:
            self._must_not_find(partial(self._memory.trace, trace_id, scope), trace_id)

    def _history(self, scope: Scope) -> None:
        crossing = self._rng.random() < 0.3
        visible = self._town.visible(scope.across_sessions() if crossing else scope)
        gone = {key: truth for key, truth in self._town.gone.items() if truth.place.owner == scope.owner}
        told = self._memory.history(scope, allow_cross_session=crossing, limit=self._rng.choice((1, 10, 1_000)))
        self._judge(told, {**visible, **gone})
        if any(entry.text for entry in told if entry.id in gone):
            raise _Leak("an erased text was told")

    def _entity(self, scope: Scope) -> None:
        entity = self._town.question(self._rng).split()[0]
        self._judge(self._memory.history(scope, entity=entity), self._town.visible(scope))

    def _stats(self, scope: Scope) -> None:
        visible, stats = self._town.visible(scope), self._memory.stats(scope)
        sessions = {t.place.session_id for t in visible.values()} - {None}
        pending = self._pending(scope)
        counted = (stats.memories, stats.spans, stats.sessions, stats.pending)
        if counted != (len(visible), len(visible), len(sessions), pending):
            raise _Leak(f"memories, passages, sessions, pending: counted {counted} of {len(visible)} visible ones")
        if not stats.spans - pending <= stats.vectors <= stats.spans:
            raise _Leak(f"counted {stats.vectors} vectors of {stats.spans} passages")

    def _export(self, scope: Scope) -> None:
        visible = self._town.visible(scope)
        records = [record for record in self._memory.export(scope) if record["type"] == "memory"]
        self._judge(records, visible)
        self._must_be({record["id"] for record in records}, visible)

    def _dry_run(self, scope: Scope) -> None:
        visible = self._town.visible(scope)
        reach = self._memory.forget(scope, everything=True, dry_run=True)
        self._judge(reach, visible)
        self._must_be(set(reach.ids), visible)

    def _forget_foreign(self, scope: Scope) -> None:
        for key in self._foreign(scope, 2):
            dry = self._rng.random() < 0.9
            self._must_not_find(partial(self._memory.forget, scope, [key], dry_run=dry), key)

    def _pending(self, scope: Scope) -> int:
        return next(
            self._town.pending[n] for n, owner in enumerate(self._town.owners) if owner.owner == scope.owner
        )

    def _options(self) -> SearchOptions:
        rng = self._rng

        def sometimes(value: Any) -> Any:  # noqa: ANN401 (of any option)
            return value if rng.random() < 0.15 else None

        return SearchOptions(
            limit=rng.choice((1, 5, 10, 50, 200)),
            recipe=rng.choice([None, *RECIPES]),
            allow_cross_session=rng.random() < 0.3,
            group_by="session" if rng.random() < 0.2 else "memory",
            since=sometimes(BEGINNING + timedelta(days=rng.randrange(DAYS))),
            until=sometimes(BEGINNING + timedelta(days=rng.randrange(DAYS))),
            roles=sometimes((rng.choice(ROLES),)) or (),
            session_ids=sometimes((rng.choice(PLACES["session_id"][1:]), "s2")) or (),
            metadata=sometimes({"mood": rng.randrange(4)}) or {},
            trace=rng.random() < 0.8,
        )

    def _foreign(self, scope: Scope, count: int) -> list[str]:
        """Ids that the scope must not see: of other owners, and of its owner's other places."""
        visible = self._town.visible(scope)
        drawn = self._rng.sample(list(self._town.said), min(count, len(self._town.said)))
        return [key for key in drawn if key not in visible]

    def _judge(self, result: object, visible: Visible) -> None:
        for text in strings(result, ECHOES):
            self.texts += 1
            for key in (*_ID.findall(text), *(self._town.code_of[c] for c in _CODE.findall(text))):
                if key not in visible:
                    raise _Leak(f"{key} of {self._town.said.get(key)!r} came back")

    def _must_be(self, found: set[str], visible: Visible) -> None:
        if found != visible.keys():
            raise _Leak(f"{len(found - visible.keys())} too many, {len(visible.keys() - found)} missing")

    def _must_not_find(self, reading: Callable[[], object], what: str) -> None:
        try:
            found = reading()
        except NotFound as refusal:
            if _CODE.search(str(refusal)):
                raise _Leak(f"the refusal tells what {what} says: {refusal}") from None
            return
        raise _Leak(f"{what} was given away: {found!r}")

    @contextmanager
    def _telling(self, where: str) -> Iterator[None]:
        try:
            yield
        except _Leak as leak:
            self.leaks.append(f"{where}: {leak}")


class _StillClock:
    """A clock that stands still, so that what is due later never becomes due."""

    def now(self) -> datetime:
        """Always the end of the town's time."""
        return BEGINNING + timedelta(days=DAYS)

    def monotonic(self) -> float:
        """Always the same."""
        return 0.0


class _Leak(Exception):
    """Something came back that must not."""


def _passes(truth: Truth, options: SearchOptions) -> bool:
    return all(_tests(truth, options))


def _tests(truth: Truth, options: SearchOptions) -> Iterable[bool]:
    since, until = parse_time(options.since), parse_time(options.until)
    yield since is None or truth.said_at >= since
    yield until is None or truth.said_at < until
    yield not options.roles or truth.role in options.roles
    yield not options.session_ids or truth.place.session_id in options.session_ids
    yield not options.metadata or truth.mood == options.metadata["mood"]
