"""Kill the server and its workers, again and again, while one takes in work and the others do it; then count.

A nursery process forks a server that answers over HTTP and workers on the same database. Clients store messages and
submit jobs and note what was acknowledged. The parent kills one of the processes or all at a random moment, or
stops a worker for longer than its lease and lets it go on. At the end everything acknowledged must be there once:
each message read and embedded once, each job done and its effect counted once.

Run as a module this file is the nursery: it reads one line of JSON per child from its input.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

from fusion_memory.client.memory import MemoryClient
from fusion_memory.core.errors import FusionMemoryError
from fusion_memory.core.jobs import JobState
from fusion_memory.core.schedule_settings import CareSettings
from fusion_memory.core.scope import Scope
from fusion_memory.core.settings import EncodingSettings, Settings, StorageSettings
from fusion_memory.engine.service import MemoryService
from fusion_memory.memory import outbox
from fusion_memory.service.serving import serve
from fusion_memory.testing import probes
from fusion_memory.testing.embedder import HashingEmbedder
from fusion_memory.testing.soundness import defects

ANA = Scope(user_id="ana")
WORKERS, CLIENTS = 2, 2
LEASE_S = 1.0
LONGEST_LIFE_S = 0.5
LONGEST_WAIT_S = 2.0
SETTLING_S = 120.0
SLOWEST_JOB_MS = 60

NURSERY = (sys.executable, "-m", "fusion_memory.testing.job_kills")
DATABASE, ADDRESS, ERRORS = "memory.db", "address.txt", "errors.txt"
ROLES = ("server", "worker")


@dataclass(slots=True)
class Report:
    """What a campaign of kills found."""

    seed: int
    kills: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    jobs: int = 0
    interrupted: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not (self.lost or self.doubled or self.broken)

    def __str__(self) -> str:
        killed = ", ".join(f"{count} of {role}s" for role, count in sorted(self.kills.items()))
        return (
            f"job kills (seed {self.seed}): {killed}; {self.messages:,} messages and {self.jobs:,} jobs "
            f"acknowledged, calls interrupted: {dict(self.interrupted)}; {len(self.lost)} lost, "
            f"{len(self.doubled)} doubled, "
            f"{len(self.broken)} otherwise broken {[*self.lost, *self.doubled, *self.broken][:3] or ''}"
        )


class Promises:
    """What was acknowledged; shared by the clients."""

    def __init__(self) -> None:
        self.messages: dict[str, str] = {}
        self.jobs: dict[str, int] = {}
        self.interrupted: Counter[str] = Counter()
        self._number = 0
        self._lock = Lock()

    @property
    def acknowledged(self) -> int:
        """How much was."""
        return len(self.messages) + len(self.jobs)

    def next(self) -> int:
        """A number that no other call has."""
        with self._lock:
            self._number += 1
            return self._number


def run(folder: Path, *, kills: int = 10, seed: int = 1, nursery: Sequence[str] = NURSERY) -> Report:
    """Let a server and workers live on one database until they were killed so often, and count what is left.

    Args:
        folder: an empty folder for the files.
        kills: how many SIGKILLs.
        seed: decides who is killed when; the processes' timing is the machine's.
        nursery: the command that raises children; another one may plant a fault.
    """
    rng, report, promises, over = Random(seed), Report(seed), Promises(), Event()  # noqa: S311 (not a secret)
    with Family(nursery, folder) as family:
        family.complete()
        clients = [Thread(target=_use, args=(folder, promises, over, seed + n)) for n in range(CLIENTS)]
        for client in clients:
            client.start()
        while report.kills.total() < kills and not report.broken:
            _wait_for_work(promises)
            time.sleep(LONGEST_LIFE_S * rng.random())
            if rng.random() < 0.1:
                family.stun(rng)
            report.kills.update(family.kill(rng))
            report.broken += family.complete()
        over.set()
        for client in clients:
            client.join()
        family.settle()
    report.messages, report.jobs = len(promises.messages), len(promises.jobs)
    report.interrupted = promises.interrupted
    _judge(folder, promises, report)
    return report


def _wait_for_work(promises: Promises) -> None:
    """Wait until something more was acknowledged, but not for long: a server may be killed while it starts, too."""
    before, end = promises.acknowledged, time.monotonic() + LONGEST_WAIT_S
    while promises.acknowledged == before and time.monotonic() < end:
        time.sleep(0.01)


class Family:
    """The server and the workers, and the nursery that raises them."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._folder = folder
        self._alive: dict[int, str] = {}
        self._nursery = subprocess.Popen(  # noqa: S603 (the command is ours)
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pid in list(self._alive):
            os.kill(pid, signal.SIGKILL)
            self._ask({"wait": pid})
        self._nursery.communicate()

    def complete(self) -> list[str]:
        """Raise who is missing; what those said who ended by themselves."""
        file = self._folder / ERRORS
        said = [file.read_text("utf-8")[-2_000:]] if file.exists() else []
        for role, wanted in zip(ROLES, (1, WORKERS), strict=True):
            for _ in range(wanted - sum(held == role for held in self._alive.values())):
                if role == "server":
                    (self._folder / ADDRESS).unlink(missing_ok=True)
                self._alive[self._ask({"role": role, "folder": str(self._folder)})] = role
        return said

    def kill(self, rng: Random) -> list[str]:
        """Kill one at random, sometimes all of them; their roles."""
        victims = list(self._alive) if rng.random() < 0.2 else [rng.choice(list(self._alive))]
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        for pid in victims:
            self._ask({"wait": pid})
        return [self._alive.pop(pid) for pid in victims]

    def stun(self, rng: Random) -> None:
        """Stop a worker until its lease has run out, then let it go on."""
        pid = rng.choice([pid for pid, role in self._alive.items() if role == "worker"])
        os.kill(pid, signal.SIGSTOP)
        time.sleep(LEASE_S * 1.5)
        os.kill(pid, signal.SIGCONT)

    def settle(self) -> None:
        """Let the workers finish what is queued, as long as they get on with it."""
        end = time.monotonic() + SETTLING_S
        with MemoryService(self._folder / DATABASE, embedder=None, settings=_settings(self._folder)) as memory:
            while time.monotonic() < end:
                open_jobs = [
                    *memory.jobs(state="queued", limit=1).jobs,
                    *memory.jobs(state="running", limit=1).jobs,
                ]
                with memory._parts.database.read() as tx:
                    waiting = outbox.count(tx) + outbox.count(tx, kind=outbox.EXTRACT)
                if not any(open_jobs) and not waiting:
                    return
                self.complete()
                time.sleep(0.2)

    def _ask(self, what: Mapping[str, Any]) -> int:
        if self._nursery.stdin is None or self._nursery.stdout is None:
            raise RuntimeError("the nursery has no pipes")
        self._nursery.stdin.write(json.dumps(what) + "\n")
        self._nursery.stdin.flush()
        return int(self._nursery.stdout.readline())


def _use(folder: Path, promises: Promises, over: Event, seed: int) -> None:
    """One client: stores and submits until it is over, whatever happens to the server."""
    rng, address, client = Random(seed), "", None  # noqa: S311 (not a secret)
    while not over.is_set():
        told = _address(folder)
        if not told:
            time.sleep(0.01)
            continue
        if told != address or client is None:
            if client is not None:
                client.close()
            address, client = told, MemoryClient(told, retries=0, timeout=10.0)
        number = promises.next()
        try:
            if rng.random() < 0.6:
                text = f"I planted tree number {number} in the garden of house {rng.randint(1, 99)}."
                (id_,) = client.add(text, ANA).ids
                promises.messages[id_] = text
            else:
                options = {"n": number, "ms": rng.randint(0, SLOWEST_JOB_MS)}
                job = client.submit_job(probes.PROBE, ANA, options)
                promises.jobs[job.id] = number
        except FusionMemoryError as error:
            promises.interrupted[error.code] += 1
    if client is not None:
        client.close()


def _address(folder: Path) -> str:
    """Where the server of the moment is; empty while there is none."""
    try:
        return (folder / ADDRESS).read_text("utf-8")
    except FileNotFoundError:
        return ""


def _judge(folder: Path, promises: Promises, report: Report) -> None:
    """Hold what is left against what was promised."""
    with MemoryService(folder / DATABASE, embedder=None, settings=_settings(folder)) as memory:
        counted = probes.effects(memory.get_user_profile(ANA))
        for job_id, number in promises.jobs.items():
            try:
                state = memory.job(job_id, ANA).state
            except FusionMemoryError:
                report.lost.append(f"the job {job_id} is gone")
                continue
            if state is not JobState.DONE or not counted.get(number):
                report.lost.append(f"{job_id} is {state.value}, its effect counts {counted.get(number, 0)}")
        report.doubled += [f"job {number} was done {count} times" for number, count in counted.items() if count > 1]
        for id_, text in promises.messages.items():
            try:
                kept = memory.get(id_, scope=ANA)
            except FusionMemoryError:
                report.lost.append(f"{id_} {text!r} is gone")
                continue
            if getattr(kept, "content", None) != text:
                report.broken.append(f"{id_} came back changed")
        told = memory.encoding_report(ANA)
        if not told.balanced or told.pending or told.dead:
            report.broken.append(f"the events do not add up: {told}")
        stats = memory.stats(ANA)
        if stats.pending:
            report.broken.append(f"{stats.pending} vectors are missing")
    report.broken += defects(folder / DATABASE)


def _settings(folder: Path) -> Settings:
    return Settings(
        storage=StorageSettings(path=str(folder / DATABASE)),
        encoding=EncodingSettings(mode="offline"),
        care=CareSettings(worker="off", preset="off", attempts=1_000, lease_s=LEASE_S),
    )


def raise_children() -> None:
    """The nursery's own work: fork a child per line of input, or wait for one."""
    with MemoryService(embedder=None) as memory:  # children inherit the rules that this loads
        memory.add(["I live by the sea.", "我住在海边。"], Scope(user_id="nobody"))
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = os.waitpid(order["wait"], 0)[1]
        elif (answer := os.fork()) == 0:
            live(order["role"], Path(order["folder"]))
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def live(role: str, folder: Path) -> None:
    """A child's life, until it is killed."""
    try:
        settings = _settings(folder)
        if role == "server":
            server = replace(settings.server, port=0, access_log="off")
            embedding = replace(settings.embedding, provider="none")
            serve(replace(settings, server=server, embedding=embedding), folder, lambda at: _announce(folder, at))
        else:
            with MemoryService(folder / DATABASE, embedder=HashingEmbedder(32), settings=settings) as memory:
                memory.worker().run()
        (folder / ERRORS).write_text(f"a {role} ended by itself", "utf-8")
    except BaseException:  # noqa: BLE001 (the parent wants to know)
        (folder / ERRORS).write_text(traceback.format_exc(), "utf-8")
    os._exit(1)


def _announce(folder: Path, address: str) -> None:
    part = folder / f"{ADDRESS}.part"
    part.write_text(address, "utf-8")
    part.rename(folder / ADDRESS)


if __name__ == "__main__":
    with probes.planted():
        raise_children()
