"""Cut the power, again and again, and see whether anything promised is missing afterwards.

An agent works on a database whose files live on a simulated disk with a volatile cache. At a random file
operation the power goes; what the disk kept is opened by a fresh service and held against the ledger.
Then the same database lives on to the next cut. Everything follows from the seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import apsw

from fusion_memory.core.errors import FusionMemoryError
from fusion_memory.core.ids import ALPHABET
from fusion_memory.engine import parts
from fusion_memory.engine.service import MemoryService
from fusion_memory.storage.connect import open_database
from fusion_memory.testing.embedder import HashingEmbedder
from fusion_memory.testing.examination import examine
from fusion_memory.testing.ledger import Call, Ledger, Verdict
from fusion_memory.testing.volatile_disk import VolatileDisk
from fusion_memory.testing.watched_files import Watcher, failure, watched
from fusion_memory.testing.workload import Workload

LIVES = 8
"""Cuts that one database lives through before a fresh one is begun."""

LONGEST_LIFE = 4_000
"""File operations until the cut, at most; an addition takes about a hundred."""

DATABASE = "memory.db"


@dataclass(slots=True)
class Report:
    """What a campaign of power cuts found; ``cuts`` of them, ``lossy`` of them with something wrong."""

    seed: int
    cuts: int = 0
    acknowledged: int = 0
    lossy: int = 0
    verdict: Verdict = field(default_factory=Verdict)

    def __str__(self) -> str:
        v = self.verdict
        return (
            f"power: {self.cuts} cuts (seed {self.seed}), {self.acknowledged:,} memories acknowledged, "
            f"{len(v.lost)} acknowledged lost, {len(v.half_written)} half-written, "
            f"{len(v.broken)} otherwise broken, {self.lossy} cuts with damage"
        )


def run(
    folder: Path, *, cuts: int = 25, seed: int = 1, synchronous: str = "FULL", stop_at_damage: bool = False
) -> Report:
    """Let a service live through power cuts.

    Args:
        folder: an empty folder for the files.
        cuts: how many.
        seed: what everything random follows from.
        synchronous: SQLite's durability level; anything but ``FULL`` is a planted fault.
        stop_at_damage: end with the first cut that did damage.
    """
    report = Report(seed)
    for number in count(1):
        machine = _Machine(folder / f"machine-{number}", Random(f"{seed}:{number}"), synchronous)  # noqa: S311 (not a secret)
        _let_live(machine, min(LIVES, cuts - report.cuts), report)
        if report.cuts == cuts or (report.lossy and stop_at_damage):
            break
    return report


def _let_live(machine: _Machine, lives: int, report: Report) -> None:
    """Let a machine live on until its ledger no longer fits, because damage was done."""
    for _ in range(lives):
        verdict = machine.live()
        report.cuts += 1
        report.lossy += not verdict.sound
        report.verdict += verdict
        if not verdict.sound:
            break
    report.acknowledged += machine.acknowledged


@contextmanager
def files_by(vfs: str, synchronous: str = "FULL") -> Iterator[None]:
    """Services assembled inside the block keep their files in this file system of SQLite."""
    engine = vars(parts)
    door = engine["open_database"]
    engine["open_database"] = partial(open_database, vfs=vfs, synchronous=synchronous)
    try:
        yield
    finally:
        engine["open_database"] = door


class PoweredDisk(Watcher):
    """A simulated disk that loses power after so many operations; from then on every operation fails.

    When it is ``over``, operations pass without effect on the disk, so that what still runs can be closed.
    """

    def __init__(self, disk: VolatileDisk, operations: int) -> None:
        self._disk = disk
        self._left = operations
        self.dead = False
        self.over = False

    def opening(self, name: str, *, create: bool) -> None:
        """See ``Watcher``."""
        self._require_power()
        if create:
            self._count(self._disk.create, name)

    def reading(self) -> None:
        """See ``Watcher``."""
        self._require_power()

    def writing(self, name: str, offset: int, data: bytes) -> None:
        """See ``Watcher``. The write during which the power goes may survive in part."""
        self._require_power()
        self._count(self._disk.write, name, offset, bytes(data))

    def truncating(self, name: str, size: int) -> None:
        """See ``Watcher``."""
        self._require_power()
        self._count(self._disk.truncate, name, size)

    def syncing(self, name: str, *, folder: bool) -> None:
        """See ``Watcher``. The sync during which the power goes has not happened."""
        self._require_power()
        self._count()
        if not self.dead:
            self._disk.sync(name)
            if folder:
                self._disk.sync_folder()

    def syncing_folder(self) -> None:
        """See ``Watcher``."""
        self._require_power()
        self._count()
        if not self.dead:
            self._disk.sync_folder()

    def deleting(self, name: str, *, sync_folder: bool) -> None:
        """See ``Watcher``."""
        self._require_power()
        self._count(self._disk.delete, name)
        if sync_folder and not self.dead:
            self._disk.sync_folder()

    def _count(self, change: Callable[..., None] | None = None, *what: Any) -> None:  # noqa: ANN401 (its arguments)
        if self.dead:
            return
        if change:
            change(*what)
        self._left -= 1
        if self._left <= 0:
            self.dead = True
            self._require_power()

    def _require_power(self) -> None:
        if self.dead and not self.over:
            raise failure(apsw.SQLITE_IOERR)


class _Machine:
    """One database through several lives, each ended by a cut."""

    def __init__(self, folder: Path, rng: Random, synchronous: str) -> None:
        self._folder = folder
        self._rng = rng
        self._synchronous = synchronous
        self._clock, self._ids = _Clock(), _Ids(rng)
        self._ledger = Ledger()
        self._files: dict[str, bytes] = {}
        self._undone: list[Call] = []
        self._version, self._reindexed = 1, True
        self._life = 0

    @property
    def acknowledged(self) -> int:
        """Memories whose addition returned."""
        return self._ledger.acknowledged

    def live(self) -> Verdict:
        """Work until the power goes, then examine what is left."""
        self._life += 1
        disk = VolatileDisk(self._files)
        power = PoweredDisk(disk, self._length_of_life())
        verdict = Verdict()
        with watched(power) as vfs, files_by(vfs, self._synchronous):
            try:
                self._work(self._unpack("life") / DATABASE, power)
            except FusionMemoryError as error:
                if not power.dead:
                    verdict.broken.append(f"a call was refused before the cut: {error}")
            except Exception as error:  # noqa: BLE001 (whatever else comes out is the finding)
                verdict.broken.append(f"an error without a name of ours: {error!r}")
        self._files = disk.after_cut(self._rng)
        found, self._undone = examine(self._unpack("after") / DATABASE, self._ledger, self._rng)
        verdict += found
        return verdict

    def _length_of_life(self) -> int:
        if self._rng.random() < 0.5:
            return self._rng.randint(1, LONGEST_LIFE)
        return int(LONGEST_LIFE ** self._rng.random())

    def _work(self, database: Path, power: PoweredDisk) -> None:
        """Work until the disk fails; sometimes the service is closed and opened again."""
        while True:
            with self._open(database, power) as (memory, has_model):
                workload = Workload(self._rng, self._ledger, vectors=has_model)
                while self._undone:
                    workload.retry(memory, self._undone.pop())
                for _ in range(self._rng.randint(10, 60)):
                    workload.step(memory)

    @contextmanager
    def _open(self, database: Path, power: PoweredDisk) -> Iterator[tuple[MemoryService, bool]]:
        """A service with the model, without one, or now and then with a new one."""
        has_model = self._rng.random() < 0.85
        if has_model and self._rng.random() < 0.1:
            self._version, self._reindexed = self._version + 1, False
        embedder = HashingEmbedder(32, version=str(self._version)) if has_model else None
        memory = MemoryService(database, embedder=embedder, clock=self._clock, ids=self._ids)
        try:
            if has_model and not self._reindexed:
                memory.reindex()
                self._reindexed = True
            yield memory, has_model
        finally:
            power.over = power.dead
            with suppress(apsw.Error):  # SQLite itself would keep silent about a disk that fails while it closes
                memory.close()

    def _unpack(self, name: str) -> Path:
        folder = self._folder / f"{self._life}-{name}"
        folder.mkdir(parents=True)
        for file, content in self._files.items():
            (folder / file).write_bytes(content)
        return folder


class _Clock:
    """A clock that moves a little whenever it is looked at."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """The present of this simulation."""
        self._now += timedelta(milliseconds=7)
        return self._now

    def monotonic(self) -> float:
        """Seconds of this simulation."""
        return self.now().timestamp()


class _Ids:
    """Identifiers that follow from the seed."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def new(self, kind: str, at: datetime) -> str:  # noqa: ARG002 (the protocol's argument)
        """A new identifier of the usual length."""
        return f"{kind}_{''.join(self._rng.choices(ALPHABET, k=26))}"
