"""Counts of what a scope holds."""

from __future__ import annotations

from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.storage.interface import Transaction


def of_events(tx: Transaction, access: Access) -> tuple[int, int, int | None, int | None]:
    """Memories, sessions, and the first and last moment anything was said, in milliseconds."""
    row = tx.one("event_stats", owner_no=owners.find(tx, access), **owners.narrowing(access))
    return (row[0], row[1], row[2], row[3]) if row else (0, 0, None, None)


def of_spans(tx: Transaction, access: Access, space_no: int | None) -> tuple[int, int]:
    """Passages, and those of them with a vector in a space."""
    row = tx.one("span_stats", owner_no=owners.find(tx, access), space_no=space_no, **owners.narrowing(access))
    return (row[0], row[1]) if row else (0, 0)
