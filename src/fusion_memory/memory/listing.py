"""Events page by page, what was said last first.

A page goes on where the one before ended, also when memories came or went meanwhile. This file must not know who
leafs through.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.errors import InvalidOption
from fusion_memory.core.listing_api import MemoryPage
from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.memory.events import as_event
from fusion_memory.storage.interface import Transaction

SEPARATOR = "."


@dataclass(frozen=True, slots=True)
class Listed:
    """Which memories are wanted; None where any are.

    Attributes:
        since, until: said in ``[since, until)``.
        role, speaker, origin, trust: exactly these.
        as_of: recorded up to this moment.
    """

    since: datetime | None = None
    until: datetime | None = None
    role: str | None = None
    speaker: str | None = None
    origin: str | None = None
    trust: str | None = None
    as_of: datetime | None = None


def page(tx: Transaction, access: Access, wanted: Listed, limit: int, after: str | None) -> MemoryPage:
    """The next so many memories.

    Args:
        tx: where.
        access: whose.
        wanted: which.
        limit: how many at most.
        after: the ``next`` of the page before. When the memory it names was erased since, those of its very
            millisecond may come again; none is left out.

    Raises:
        InvalidOption: ``after`` is no such thing.
    """
    owner_no = owners.find(tx, access)
    said_at, event_id = _place(after)
    rows = tx.rows(
        "event_listed",
        owner_no=owner_no,
        count=limit + 1,
        at=said_at,
        event_id=event_id,
        since=_ms(wanted.since),
        until=_ms(wanted.until),
        as_of=_ms(wanted.as_of),
        role=wanted.role,
        speaker=wanted.speaker,
        origin=wanted.origin,
        trust=wanted.trust,
        **owners.narrowing(access),
    )
    events = tuple(as_event(row) for row in rows[:limit])
    more = len(rows) > limit
    return MemoryPage(events, f"{to_ms(events[-1].said_at)}{SEPARATOR}{events[-1].id}" if more else None)


def _place(after: str | None) -> tuple[int | None, str | None]:
    if after is None:
        return None, None
    number, _, event_id = after.partition(SEPARATOR)
    try:
        said_at = int(number)
        from_ms(said_at)
    except (ValueError, OverflowError, OSError):
        event_id = ""
    if not event_id:
        raise InvalidOption(
            f"after={after[:80]!r} is no place in a list.", fix="pass the next of the page before as it came"
        )
    return said_at, event_id


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)
