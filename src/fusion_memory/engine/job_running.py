"""A job while it runs: its lease is kept alive, its progress noted, and its end written under its fence.

Whatever happens to the worker, the row tells: finished, put off with a reason, given up, given back, or taken over
by another worker once the lease has run out. This file must not know what jobs do, nor which ones there are.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Final, Self

from fusion_memory.core.backoff import delay
from fusion_memory.core.clock import Clock
from fusion_memory.core.errors import AccessDenied, ConfigurationError, FusionMemoryError, InvalidInput, NotFound
from fusion_memory.core.jobs import JobState
from fusion_memory.core.scope import Access, Action, Principal
from fusion_memory.memory import jobs
from fusion_memory.memory.jobs import Claimed
from fusion_memory.storage.interface import Database, Transaction

WORKER: Final = Principal("worker", frozenset({Action.READ, Action.WRITE}))
"""Who does what was authorised when it was submitted."""

HOPELESS: Final = (InvalidInput, NotFound, AccessDenied, ConfigurationError)
"""Failures that another try does not change."""

BEATS_PER_LEASE: Final = 3

_log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """The job is not this worker's any more: cancelled, or taken over."""


class Stopped(Exception):
    """The worker is told to end, so the job is given back."""


@dataclass(frozen=True, slots=True)
class Grip:
    """What running jobs need: the database, the clock, how long a lease is, and when the worker is to end."""

    database: Database
    clock: Clock
    lease: timedelta
    ending: threading.Event


class Running:
    """One claimed job, for the code that does its work.

    Use as a context manager around the work: a heart beats for the lease meanwhile.
    """

    def __init__(self, grip: Grip, claimed: Claimed) -> None:
        self.claimed = claimed
        self.access = Access(WORKER, claimed.scope, Action.WRITE)
        self.finished = False
        self._grip = grip
        self._done: int | None = None
        self._total: int | None = None
        self._lost = threading.Event()
        self._over = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="fusion-memory-lease", daemon=True)

    def __enter__(self) -> Self:
        self._heart.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._heart.join()

    def step(self, done: int | None = None, total: int | None = None) -> None:
        """Between two pieces of the work: note the progress, and learn whether to go on.

        Raises:
            LeaseLost: the job was cancelled or taken over.
            Stopped: the worker ends.
        """
        self._done, self._total = done, total
        if self._lost.is_set():
            raise LeaseLost
        if self._grip.ending.is_set():
            raise Stopped

    def finish_with(self, tx: Transaction, counts: Mapping[str, int]) -> None:
        """Finish the job in the transaction of its work: both are there, or neither.

        Raises:
            LeaseLost: the job was cancelled or taken over; the transaction must not be committed.
        """
        if not jobs.finish(tx, self.claimed, counts, self._grip.clock.now()):
            raise LeaseLost
        self.finished = True

    def _beat(self) -> None:
        pause = self._grip.lease.total_seconds() / BEATS_PER_LEASE
        while not self._over.wait(pause):
            with suppress(FusionMemoryError):  # a beat that cannot be written is tried again before the lease ends
                until = self._grip.clock.now() + self._grip.lease
                with self._grip.database.write() as tx:
                    held = jobs.beat(tx, self.claimed, until, self._done, self._total)
                if not held and not self.finished:
                    self._lost.set()
                    return


def run(grip: Grip, claimed: Claimed, work: Callable[[Running], Mapping[str, int]]) -> JobState | None:
    """Do a claimed job and write how it ended; its state then, None when it is not this worker's to say.

    Raises:
        StorageError: the end could not be written; the lease runs out and the job is done again.
    """
    running = Running(grip, claimed)
    try:
        with running:
            counts = work(running)
    except LeaseLost:
        return None
    except Stopped:
        return _written(grip, JobState.QUEUED, lambda tx: jobs.release(tx, claimed, grip.clock.now()))
    except Exception as error:  # noqa: BLE001 (whatever a job raises, its row has to say so)
        _log.warning("a job of kind %s failed: %s", claimed.kind, _reason(error))
        return _failed(grip, claimed, error)
    if running.finished:
        return JobState.DONE
    return _written(grip, JobState.DONE, lambda tx: jobs.finish(tx, claimed, counts, grip.clock.now()))


def _failed(grip: Grip, claimed: Claimed, error: Exception) -> JobState | None:
    reason, now = _reason(error), grip.clock.now()
    if isinstance(error, HOPELESS) or claimed.attempts >= claimed.max_attempts:
        return _written(grip, JobState.DEAD, lambda tx: jobs.bury(tx, claimed, reason, now))
    until = now + delay(claimed.attempts, claimed.job_id)
    return _written(grip, JobState.QUEUED, lambda tx: jobs.put_off(tx, claimed, reason, until))


def _written(grip: Grip, state: JobState, write: Callable[[Transaction], bool]) -> JobState | None:
    with grip.database.write() as tx:
        return state if write(tx) else None


def _reason(error: Exception) -> str:
    """Why a job failed, without a word of what it worked on."""
    return error.code if isinstance(error, FusionMemoryError) else type(error).__name__
