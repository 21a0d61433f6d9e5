"""Keep recall traces without making searches wait: they gather in memory and are written in groups.

A trace is an explanation, not a memory: one that was still in memory when the process died is lost.
"""

from __future__ import annotations

from collections import defaultdict
from threading import Lock

from fusion_memory.core.errors import StorageError
from fusion_memory.core.records import Trace
from fusion_memory.core.scope import Access
from fusion_memory.memory import keeping, traces
from fusion_memory.storage.interface import Database

GROUP = 64


class TraceLog:
    """The traces of this process, on their way to the database."""

    def __init__(self, database: Database, kept: int) -> None:
        self._database = database
        self._kept = kept
        self._waiting: list[tuple[Access, Trace]] = []
        self._lock = Lock()

    def note(self, access: Access, trace: Trace) -> None:
        """Take a trace in; every :data:`GROUP` of them are written."""
        with self._lock:
            self._waiting.append((access, traces.placed(access, trace)))
            full = len(self._waiting) >= GROUP
        if full:
            self.flush()

    def get(self, access: Access, trace_id: str) -> Trace | None:
        """One trace that the scope may see, written or not."""
        with self._lock:
            for held, trace in self._waiting:
                if trace.id == trace_id and held.scope.owner == access.scope.owner:
                    return trace if traces.visible(access, trace) else None
        with self._database.read() as tx:
            return traces.get(tx, access, trace_id)

    def flush(self) -> None:
        """Write what waits. A database that cannot be written costs the traces, never a search."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        by_owner: dict[Access, list[Trace]] = defaultdict(list)
        for access, trace in waiting:
            by_owner[access].append(trace)
        try:
            with self._database.write() as tx:
                for access, group in by_owner.items():
                    traces.save(tx, access, group, self._kept)
                    keeping.note_uses(tx, access, group)
        except StorageError:
            return

    def drop(self, access: Access) -> None:
        """Forget the waiting traces of the scope's owner: what they saw is about to be erased."""
        with self._lock:
            self._waiting = [pair for pair in self._waiting if pair[0].scope.owner != access.scope.owner]
