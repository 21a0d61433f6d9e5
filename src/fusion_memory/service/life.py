"""How far a service is in its life: serving, or about to end; how many streams are open.

It ends in order: readiness turns red, streams end, requests under way are finished. This file must not know routes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

from starlette.types import Scope

from fusion_memory.core.operations import Readiness
from fusion_memory.core.service_errors import TooManyRequests

FRESH_S: Final = 2.0
"""So long a readiness counts, since anybody may ask for it."""


class Life:
    """Shared by the requests of one application.

    Args:
        most_streams: so many event streams may be open at a time.
        monotonic: seconds from an arbitrary start.
    """

    def __init__(self, most_streams: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._most_streams = most_streams
        self._monotonic = monotonic
        self._counting = Lock()
        self._known: tuple[float, Readiness] | None = None
        self.streams = 0
        self.ending = False

    def end(self) -> None:
        """Nothing new is begun: readiness is red from now on, and streams end."""
        self.ending = True

    @contextmanager
    def streaming(self) -> Iterator[None]:
        """One open stream.

        Raises:
            TooManyRequests: there are as many as there may be.
        """
        with self._counting:
            if self.streams >= self._most_streams:
                raise TooManyRequests("There are as many event streams as there may be.", retry_after_s=5)
            self.streams += 1
        try:
            yield
        finally:
            with self._counting:
                self.streams -= 1

    def readiness(self, look: Callable[[], Readiness]) -> Readiness:
        """What was seen at most :data:`FRESH_S` seconds ago, or is seen now."""
        now = self._monotonic()
        known = self._known
        if known is None or now - known[0] > FRESH_S:
            self._known = known = (now, look())
        return known[1]


def life_of(scope: Scope) -> Life:
    """The life of the application that serves a request."""
    life = scope["app"].state.life
    if not isinstance(life, Life):
        raise TypeError("this application was not made by create_app")
    return life
