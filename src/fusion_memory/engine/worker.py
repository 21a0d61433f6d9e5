"""The worker: does what is queued and what is due, in a thread of the service or as a process of its own.

Any number of workers share one database: each piece is claimed before it is done. Asked to end, a worker finishes
the piece in hand or gives it back. It sleeps until somebody writes to the database or something falls due. This
file must not know what the work is.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from fusion_memory.core.errors import FusionMemoryError, InvalidOption
from fusion_memory.core.jobs import JobState
from fusion_memory.core.settings import Settings
from fusion_memory.engine import job_kinds
from fusion_memory.engine.job_running import Grip, Running, run
from fusion_memory.engine.parts import Parts
from fusion_memory.engine.scheduling import Scheduler, plan_of
from fusion_memory.memory import jobs, outbox
from fusion_memory.memory.jobs import Claimed
from fusion_memory.memory.outbox import EMBED, EXTRACT, GRACE
from fusion_memory.memory.second_readings import REFINE

SCHEDULE: Final = "schedule"
EVENT_KINDS: Final = (EXTRACT, EMBED, REFINE)
EVENTS_A_ROUND: Final = 64
POLL_S: Final = 0.25
"""How often a sleeping worker looks whether somebody has written; a look costs microseconds."""

IDLE_S: Final = 30.0
"""It looks at the queues themselves this often, whatever it is told."""

AFTER_FAILURE_S: Final = 2.0
PATIENCE_S: Final = 5.0
LEAST_LEASE_S: Final = 1.0
NOTHING: Final[Mapping[str, int]] = {}

_log = logging.getLogger(__name__)


class Worker:
    """Works on one open memory.

    Args:
        parts: the open memory.
        settings: all settings; those of ``care`` say how.
        kinds: only these, of :func:`all_kinds`; all when absent.

    Raises:
        InvalidOption: there is no such kind.
        InvalidSetting: the schedule cannot be read.
    """

    def __init__(self, parts: Parts, settings: Settings, kinds: Sequence[str] | None = None) -> None:
        known = all_kinds()
        unknown = next((kind for kind in kinds or () if kind not in known), None)
        if unknown is not None:
            raise InvalidOption(f"There is no kind of work {unknown!r}.", fix=f"one of {', '.join(known)}")
        self._parts = parts
        self._settings = settings
        self._kinds = tuple(kinds or known)
        self._job_kinds = [kind for kind in job_kinds.KINDS if kind in self._kinds]
        self._ending = threading.Event()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None
        self._name = parts.ids.new("worker", parts.clock.now())
        care = settings.care
        self._lease = timedelta(seconds=max(care.lease_s, LEAST_LEASE_S))
        self._grip = Grip(parts.database, parts.clock, self._lease, self._ending)
        self.scheduler = Scheduler(parts.database, plan_of(care), max(care.attempts, 1), parts.clock, parts.ids)
        self._events = self._event_workers()

    @property
    def alive(self) -> bool:
        """Whether the thread works."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Work in a thread until :meth:`close`."""
        if self._thread is None:
            self._thread = threading.Thread(target=self.run, name="fusion-memory-worker", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Ask it to end after the piece in hand; returns at once and may be called by a signal."""
        self._ending.set()
        self._woken.set()

    def wake(self) -> None:
        """Somebody in this process has queued something."""
        self._woken.set()

    def close(self, patience_s: float = PATIENCE_S) -> None:
        """End, and wait for the thread; what a piece still does then, it does in vain."""
        self.end()
        if self._thread is not None:
            self._thread.join(patience_s)

    def run(self) -> None:
        """Work until it is to end; a failure of one round is logged and costs a pause."""
        watch = self._parts.database.watch()
        try:
            while not self._ending.is_set():
                try:
                    watch.changed()
                    if not self._got_on(self.round()):
                        self._sleep(watch.changed)
                except Exception as error:  # noqa: BLE001 (work that fails once is tried again, by this same loop)
                    if not self._ending.is_set():
                        _log.warning("background work stopped for now: %s", type(error).__name__)
                        self._ending.wait(AFTER_FAILURE_S)
        finally:
            watch.close()

    def once(self) -> Counter[str]:
        """Do all that is due now, and what follows from it; counts by kind and outcome, as :meth:`round`."""
        done: Counter[str] = Counter()
        while not self._ending.is_set():
            counts = self.round()
            done.update(counts)
            if not self._got_on(counts):
                break
        return done

    def round(self) -> Counter[str]:
        """One look at everything: the schedule, a job, some of each kind of event; how many by ``kind.outcome``."""
        done: Counter[str] = Counter()
        if SCHEDULE in self._kinds:
            done["schedule.submitted"] += self.scheduler.tick()
        claimed = self._claim() if self._job_kinds else None
        if claimed is not None:
            done[f"{claimed.kind}.{self._outcome(claimed)}"] += 1
        for kind, drain in self._events.items():
            if self._ending.is_set():
                break
            counts = drain(EVENTS_A_ROUND)
            for name in ("processed", "retried", "failed"):
                done[f"{kind}.{name}"] += counts.get(name, 0)
        return +done

    def do(self, job_id: str) -> bool:
        """Do one certain job now, in this thread; False when it is not to be had."""
        now = self._parts.clock.now()
        with self._parts.database.write() as tx:
            claimed = jobs.take(tx, self._name, job_id, now, now + self._lease)
        if claimed is not None:
            self._outcome(claimed)
        return claimed is not None

    def next_at(self) -> datetime | None:
        """When something falls due, as far as is known."""
        with self._parts.database.read() as tx:
            moments = [jobs.next_due(tx, self._job_kinds), outbox.next_due(tx, list(self._events), GRACE)]
        if SCHEDULE in self._kinds:
            moments.append(self.scheduler.next_at())
        return min((moment for moment in moments if moment is not None), default=None)

    def _claim(self) -> Claimed | None:
        now = self._parts.clock.now()
        with self._parts.database.read() as tx:
            due = jobs.next_due(tx, self._job_kinds)
        if due is None or due > now:
            return None
        with self._parts.database.write() as tx:
            return jobs.claim(tx, self._name, self._job_kinds, now, now + self._lease)

    def _outcome(self, claimed: Claimed) -> str:
        kind = job_kinds.KINDS[claimed.kind]

        def work(running: Running) -> Mapping[str, int]:
            return kind.work(self._parts, self._settings, running)

        state = run(self._grip, claimed, work)
        return "lost" if state is None else {JobState.QUEUED: "retried", JobState.DEAD: "failed"}.get(state, "done")

    def _event_workers(self) -> dict[str, Callable[[int], Mapping[str, int]]]:
        """Who works on events, by kind, of the kinds that there is somebody for."""
        parts = self._parts
        found: dict[str, Callable[[int], Mapping[str, int]]] = {}
        if parts.encoder and EXTRACT in self._kinds:
            found[EXTRACT] = partial(parts.encoder.drain, grace=GRACE)
        if parts.maker and EMBED in self._kinds:
            found[EMBED] = self._embed
        if parts.second_reader and REFINE in self._kinds:
            found[REFINE] = parts.second_reader.drain
        return found

    def _embed(self, limit: int) -> Mapping[str, int]:
        maker = self._parts.maker
        if maker is None:
            return NOTHING
        caught = maker.catch_up(limit, grace=GRACE)
        return {"processed": caught.embedded, "retried": int(caught.error is not None)}

    def _sleep(self, changed: Callable[[], bool]) -> None:
        """Wait for a word from this process, a commit of any, or the next moment that something is due."""
        try:
            due = self.next_at()
        except FusionMemoryError:
            due = None
        clock = self._parts.clock
        waited = 0.0
        while waited < IDLE_S and not self._ending.is_set():
            if self._woken.wait(POLL_S):
                self._woken.clear()
                return
            waited += POLL_S
            if changed() or (due is not None and clock.now() >= due):
                return

    @staticmethod
    def _got_on(counts: Mapping[str, int]) -> bool:
        """Whether there may be more to do: jobs that were put off are out of the way, events are not."""
        return any(name.partition(".")[0] not in EVENT_KINDS or not name.endswith(".retried") for name in counts)


def all_kinds() -> tuple[str, ...]:
    """Every kind of work that a worker may be kept to."""
    return (*EVENT_KINDS, *job_kinds.KINDS, SCHEDULE)
