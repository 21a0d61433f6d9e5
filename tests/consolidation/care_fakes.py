"""What care tasks work with, over a real database with a clock that stands still; the service says things."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from fusion_memory import MemoryService
from fusion_memory.core.scope import Access, Action, Principal, Scope
from fusion_memory.core.settings import Settings
from fusion_memory.engine.condensation_calls import care_of

ANA, S1, S2 = Scope(user_id="ana"), Scope(user_id="ana", session_id="s1"), Scope(user_id="ana", session_id="s2")
WORK = Access(Principal.local(), ANA, Action.WRITE)


class Clock:
    def __init__(self):
        self.present = datetime(2026, 3, 14, 12, tzinfo=UTC)

    def now(self):
        return self.present

    def monotonic(self):
        return self.present.timestamp()

    def pass_(self, **passed):
        self.present += timedelta(**passed)


class Home:
    """A service, its parts, and what a task needs."""

    def __init__(self, memory, clock, settings):
        self.memory, self.clock, self._settings = memory, clock, settings

    @property
    def database(self):
        return self.memory._parts.database

    @property
    def care(self):
        return care_of(self.memory._parts, self._settings)

    def run(self, task, access=WORK):
        return task.run(self.care, access)

    def add(self, scope, *messages):
        return self.memory.add(list(messages), scope).ids


@contextmanager
def home(tmp_path, settings=None, **models):
    clock, settings = Clock(), settings or Settings()
    models = {"embedder": None, "llm": None, "reranker": None} | models
    with MemoryService(tmp_path / "memory.db", clock=clock, settings=settings, **models) as memory:
        yield Home(memory, clock, settings)
