"""Has anybody written? Asked of SQLite's own counter of commits, which costs a look at shared memory and no query.

Why it exists: a worker in one process wakes up for what another has queued, without reading tables all the time.
This file must not know any table.
"""

from __future__ import annotations

import apsw

from fusion_memory.storage.sqlite.connection import Opening
from fusion_memory.storage.sqlite.failures import named


class CommitWatch:
    """A connection of its own that compares ``data_version``; see :class:`~fusion_memory.storage.interface.Watch`.

    A database in memory has one connection, on which nothing can be compared: there every look tells of a change.
    """

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._seen: int | None = None
        self._connection: apsw.Connection | None = None

    def changed(self) -> bool:
        """Whether there was a commit since it was asked last; True the first time."""
        if self._opening.path is None:
            return True
        with named(self._opening.path, self._opening.key):
            if self._connection is None:
                self._connection = self._opening.connect(read_only=True, create=False)
            version = int(self._connection.pragma("data_version"))
        before, self._seen = self._seen, version
        return version != before

    def close(self) -> None:
        """Release the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
