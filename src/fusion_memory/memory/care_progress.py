"""How far background care is with an owner, so that it goes on where it stopped; and the pieces it looks at.

Only keys and times are kept. Losing a row costs a second look, nothing else.
"""

from __future__ import annotations

from datetime import datetime

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.memory.settling import Touched
from fusion_memory.storage.interface import Transaction

COVERED = 0.7
SUPERSEDED = "superseded"
"""Why a memory is archived that says only what was superseded."""


def reached(tx: Transaction, access: Access, task: str) -> tuple[int, datetime | None]:
    """The last key that a task looked at, and when; 0 and None before its first run."""
    row = tx.one("care_reached", owner_no=owners.find(tx, access), task=task)
    return (row[0], from_ms(row[1])) if row else (0, None)


def reach(tx: Transaction, access: Access, task: str, key: int, at: datetime) -> None:
    """Note how far a task is."""
    tx.run("care_reach", owner_no=owners.find(tx, access), task=task, reached=key, at=to_ms(at))


def events_after(tx: Transaction, access: Access, key: int, count: int) -> list[int]:
    """The next sayings of an owner by their keys."""
    rows = tx.rows("care_events_after", owner_no=owners.find(tx, access), after=key, count=count)
    return [row[0] for row in rows]


def claims_after(tx: Transaction, access: Access, key: int, count: int) -> tuple[Touched, int, int]:
    """What the next tellings of an owner bear on, how many there are, and the key of the last one, else 0."""
    rows = tx.rows("care_facts_after", owner_no=owners.find(tx, access), after=key, count=count)
    touched = Touched()
    for row in rows:
        touched.add(row[:6])
    return touched, len(rows), rows[-1][6] if rows else 0


def superseded(tx: Transaction, access: Access, before: datetime, count: int) -> list[int]:
    """Sayings at hand that say nothing but what was superseded before a moment, by their keys.

    A saying that says more than was read out of it stays: its facts must cover :data:`COVERED` of its words.
    """
    where = {"owner_no": owners.find(tx, access), "before": to_ms(before), "covered": COVERED}
    rows = tx.rows("care_superseded_events", **where, count=count)
    return [row[0] for row in rows]


def risen(tx: Transaction, access: Access, count: int) -> list[int]:
    """Sayings that were put away as superseded and of which something counts again, by their keys."""
    rows = tx.rows("care_risen_events", owner_no=owners.find(tx, access), reason=SUPERSEDED, count=count)
    return [row[0] for row in rows]
