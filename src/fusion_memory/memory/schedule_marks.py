"""How far the schedule is: for which moment every entry last ran, and which messages were counted for whom.

Each message is counted once for each entry that waits for messages, by its number. This file must not know what
runs, nor compute a moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.storage.interface import Transaction

OWNERS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Mark:
    """Where one entry stands: the moment it last ran for, and the last message it has counted."""

    last_due: datetime | None
    event_no: int


def all_marks(tx: Transaction) -> dict[str, Mark]:
    """The marks of all entries, by name."""
    return {
        entry: Mark(None if last_due is None else from_ms(last_due), event_no or 0)
        for entry, last_due, event_no in tx.rows("schedule_marks")
    }


def put(tx: Transaction, entry: str, last_due: datetime | None, event_no: int = 0) -> None:
    """Note how far an entry is."""
    tx.run("schedule_mark", entry=entry, last_due=None if last_due is None else to_ms(last_due), event_no=event_no)


def latest_event(tx: Transaction) -> int:
    """The number of the newest message of all."""
    row = tx.one("schedule_latest_event")
    return int(row[0]) if row else 0


def count_news(tx: Transaction, entry: str, after: int) -> None:
    """Count the messages after a number for every owner; the entry's mark is put by the caller."""
    tx.run("schedule_count_news", entry=entry, after=after)


def owners_due(
    tx: Transaction, entry: str, messages: int, idle: timedelta, now: datetime, most: int = OWNERS_AT_ONCE
) -> list[int]:
    """The owners for whom so many messages wait, or some wait for so long; at most so many of them."""
    idle_before = to_ms(now - idle) if idle else None
    rows = tx.rows("schedule_owners_due", entry=entry, messages=messages, idle_before=idle_before, count=most)
    return [row[0] for row in rows]


def first_idle(tx: Transaction, entry: str) -> datetime | None:
    """Since when the messages wait that have waited longest."""
    row = tx.one("schedule_first_idle", entry=entry)
    return from_ms(row[0]) if row and row[0] is not None else None


def served(tx: Transaction, entry: str, owner_no: int) -> None:
    """Begin to count an owner's messages anew."""
    tx.run("schedule_served", entry=entry, owner_no=owner_no)


def prune(tx: Transaction) -> int:
    """Drop the counters that stand at nought; how many."""
    return tx.run("schedule_prune")
