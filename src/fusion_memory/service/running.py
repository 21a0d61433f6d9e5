"""Which service runs for a home folder: a lock that it holds as long as it lives, and a record of where it is.

The lock decides, not the process number: a number may be another program's by now, a lock ends with its holder. The
record is only believed while the lock is held, so what a crash leaves behind misleads nobody.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from fusion_memory.core.errors import AlreadyRunning

RECORD: Final = "service.json"
LOCK: Final = "service.lock"
TRIES, PAUSE_S = 20, 0.05
"""Those who only look hold the lock together for a moment; a service that starts waits it out."""


@dataclass(frozen=True, slots=True)
class RunningService:
    """A service as it announced itself.

    ``address`` is empty until it takes requests; ``arguments`` are those of ``fusion-memory serve``, ``log`` is the
    file it writes to when it runs in the background.
    """

    pid: int
    address: str
    version: str
    database: str
    started_at: str
    arguments: tuple[str, ...] = ()
    log: str = ""

    @property
    def since(self) -> datetime:
        """When it began."""
        return datetime.fromisoformat(self.started_at)


class Claim:
    """The right to be the service of a home folder, from :func:`claimed`."""

    def __init__(self, home: Path, record: RunningService) -> None:
        self._home = home
        self._record = record
        self._write(record)

    def announce(self, address: str) -> None:
        """Requests are taken at this address now."""
        values = asdict(self._record) | {"address": address, "arguments": self._record.arguments}
        self._write(RunningService(**values))

    def _write(self, record: RunningService) -> None:
        part = self._home / f"{RECORD}.partial"
        handle = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(record), file)
        part.replace(self._home / RECORD)


@contextmanager
def claimed(home: Path, record: RunningService) -> Iterator[Claim]:
    """Be the service of a home folder until the block ends.

    Raises:
        AlreadyRunning: there is one.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _lock_file(home) as file:
        if not _taken(file):
            other = running(home)
            raise AlreadyRunning(
                f"A service runs for {home} already.",
                why=f"It is process {other.pid}, at {other.address or 'an address to come'}." if other else None,
            )
        try:
            yield Claim(home, record)
        finally:
            (home / RECORD).unlink(missing_ok=True)


def running(home: Path) -> RunningService | None:
    """The service of a home folder, or None when there is none."""
    if not (home / LOCK).exists():
        return None
    with _lock_file(home) as file:
        if _try(file, alone=False):
            return None
        return _read(home)


def left_behind(home: Path) -> bool:
    """Whether a service that is gone could not clear up behind itself."""
    return (home / RECORD).exists() and running(home) is None


def clear(home: Path) -> None:
    """Take the record of a service that is gone away."""
    if left_behind(home):
        (home / RECORD).unlink(missing_ok=True)


def _read(home: Path) -> RunningService | None:
    """What the holder of the lock wrote; it writes right after it took the lock."""
    for _ in range(TRIES):
        with suppress(OSError, ValueError, TypeError):
            values = json.loads((home / RECORD).read_text("utf-8"))
            known = {item.name: values[item.name] for item in fields(RunningService) if item.name in values}
            return RunningService(**known | {"arguments": tuple(values.get("arguments", ()))})
        time.sleep(PAUSE_S)
    return None


@contextmanager
def _lock_file(home: Path) -> Iterator[IO[bytes]]:
    handle = os.open(home / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    with os.fdopen(handle, "r+b", buffering=0) as file:
        yield file


def _taken(file: IO[bytes]) -> bool:
    for _ in range(TRIES):
        if _try(file):
            return True
        time.sleep(PAUSE_S)
    return False


if sys.platform == "win32":
    import msvcrt

    def _try(file: IO[bytes], *, alone: bool = True) -> bool:
        del alone  # there is one kind of lock here
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try(file: IO[bytes], *, alone: bool = True) -> bool:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
