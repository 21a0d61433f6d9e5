"""The kinds of jobs: what each one does, whom it concerns, what right and which options it takes.

One line here and one function: queues, leases and retries are none of their business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from fusion_memory.consolidation.care import Care
from fusion_memory.consolidation.tasks import TASKS, WHOLE_DATABASE
from fusion_memory.core.errors import InvalidOption
from fusion_memory.core.scope import Action
from fusion_memory.core.settings import Settings
from fusion_memory.engine import understanding, upkeep
from fusion_memory.engine.job_running import Running
from fusion_memory.engine.parts import Parts

CARE: Final = "care"
REINDEX, REBUILD, BACKUP = "reindex", "rebuild", "backup"
MOST_PIECES: Final = 10_000
"""So many pieces of a care task are done in one job; what is left then is a job of the next time."""

BACKUPS: Final = "backups"
BACKUPS_KEPT: Final = 4

Work = Callable[[Parts, Settings, Running], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job.

    Attributes:
        work: does it; it may stop anywhere and be done again.
        whole_database: it concerns no scope but everything, and takes the right to administer.
        action: the right that it takes in its scope.
        options: the names of its options.
    """

    work: Work
    whole_database: bool = False
    action: Action = Action.WRITE
    options: frozenset[str] = frozenset()


def run_care(parts: Parts, settings: Settings, running: Running) -> Mapping[str, int]:
    """Do what is due of a care task, piece by piece.

    Raises:
        InvalidOption: there is no such task.
    """
    task = TASKS.get(str(running.claimed.options.get("task")))
    if task is None:
        raise InvalidOption(f"There is no care task {running.claimed.options.get('task')!r}.")
    care = Care(parts.database, parts.embedder, parts.answering, settings, parts.clock, parts.ids)
    counts: Counter[str] = Counter()
    for piece in range(1, MOST_PIECES + 1):
        report = task.run(care, running.access)
        counts.update(report.counts)
        if not report.left:
            break
        running.step(done=piece)
    return counts


def _reindex(parts: Parts, settings: Settings, running: Running) -> Mapping[str, int]:
    del settings
    done = 0

    def progress(count: int) -> None:
        nonlocal done
        done += count
        running.step(done=done)

    return {"embedded": upkeep.reindex(parts, progress).embedded}


def _rebuild(parts: Parts, settings: Settings, running: Running) -> Mapping[str, int]:
    del settings
    report = understanding.rebuild(parts, running.access)
    return {"memories": report.memories, "claims": report.claims, "current": report.current}


def _backup(parts: Parts, settings: Settings, running: Running) -> Mapping[str, int]:
    """A verified copy beside the database, named by the moment; of these copies the latest few stay.

    Raises:
        InvalidOption: the database is in memory.
    """
    del settings
    file = parts.database.path
    if file is None:
        raise InvalidOption("A database in memory has no place for backups.", fix="keep it in a file")
    folder = file.parent / BACKUPS
    folder.mkdir(mode=0o700, exist_ok=True)
    parts.traces.flush()
    target = folder / f"{file.stem}-{parts.clock.now():%Y%m%dT%H%M%SZ}{file.suffix or '.db'}"
    parts.database.backup(target)
    old = _copies(folder, file)[:-BACKUPS_KEPT]
    for copy in old:
        copy.unlink(missing_ok=True)
    running.step()
    return {"bytes": target.stat().st_size, "removed": len(old)}


def _copies(folder: Path, file: Path) -> list[Path]:
    """The copies of one database, the oldest first."""
    return sorted(folder.glob(f"{file.stem}-[0-9]*T[0-9]*Z{file.suffix or '.db'}"))


KINDS: Mapping[str, JobKind] = MappingProxyType(
    {
        CARE: JobKind(run_care, options=frozenset({"task"})),
        REBUILD: JobKind(_rebuild),
        REINDEX: JobKind(_reindex, whole_database=True, action=Action.ADMIN),
        BACKUP: JobKind(_backup, whole_database=True, action=Action.ADMIN),
    }
)
"""Every kind of job by its name."""


def is_known(task: str) -> bool:
    """Whether the schedule can run something of this name: a care task, or a kind that concerns everything."""
    return task in TASKS or (task in KINDS and KINDS[task].whole_database)


def concerns_all(task: str) -> bool:
    """Whether something the schedule runs is done once, and not for every owner."""
    return task in WHOLE_DATABASE or task in KINDS


def key_of(kind: str, options: Mapping[str, Any]) -> str:
    """What makes open jobs of one owner equal: the kind and its options."""
    said = ",".join(f"{name}={options[name]}" for name in sorted(options))
    return f"{kind}:{said}" if said else kind
