"""Start the service in the background, wait until it answers, and end it again.

Nothing here knows what the service does: it is a program, an address and a log.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from fusion_memory.core.errors import ServiceFailed
from fusion_memory.service.running import RunningService, running

LOGS: Final = "logs"
LOG: Final = "service.log"
LOG_BYTES: Final = 10_000_000
"""A longer log is set aside when the service starts; one such file is kept."""
LOG_OPTION: Final = "--log"
"""Tells ``serve`` where what it writes goes, for whoever asks."""
PAUSE_S: Final = 0.05
TAIL_LINES: Final = 8
HEALTH: Final = "/healthz"
ANSWER_S: Final = 2.0

_detached: list[subprocess.Popen[bytes]] = []
"""Services that outlive the call that started them: nobody waits for them."""


def log_of(home: Path) -> Path:
    """The log of the service of a home folder, whether there is one or not."""
    return home / LOGS / LOG


def start(
    home: Path, arguments: Sequence[str], environment: Mapping[str, str], patience_s: float
) -> RunningService:
    """Start ``fusion-memory serve`` with these arguments and return once it answers; one that runs is returned.

    Raises:
        ServiceFailed: it ended at once, or does not answer in time; the end of its log is told.
    """
    found = running(home)
    if found is not None:
        return found
    log = _fresh_log(home)
    with log.open("ab") as output:
        began = output.tell()
        child = subprocess.Popen(  # noqa: S603 (this very program)
            [sys.executable, "-m", "fusion_memory.cli", "serve", LOG_OPTION, str(log), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            start_new_session=True,
        )
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        found = running(home)
        if found is not None and found.address and answers(found.address):
            _detached.append(child)
            return found
        if child.poll() is not None:
            raise ServiceFailed("The service ended at once.", why=_told(log, began), fix="fusion-memory logs")
        time.sleep(PAUSE_S)
    raise ServiceFailed(
        f"The service does not answer after {patience_s:g} s.",
        why=_told(log, began),
        fix="fusion-memory logs, or wait longer: fusion-memory start --wait 120",
    )


def stop(home: Path, patience_s: float, *, force: bool = False) -> RunningService | None:
    """End the service and return what it was; None when none runs. What it is doing is finished first.

    Raises:
        ServiceFailed: it did not end in time.
    """
    found = running(home)
    if found is None:
        return None
    _signal(found.pid, signal.SIGTERM)
    if not _gone(home, found.pid, patience_s):
        if not force:
            raise ServiceFailed(
                f"The service (process {found.pid}) has not ended after {patience_s:g} s.",
                why="It may still be finishing requests.",
                fix="fusion-memory stop --force",
            )
        _signal(found.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        if not _gone(home, found.pid, patience_s):
            raise ServiceFailed(f"Process {found.pid} cannot be ended.", fix="end it by hand")
    return found


def answers(address: str, path: str = HEALTH) -> bool:
    """Whether a service answers there, whatever it says of itself."""
    return status_of(address, path) is not None


def status_of(address: str, path: str) -> int | None:
    """The HTTP status of a page of the service, or None when nobody answers."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_S)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def tail(log: Path, lines: int) -> list[str]:
    """The last lines of a log."""
    if not log.is_file():
        return []
    with log.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 400 * max(lines, 1) - 4_000))
        return file.read().decode("utf-8", "replace").splitlines()[-lines:] if lines else []


def follow(log: Path) -> Iterator[str]:
    """The lines that are written from now on, also after the log was set aside; until the caller stops asking."""
    place = log.stat().st_size if log.is_file() else 0
    rest = b""
    while True:
        size = log.stat().st_size if log.is_file() else 0
        if size < place:
            place, rest = 0, b""
        if size > place:
            with log.open("rb") as file:
                file.seek(place)
                *whole, rest = (rest + file.read(size - place)).split(b"\n")
            place = size
            yield from (line.decode("utf-8", "replace") for line in whole)
        time.sleep(PAUSE_S * 4)


def _fresh_log(home: Path) -> Path:
    log = log_of(home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    log.parent.mkdir(mode=0o700, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name(f"{LOG}.1"))
    os.close(os.open(log, os.O_CREAT | os.O_WRONLY, 0o600))
    return log


def _told(log: Path, began: int) -> str:
    with log.open("rb") as file:
        file.seek(began)
        said = file.read().decode("utf-8", "replace").splitlines()[-TAIL_LINES:]
    return " ".join(line.strip() for line in said if line.strip()) or "It said nothing."


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
    except PermissionError:
        raise ServiceFailed(
            f"Process {pid} is another user's.", why="It was started by somebody else.", fix="ask them, or use sudo"
        ) from None


def _gone(home: Path, pid: int, patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        found = running(home)
        if found is None or found.pid != pid:
            return True
        time.sleep(PAUSE_S)
    return False
