"""One thread that works off the queue while nobody waits: it is woken by an add and ends with the service."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

ROUND: Final = 64
IDLE_S: Final = 30.0
"""Without being woken the queue is looked at this often: what was put off falls due meanwhile."""

_log = logging.getLogger(__name__)


class BackgroundWork:
    """Calls ``drain(limit)`` until it gets no further, whenever it is woken.

    Args:
        drain: does some of the work; its ``processed`` and ``failed`` say how much was settled. Whatever it raises
            ends this round and not the thread.
        patience_s: how long :meth:`close` waits for the round that is running; what is left stays due.
    """

    def __init__(self, drain: Callable[[int], dict[str, int]], patience_s: float = 5.0) -> None:
        self._drain = drain
        self._patience_s = patience_s
        self._woken = threading.Event()
        self._ending = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """There is work; the thread starts at the first call."""
        with self._starting:
            if self._thread is None and not self._ending.is_set():
                self._thread = threading.Thread(target=self._run, name="fusion-memory-background", daemon=True)
                self._thread.start()
        self._woken.set()

    def close(self) -> None:
        """Begin no further round and wait for the one that is running, at most ``patience_s``."""
        self._ending.set()
        self._woken.set()
        with self._starting:
            thread = self._thread
        if thread is not None:
            thread.join(self._patience_s)

    def _run(self) -> None:
        while not self._ending.is_set():
            self._woken.wait(IDLE_S)
            self._woken.clear()
            try:
                while not self._ending.is_set() and _got_on(self._drain(ROUND)):
                    pass
            except Exception as error:  # noqa: BLE001 (work that fails once is tried again, by this same thread)
                if not self._ending.is_set():
                    _log.warning("background work stopped for now: %s", type(error).__name__)


def _got_on(done: dict[str, int]) -> bool:
    return bool(done["processed"] or done["failed"])
