"""What ``doctor --fix`` puts right by itself: nothing that could lose or change a memory."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fusion_memory.cli.context import Call
from fusion_memory.core.errors import FusionMemoryError
from fusion_memory.service import running

FOLDERS: Final = ("logs", "backups")
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def mended(call: Call) -> Iterator[str]:
    """Put right what can be, and name each thing that was: ``modes``, ``record``, ``vectors``, ``facts``."""
    if _tighten(call.home):
        yield "modes"
    if running.left_behind(call.home):
        running.clear(call.home)
        yield "record"
    try:
        with call.memory() as memory:
            if memory.catch_up():
                yield "vectors"
            if memory.drain_update_queue()["processed"]:
                yield "facts"
    except FusionMemoryError:
        return  # the checks that follow say what it was


def _tighten(home: Path) -> bool:
    """Take the rights of others away from everything in the home folder."""
    found = open_to_others(home)
    for path in found:
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)
    return bool(found)


def open_to_others(home: Path) -> list[Path]:
    """The home folder and what the program keeps in it, as far as other users have any right to it."""
    if os.name != "posix" or not home.is_dir():
        return []
    kept = [home, *home.iterdir(), *(path for name in FOLDERS for path in home.glob(f"{name}/*"))]
    return [path for path in kept if not path.is_symlink() and path.stat().st_mode & OTHERS]
