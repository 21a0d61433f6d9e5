"""Disks and models that fail by plan, and calls that end in the middle: what the fault tests have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import FusionMemoryError
from fusion_memory.testing.embedder import HashingEmbedder
from fusion_memory.testing.examination import examine
from fusion_memory.testing.ledger import Call, Ledger
from fusion_memory.testing.power import files_by
from fusion_memory.testing.watched_files import Watcher, failure, watched
from fusion_memory.testing.workload import Workload, as_message

ANA, BEN = Scope(user_id="ana"), Scope(user_id="ben")


class FaultyDisk(Watcher):
    """A disk on which, once armed, one kind of operation fails the nth time, or from then on until repaired."""

    def __init__(self) -> None:
        self._kind, self._code, self._left, self._lasting = "", 0, 0, False
        self.failed = 0

    def arm(self, kind: str, code: int, nth: int, *, lasting: bool = False) -> None:
        """Let the nth operation of a kind ("write", "read", "sync") fail with an SQLite code."""
        self._kind, self._code, self._left, self._lasting, self.failed = kind, code, nth, lasting, 0

    def repair(self) -> None:
        """Let everything pass again."""
        self._kind = ""

    def reading(self):
        self._meet("read")

    def writing(self, name: str, offset: int, data: bytes) -> None:
        self._meet("write")

    def truncating(self, name: str, size: int) -> None:
        self._meet("write")

    def syncing(self, name: str, *, folder: bool) -> None:
        self._meet("sync")

    def _meet(self, kind: str) -> None:
        if kind == self._kind:
            self._left -= 1
            if self._left == 0 or (self._lasting and self._left < 0):
                self.failed += 1
                raise failure(self._code)


class Trial:
    """One database on a faulty disk with a ledger of what was promised."""

    def __init__(self, folder: Path, disk: FaultyDisk) -> None:
        self.database = folder / "memory.db"
        self.disk = disk
        self.ledger = Ledger()
        self.rng = Random(11)

    def open(self, **options) -> MemoryService:
        return MemoryService(self.database, **{"embedder": HashingEmbedder(32), **options})

    def work(self, memory: MemoryService, steps: int) -> None:
        """Some ordinary calls."""
        load = Workload(self.rng, self.ledger, vectors=True)
        for _ in range(steps):
            load.step(memory)

    def begin(self, texts: list[str], scope: Scope = ANA) -> Call:
        """Note an addition that is about to be made."""
        return self.ledger.begin_add(scope, lambda number: [f"{number}.{n} {t}" for n, t in enumerate(texts)])

    def store(self, memory: MemoryService, call: Call) -> None:
        """Make an addition; note that it returned."""
        messages = [as_message(call.number, place, text) for place, text in enumerate(call.texts)]
        self.ledger.returned(call, memory.add(messages, call.scope).ids)

    def assert_sound(self) -> None:
        """Nothing promised is missing, nothing is half there, nothing is there twice."""
        verdict, _ = examine(self.database, self.ledger, self.rng)
        assert verdict.sound, verdict


@contextmanager
def trial(folder: Path) -> Iterator[Trial]:
    """A trial in a folder; services opened inside use its disk."""
    folder.mkdir(parents=True, exist_ok=True)
    disk = FaultyDisk()
    with watched(disk) as vfs, files_by(vfs):
        yield Trial(folder, disk)
        disk.repair()


def refused(call: Callable[[], object]) -> FusionMemoryError | None:
    """The named error a call ends with, or None; an error of any other kind is a failure of the test."""
    try:
        call()
    except FusionMemoryError as error:
        return error
    return None
