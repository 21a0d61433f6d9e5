"""What it costs to begin: CPU time of ``import fusion_memory`` and of ``fusion-memory --version``.

Each is a process of its own, so that nothing is warm but the file cache; the median of several counts.
"""

from __future__ import annotations

import subprocess  # the commands are built from this interpreter's own path
import sys
import time
from collections.abc import Sequence

from fusion_memory.evals.measures.figure import Figure, Target, median
from fusion_memory.evals.measures.workbench import Workbench

if sys.platform != "win32":
    import resource

RUNS = 7
IMPORT = ("-c", "import fusion_memory")
VERSION = ("-m", "fusion_memory.cli", "--version")
BARE = ("-c", "pass")


def startup(_bench: Workbench) -> list[Figure]:
    """CPU milliseconds of the two ways to begin, interpreter included."""
    bare, imported, version = taken(BARE), taken(IMPORT), taken(VERSION)
    detail = f"median of {RUNS} processes; the bare interpreter takes {bare:.0f} ms of it"
    return [
        Figure("startup.import", imported, "ms CPU", Target(200, 100), detail),
        Figure("startup.version", version, "ms CPU", Target(120, 70), detail),
    ]


def taken(arguments: Sequence[str]) -> float:
    """The median CPU milliseconds of this interpreter with these arguments."""
    return median([cpu_ms([sys.executable, *arguments]) for _ in range(RUNS)])


def cpu_ms(command: Sequence[str]) -> float:
    """CPU milliseconds of a process and its children; wall-clock where the system does not tell CPU time."""
    before = _children_seconds()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 (our own interpreter and arguments)
    return (_children_seconds() - before) * 1_000


def _children_seconds() -> float:
    if sys.platform == "win32":
        return time.perf_counter()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
