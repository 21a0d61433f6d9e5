"""Kill a process that is storing memories, again and again, and see whether anything promised is missing.

A nursery process forks children that work on one database with several threads; each writes its ledger
to a file before and after every call. The parent kills a child at a random moment with SIGKILL, opens
the database, holds it against the ledger and lets the next child go on.

Run as a module this file is the nursery: it reads one line of JSON per child from its input.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Thread
from types import TracebackType
from typing import Any, Self

from fusion_memory.core.scope import Scope
from fusion_memory.engine.service import MemoryService
from fusion_memory.testing.embedder import HashingEmbedder
from fusion_memory.testing.examination import examine
from fusion_memory.testing.ledger import Ledger, Verdict
from fusion_memory.testing.workload import Workload

THREADS = 3
LONGEST_LIFE_S = 0.8
CALLS_PER_LIFE = 1_000_000
"""Numbers reserved for the calls of one child, so that no two children use the same."""

NURSERY = (sys.executable, "-m", "fusion_memory.testing.kills")
DATABASE, LEDGER, ERRORS = "memory.db", "ledger.jsonl", "errors.txt"


@dataclass(slots=True)
class Report:
    """What a campaign of kills found."""

    seed: int
    kills: int = 0
    acknowledged: int = 0
    interrupted: int = 0
    verdict: Verdict = field(default_factory=Verdict)

    def __str__(self) -> str:
        v = self.verdict
        return (
            f"kills: {self.kills} kills (seed {self.seed}), {self.acknowledged:,} memories acknowledged, "
            f"{self.interrupted} calls interrupted, {len(v.lost)} acknowledged lost, "
            f"{len(v.half_written)} half-written, {len(v.broken)} otherwise broken"
        )


def run(
    folder: Path,
    *,
    kills: int = 10,
    seed: int = 1,
    nursery: Sequence[str] = NURSERY,
    stop_at_damage: bool = False,
) -> Report:
    """Let processes store memories until they are killed.

    Args:
        folder: an empty folder for the files.
        kills: how many.
        seed: decides what is said and when the kills come; the threads' timing is the machine's.
        nursery: the command that raises children; another one may plant a fault.
        stop_at_damage: end with the first kill that did damage.
    """
    rng, report = Random(seed), Report(seed)  # noqa: S311 (not a secret)
    with _Nursery(nursery) as children:
        for life in range(kills):
            verdict = _live_and_die(folder, life, rng, children, report)
            report.kills += 1
            report.verdict += verdict
            if not verdict.sound and stop_at_damage:
                break
    return report


def _live_and_die(folder: Path, life: int, rng: Random, children: _Nursery, report: Report) -> Verdict:
    """One child from its birth to the examination of what it leaves."""
    ledger = Ledger((life + 1) * CALLS_PER_LIFE)
    before = _lines(folder)
    ledger.replay(before)
    known = ledger.acknowledged
    pid = children.bear(folder, life, rng.getrandbits(32))
    if rng.random() < 0.85:  # else it is killed while it opens the database
        _wait_for_work(folder, len(before))
    time.sleep(LONGEST_LIFE_S * rng.random() ** 2)
    os.kill(pid, signal.SIGKILL)
    status = children.bury(pid)
    ledger.replay(_lines(folder)[len(before) :])
    report.acknowledged += ledger.acknowledged - known
    verdict, undone = examine(_as_left(folder, rng), ledger, rng)
    report.interrupted += len(undone)
    (folder / LEDGER).write_text("".join(f"{line}\n" for line in ledger.lines()), "utf-8")
    if os.WIFEXITED(status):
        verdict.broken.append(f"a child ended before it was killed: {(folder / ERRORS).read_text('utf-8')}")
    return verdict


def _wait_for_work(folder: Path, lines: int) -> None:
    """Wait until the child has noted its first call, or has given up."""
    while len(_lines(folder)) <= lines and not (folder / ERRORS).exists():
        time.sleep(0.01)


def _lines(folder: Path) -> list[str]:
    """The lines of the ledger; the last one may be torn."""
    file = folder / LEDGER
    return file.read_text("utf-8", "replace").splitlines() if file.exists() else []


def _as_left(folder: Path, rng: Random) -> Path:
    """The database as the child left it, or a copy, so that the next child has to recover it by itself."""
    if rng.random() < 0.5:
        return folder / DATABASE
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-journal"):
        if (folder / name).exists():
            shutil.copyfile(folder / name, copy / name)
    return copy / DATABASE


class _Nursery:
    """The process that raises children, from outside. It has loaded everything, so that births are quick."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 (the command is ours)
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def bear(self, folder: Path, life: int, seed: int) -> int:
        """A new child at work; its process id."""
        return self._ask({"folder": str(folder), "life": life, "seed": seed})

    def bury(self, pid: int) -> int:
        """Wait for the end of a child; how it ended, as ``os.waitpid`` tells."""
        return self._ask({"wait": pid})

    def _ask(self, what: dict[str, Any]) -> int:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the nursery has no pipes")
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def raise_children() -> None:
    """The nursery's own work: fork a child per line of input, or wait for one."""
    with MemoryService(embedder=None) as memory:  # children inherit the rules that this loads
        memory.add(["I live by the sea.", "我住在海边。"], Scope(user_id="nobody"))
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = os.waitpid(order["wait"], 0)[1]
        elif (answer := os.fork()) == 0:
            work(Path(order["folder"]), order["life"], order["seed"])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def work(folder: Path, life: int, seed: int) -> None:
    """A child's life: go on where the last one was killed, with several threads, until killed."""
    try:
        rng = Random(seed)  # noqa: S311 (not a secret)
        handle = os.open(folder / LEDGER, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        ledger = Ledger(life * CALLS_PER_LIFE, lambda line: _write(handle, line))
        ledger.replay(_lines(folder))
        has_model = rng.random() < 0.8
        memory = MemoryService(folder / DATABASE, embedder=HashingEmbedder(32) if has_model else None)
        loads = [
            Workload(Random(rng.random()), ledger, vectors=has_model, big_batches=True)  # noqa: S311 (not a secret)
            for _ in range(THREADS)
        ]
        for call in ledger.open_adds():
            loads[0].retry(memory, call)
        threads = [Thread(target=_go_on, args=(load, memory, folder)) for load in loads]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except BaseException:  # noqa: BLE001 (the parent wants to know)
        _give_up(folder)


def _go_on(load: Workload, memory: MemoryService, folder: Path) -> None:
    try:
        while True:
            load.step(memory)
    except BaseException:  # noqa: BLE001 (the parent wants to know)
        _give_up(folder)


def _give_up(folder: Path) -> None:
    (folder / ERRORS).write_text(traceback.format_exc(), "utf-8")
    os._exit(1)


def _write(handle: int, line: str) -> None:
    os.write(handle, f"{line}\n".encode())


if __name__ == "__main__":
    raise_children()
