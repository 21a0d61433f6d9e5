"""The candidates of one search as columns, so that ranking a thousand of them takes no time worth naming.

A row is a memory; a score part is a named column. This file knows how rows are kept, not what parts mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fusion_memory.memory.events import SESSION_THREAD
from fusion_memory.memory.spans import Place

Column = NDArray[np.float64]
Keys = NDArray[np.int64]


@dataclass(slots=True)
class Candidates:
    """Memories in the running, one row each.

    Attributes:
        rows: the row of each memory by its event key.
        places: the span that stands for each memory, and where and when it was said; by row.
        parts: score parts by name, shape (rows,) each.
    """

    rows: dict[int, int] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    parts: dict[str, Column] = field(default_factory=dict)
    _known: dict[str, NDArray[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.places)

    def enter(self, found: Iterable[Place]) -> None:
        """Take in memories that are not yet in the running; their parts are 0."""
        for place in found:
            if place.event_no not in self.rows:
                self.rows[place.event_no] = len(self.places)
                self.places.append(place)
        rows = len(self.places)
        if any(len(column) != rows for column in self._known.values()):
            self._known.clear()
        self.parts = {
            name: part if len(part) == rows else np.append(part, np.zeros(rows - len(part)))
            for name, part in self.parts.items()
        }

    def grant(self, name: str, points: Mapping[int, float]) -> None:
        """Add a part from points by event key; memories without points get 0."""
        part = np.zeros(len(self.places))
        for event_no, value in points.items():
            part[self.rows[event_no]] = value
        self.parts[name] = part

    @property
    def scores(self) -> Column:
        """The sum of the parts, shape (rows,)."""
        return np.sum(list(self.parts.values()), axis=0) if self.parts else np.zeros(len(self.places))

    def threads(self) -> Keys:
        """The conversation of each row as a small number."""
        numbers: dict[str, int] = {}
        return self._column("threads", lambda place: numbers.setdefault(place.thread, len(numbers)), np.int64)

    def in_session(self) -> NDArray[np.bool_]:
        """Which rows were said in a session."""
        return self._column("in_session", lambda place: place.thread.startswith(SESSION_THREAD), np.bool_)

    def said_ms(self) -> Keys:
        """When each row was said, in milliseconds since 1970."""
        return self._column("said_ms", attrgetter("said_ms"), np.int64)

    def turns(self) -> Keys:
        """The place of each row within its conversation."""
        return self._column("turns", attrgetter("seq"), np.int64)

    def _column(self, name: str, value_of: Callable[[Place], object], kind: type[np.generic]) -> NDArray[Any]:
        """A value of every place, made once for as long as no place is added."""
        if name not in self._known:
            self._known[name] = np.array([value_of(place) for place in self.places], dtype=kind)
        return self._known[name]

    def best_first(self) -> Keys:
        """Rows by falling score; of equals the memory recorded last."""
        recorded = np.fromiter(self.rows, dtype=np.int64, count=len(self.rows))
        return np.lexsort((-recorded, -self.scores))
