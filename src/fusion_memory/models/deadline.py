"""Wait for a call only so long: what is not answered in time is forgotten, and its thread ends when the call does.

Why it exists: a search must not hang because a model does. Must not know: what is called.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from fusion_memory.core.errors import ModelError, ModelTimeout

T = TypeVar("T")

MOST_FORGOTTEN = 4
"""Calls out of time that may still be running: a model that hangs, or cannot keep up, is then left alone."""


class Deadline:
    """Runs calls, each in a thread of its own, and waits for each only so long.

    Args:
        name: who is called, for messages.
        timeout_s: longest wait of one call; 0 waits for ever.
        fix: what a person can do when it takes too long.
    """

    def __init__(self, name: str, timeout_s: float, fix: str) -> None:
        self._name = name
        self._timeout_s = timeout_s
        self._fix = fix
        self._forgotten: list[threading.Thread] = []
        self._counting = threading.Lock()

    def run(self, call: Callable[[], T]) -> T:
        """What the call returns; what it raises is raised here.

        Raises:
            ModelTimeout: no answer in time, or too many earlier calls are still without one.
            ModelError: the call ended its thread, with ``SystemExit`` for instance.
        """
        with self._counting:
            self._forgotten = [thread for thread in self._forgotten if thread.is_alive()]
            behind = len(self._forgotten)
        if behind >= MOST_FORGOTTEN:
            raise ModelTimeout(f"{self._name} is still busy with {behind} earlier calls.", fix=self._fix)
        answer: list[T] = []
        failure: list[Exception] = []

        def ask() -> None:
            try:
                answer.append(call())
            except Exception as error:  # noqa: BLE001 (raised again below, in the caller's thread)
                failure.append(error)
            except BaseException as error:  # noqa: BLE001 (meant for a thread that is not the caller's)
                failure.append(self._ended(error))

        thread = threading.Thread(target=ask, name="deadline", daemon=True)
        thread.start()
        thread.join(self._timeout_s or None)
        if thread.is_alive():
            with self._counting:
                self._forgotten.append(thread)
            waited = f"{self._timeout_s * 1_000:g} ms"
            raise ModelTimeout(f"{self._name} did not answer within {waited}.", fix=self._fix)
        if failure:
            raise failure[0]
        return answer[0]

    def _ended(self, error: BaseException) -> ModelError:
        why = "It ended the thread in which it was asked; the program goes on without its answer."
        return ModelError(f"{self._name} ended with {type(error).__name__}.", why=why, fix=self._fix)
