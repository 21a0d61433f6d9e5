"""Jobs and schedules as people see them: what was asked for, where it stands, what came of it, what runs when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from fusion_memory.core.scope import Scope


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self in (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Job:
    """One job.

    Attributes:
        kind: what it does; ``care`` names the task among the options.
        scope: whose memories it works on; the whole database has the workspace ``*``.
        options: ids and options, never content.
        attempts: how often it was begun, of ``max_attempts``.
        available_at: not before.
        done, total: its progress, where it tells; ``total`` may be unknown.
        counts: what it did.
        reason: why it failed last: a code, never content.
        principal: who asked for it.
    """

    id: str
    kind: str
    scope: Scope
    state: JobState
    options: Mapping[str, Any] = field(default_factory=dict)
    attempts: int = 0
    max_attempts: int = 1
    available_at: datetime | None = None
    done: int = 0
    total: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    reason: str | None = None
    principal: str = ""
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs, the latest first; ``cursor`` asks for those after them and is None at the end."""

    jobs: tuple[Job, ...]
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One entry of the schedule: a task, when it runs, for which moment it last did, and when it will.

    ``available`` is False for a task that there is not; ``next_at`` is None for one that waits for messages.
    """

    task: str
    when: str
    available: bool
    last_at: datetime | None = None
    next_at: datetime | None = None
