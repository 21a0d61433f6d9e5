"""A service as a process of its own, for what has to be measured or broken from outside.

It runs ``serve`` of this interpreter on a port that is free. It must not know what is asked of the service.
"""

from __future__ import annotations

import http.client
import json
import socket
import subprocess  # the command is built from this interpreter's own path
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fusion_memory.core.errors import FusionMemoryError

HOST = "127.0.0.1"
START_S = 60.0
END_S = 20.0
LOOK_S = 0.02
REPLY_S = 60.0


class ServerProcess:
    """Serves one database file until it is told to end or is killed; it can be started again at the same place.

    Args:
        file: the database.
        settings: dotted names and values other than those of this user.
        prelude: Python to run in the process before it serves, for faults that tests plant.
    """

    def __init__(self, file: Path, settings: Mapping[str, object] | None = None, prelude: str = "") -> None:
        self.port = free_port()
        self._file = file
        self._settings = settings or {}
        self._prelude = prelude
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it serves."""
        return f"http://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        """Of the process; 0 when none runs."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            FusionMemoryError: it ended, or did not answer in time.
        """
        given = [f"{name}={value}" for name, value in self._settings.items()]
        words = ["serve", "--host", HOST, "--port", str(self.port), "--db", str(self._file)]
        words += [word for pair in given for word in ("--set", pair)]
        code = (
            f"{self._prelude}\nimport sys\nfrom fusion_memory.cli.application import run\nsys.exit(run({words!r}))"
        )
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and words)
            [sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise FusionMemoryError("The service did not start.", why=self._last_words())
            time.sleep(LOOK_S)

    def stop(self) -> None:
        """Tell it to end, and wait; requests under way are finished."""
        self._end(kill=False)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(kill=True)

    def cpu_s(self) -> float:
        """Seconds of processor time it has used; 0 where the system does not tell."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / 100.0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), timeout=1):
                return True
        except OSError:
            return False

    def _end(self, *, kill: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill() if kill else process.terminate()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(END_S)

    def _last_words(self) -> str:
        process = self._process
        self._end(kill=True)
        return f"It ended with {process.returncode if process else None}."


class Line:
    """One connection that stays open: JSON in, JSON out. Lean, to leave the processors to the service."""

    def __init__(self, port: int) -> None:
        self._line = http.client.HTTPConnection(HOST, port, timeout=REPLY_S)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 (any JSON value)
        """The JSON that answers.

        Raises:
            FusionMemoryError: it answers with an error.
        """
        self._line.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        response = self._line.getresponse()
        content = response.read()
        if response.status >= 300:
            raise FusionMemoryError(f"The service answered {response.status}.", why=content[:300].decode())
        return json.loads(content)

    def close(self) -> None:
        """Close the connection."""
        self._line.close()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server((HOST, 0)) as found:
        port: int = found.getsockname()[1]
        return port


__all__: Sequence[str] = ("HOST", "Line", "ServerProcess", "free_port")
