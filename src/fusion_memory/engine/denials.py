"""Write down who was not let in or not allowed, without becoming a door for floods.

A caller can make the trail grow by a handful of rows a minute, all callers together by some more; what was left
out is counted in the next row that is written. A refusal never fails because it could not be written down.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock

from fusion_memory.core.errors import StorageError
from fusion_memory.core.scope import Access
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import audit

EACH_PER_MINUTE = 5
ALL_PER_MINUTE = 60
SOURCES_KEPT = 1_000
WINDOW_S = 60.0


class DenialLog:
    """Bounded notes of refusals; one for each open service, shared by threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._all = (0.0, 0)
        self._left_out = 0

    def note(self, parts: Parts, ticket: Access, action: str, detail: Mapping[str, str]) -> bool:
        """Append a row for a refused call, or count it when there were too many; whether a row was written.

        Args:
            parts: the open service.
            ticket: who wanted what, where; it was not granted.
            action: ``denied`` or ``refused``.
            detail: the reason, never content.
        """
        left_out = self._turn(f"{action} {ticket.principal.id}", parts.clock.monotonic())
        if left_out is None:
            return False
        told = {**detail, **({"left_out": left_out} if left_out else {})}
        with suppress(StorageError):
            with parts.database.write() as tx:
                audit.record(tx, ticket, action, [], told, parts.clock.now())
            return True
        return False

    def _turn(self, source: str, now: float) -> int | None:
        """How many were left out before this one, or None when this one is left out, too."""
        with self._lock:
            mine, everybody = _counted(self._seen.pop(source, (now, 0)), now), _counted(self._all, now)
            self._seen[source], self._all = mine, everybody
            while len(self._seen) > SOURCES_KEPT:
                self._seen.popitem(last=False)
            if mine[1] >= EACH_PER_MINUTE or everybody[1] >= ALL_PER_MINUTE:
                self._left_out += 1
                return None
            self._seen[source], self._all = (mine[0], mine[1] + 1), (everybody[0], everybody[1] + 1)
            left_out, self._left_out = self._left_out, 0
            return left_out


def _counted(window: tuple[float, int], now: float) -> tuple[float, int]:
    """A window and how many fell into it; a new one when it is over."""
    return window if now - window[0] < WINDOW_S else (now, 0)
