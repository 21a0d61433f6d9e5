"""Let confusable owners read on every path and see whether anything of another owner or place comes back.

Each read is judged twice: every id and every code anywhere in its result must be visible to the scope
that asked, and where the whole answer is known (counts, exports, dry runs) it must be exactly that.
This file knows the public face of the service, nothing deeper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

from fusion_memory.core.errors import DatabaseLocked
from fusion_memory.core.scope import Scope
from fusion_memory.core.settings import Settings, WorkingSettings
from fusion_memory.engine.service import MemoryService
from fusion_memory.retrieval.recipes import RECIPES
from fusion_memory.testing.embedder import FlakyEmbedder, HashingEmbedder
from fusion_memory.testing.leak_conversation import RECENT, ConversationReads
from fusion_memory.testing.leak_judge import Judge, Leak
from fusion_memory.testing.leak_knowledge import KnowledgeReads
from fusion_memory.testing.leak_memory import MemoryReads
from fusion_memory.testing.tenants import BEGINNING, DAYS, STRANGER, Town

FOREIGN_MATCHES = 60
PAUSE_S = 0.1
"""Between two disturbances."""


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
    settings = Settings(working=WorkingSettings(messages=RECENT, minutes=0))
    with MemoryService(target, embedder=model, llm=None, settings=settings, clock=_StillClock()) as memory:
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
        readers[0].sweep()
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

    before, knew = ask(), _understood(memory, scope)
    others = [number for number in range(len(town.owners)) if number != victim]
    for number in range(FOREIGN_MATCHES):
        town.say(memory, rng.choice(others), f"{rng.choice(questions)} {number}")
    for what, told in _understood(memory, scope).items():
        if told != knew[what]:
            yield f"{what} of {scope!r} changed when others said the same: {knew[what]} became {told}"
    for (question, recipe), was, now in zip(asked, before, ask(), strict=True):
        if was != now:
            yield f"{recipe} search of {scope!r} for {question!r} changed when others said the same"


def _understood(memory: MemoryService, scope: Scope) -> dict[str, str]:
    """What was understood of an owner, and every count of it, as texts that can be compared."""
    read: dict[str, Any] = {
        "facts": memory.facts(scope, state="all", limit=1_000),
        "entities": memory.entities(scope, limit=1_000),
        "suggestions": memory.merge_suggestions(scope),
        "conflicts": memory.conflicts(scope),
        "encodings": memory.encoding_report(scope),
        "profiles": memory.profile_report(scope),
        "tasks": memory.list_background_tasks(scope),
        "core memory": memory.core_memory(scope),
        "working memory": memory.working_memory(scope),
        "summaries": memory.get_session_summaries(scope),
    }
    return {
        what: str([*map(asdict, told)] if isinstance(told, tuple) else asdict(told)) for what, told in read.items()
    }


class Reader:
    """One thread's random reads; what it found is in ``leaks``."""

    def __init__(self, memory: MemoryService, town: Town, rng: Random, stop_at_leak: bool) -> None:
        self._town = town
        self._rng = rng
        self._judge = Judge(town)
        self._stop_at_leak = stop_at_leak
        self._knowledge = KnowledgeReads(memory, town, rng, self._judge)
        others = (MemoryReads(memory, town, rng, self._judge), ConversationReads(memory, town, rng, self._judge))
        self._paths = [path for reads in (self._knowledge, *others) for path in reads.paths()]
        self.reads = 0
        self.leaks: list[str] = []

    @property
    def texts(self) -> int:
        """How many texts and ids were looked at."""
        return self._judge.texts

    def read(self, count: int) -> None:
        """So many reads, each on a random path in a random scope."""
        for _ in range(count):
            if self.leaks and self._stop_at_leak:
                return
            path = self._rng.choice(self._paths)
            self._read(path, self._town.narrowed(self._rng.choice(self._town.owners), self._rng))

    def sweep(self) -> None:
        """All that was understood, of every owner."""
        for owner in self._town.owners:
            self._read(self._knowledge.everything, owner)

    def _read(self, path: Callable[[Scope], None], scope: Scope) -> None:
        self.reads += 1
        name = getattr(path, "__name__", "read").strip("_")
        try:
            path(scope)
        except Leak as leak:
            self.leaks.append(f"{name} in {scope!r}: {leak}")
        except Exception as error:  # noqa: BLE001 (an answer that is an error is a finding, too)
            self.leaks.append(f"{name} in {scope!r} failed: {error!r}")


class _StillClock:
    """A clock that stands still, so that what is due later never becomes due."""

    def now(self) -> datetime:
        """Always the end of the town's time."""
        return BEGINNING + timedelta(days=DAYS)

    def monotonic(self) -> float:
        """Always the same."""
        return 0.0
