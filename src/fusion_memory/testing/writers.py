"""Many processes write to one database at once: nobody hears of a lock, and nothing acknowledged is lost.

Every writer notes what it was told, and every error, in a file of its own; afterwards the notes are held against
the database. Run as a module this file is one writer.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from fusion_memory.core.errors import FusionMemoryError
from fusion_memory.core.records import Event
from fusion_memory.core.schedule_settings import CareSettings
from fusion_memory.core.scope import Scope
from fusion_memory.core.settings import Settings, StorageSettings
from fusion_memory.engine.service import MemoryService
from fusion_memory.testing.embedder import HashingEmbedder
from fusion_memory.testing.soundness import defects

WRITER = (sys.executable, "-m", "fusion_memory.testing.writers")
DATABASE = "memory.db"
STARTING_S = 120.0
SHARED = Scope(user_id="everybody")


@dataclass(slots=True)
class Report:
    """What a campaign of writers found."""

    writers: int
    seconds: float
    writes: int = 0
    jobs: int = 0
    slowest_ms: float = 0.0
    errors: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not (self.errors or self.lost or self.broken)

    def __str__(self) -> str:
        return (
            f"writers: {self.writers} processes for {self.seconds:g} s: {self.writes:,} messages and {self.jobs:,} "
            f"jobs written, slowest call {self.slowest_ms:,.0f} ms; errors to callers: {dict(self.errors)}, "
            f"{len(self.lost)} lost, {len(self.broken)} broken {[*self.lost, *self.broken][:3] or ''}"
        )


def run(folder: Path, *, writers: int = 4, seconds: float = 5.0, writer: Sequence[str] = WRITER) -> Report:
    """Let processes write to one database for a while, and count.

    Args:
        folder: an empty folder for the files.
        writers: how many processes.
        seconds: how long each one writes, from the moment all of them are ready.
        writer: the command of one; another one may plant a fault.
    """
    report = Report(writers, seconds)
    MemoryService(folder / DATABASE, embedder=None, settings=_settings()).close()
    processes = [
        subprocess.Popen([*writer, str(folder), str(number), str(seconds)])  # noqa: S603 (the command is ours)
        for number in range(writers)
    ]
    end = time.monotonic() + STARTING_S
    while len(list(folder.glob("ready-*"))) < writers and time.monotonic() < end:
        time.sleep(0.01)
    (folder / "go").touch()
    codes = [process.wait() for process in processes]
    report.broken += [f"writer {number} ended with {code}" for number, code in enumerate(codes) if code]
    _judge(folder, report)
    return report


def write(folder: Path, number: int, seconds: float, settings: Settings | None = None) -> None:
    """One writer's life: say things of its own and of everybody's, submit and work off jobs, and note it all."""
    rng, notes = Random(number), (folder / f"notes-{number}.jsonl").open("w", encoding="utf-8")  # noqa: S311 (not a secret)
    model = HashingEmbedder(32) if number % 2 else None
    with notes, MemoryService(folder / DATABASE, embedder=model, settings=settings or _settings()) as memory:
        (folder / f"ready-{number}").touch()
        while not (folder / "go").exists():
            time.sleep(0.005)
        own, end, count = Scope(user_id=f"writer-{number}"), time.monotonic() + seconds, 0
        while time.monotonic() < end:
            count += 1
            began, scope, note = time.monotonic(), rng.choice((own, SHARED)), {}
            try:
                if rng.random() < 0.9:
                    text = f"Writer {number} saw train {count} leave from platform {rng.randint(1, 20)}."
                    note = {"id": memory.add(text, scope).ids[0], "user": scope.user_id, "text": text}
                else:
                    note = {"job": memory.submit_job("rebuild", own).id, "user": own.user_id}
                    memory.worker(("rebuild", "extract", "embed")).once()
            except FusionMemoryError as error:
                note = {"error": error.code}
            notes.write(json.dumps({**note, "ms": (time.monotonic() - began) * 1_000}) + "\n")


def _judge(folder: Path, report: Report) -> None:
    with MemoryService(folder / DATABASE, embedder=None, settings=_settings()) as memory:
        for file in sorted(folder.glob("notes-*.jsonl")):
            for line in file.read_text("utf-8").splitlines():
                note = json.loads(line)
                report.slowest_ms = max(report.slowest_ms, note["ms"])
                if "error" in note:
                    report.errors[note["error"]] += 1
                    continue
                try:
                    _find(memory, note, report)
                except FusionMemoryError:
                    report.lost.append(line)
    report.broken += defects(folder / DATABASE)


def _find(memory: MemoryService, note: dict[str, str], report: Report) -> None:
    scope = Scope(user_id=note["user"])
    if "job" in note:
        report.jobs += 1
        memory.job(note["job"], scope)
        return
    report.writes += 1
    kept = memory.get(note["id"], scope=scope)
    if not isinstance(kept, Event) or kept.content != note["text"]:
        report.broken.append(f"{note['id']} came back changed")


def _settings() -> Settings:
    """The settings as they come, but for the schedule."""
    return Settings(care=CareSettings(worker="off", preset="off"))


def impatient() -> Settings:
    """The fault: nobody waits for a turn."""
    return replace(_settings(), storage=StorageSettings(busy_timeout_s=0.0))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
