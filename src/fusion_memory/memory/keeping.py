"""How near at hand each memory is kept: its tier, whether it is archived, how often searches brought it.

Uses are noted with the recall traces, a group of searches at a time: no read writes. Must not know: what decides a
tier, or why something is put away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from fusion_memory.core.clock import to_ms
from fusion_memory.core.records import Trace
from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.storage.interface import Transaction

COUNTED_HITS: Final = 10
"""Hits of a search that count as used: a pack's search brings forty, most of them to choose from."""


def archives(tx: Transaction, owner_no: int) -> bool:
    """Whether anything of an owner is archived."""
    row = tx.one("keeping_state", owner_no=owner_no)
    return bool(row and row[1])


def note_uses(tx: Transaction, access: Access, searches: Sequence[Trace]) -> None:
    """Count what searches of one owner brought, from their traces; what was erased meanwhile is passed over."""
    uses: Counter[str] = Counter()
    latest: dict[str, datetime] = {}
    for search in searches:
        for hit in search.payload.get("hits", ())[:COUNTED_HITS]:
            uses[hit["id"]] += 1
            latest[hit["id"]] = max(search.created_at, latest.get(hit["id"], search.created_at))
    owner_no = owners.find(tx, access)
    tx.run_many(
        "keeping_used",
        [
            {"event_id": event_id, "owner_no": owner_no, "uses": count, "at": to_ms(latest[event_id])}
            for event_id, count in uses.items()
        ],
    )


def set_tier(tx: Transaction, owner_no: int, event_nos: Iterable[int], tier: str) -> None:
    """Give memories a tier."""
    tx.run_many("keeping_tier", [{"owner_no": owner_no, "event_no": no, "tier": tier} for no in event_nos])


def archive(tx: Transaction, owner_no: int, event_nos: Iterable[int], reason: str, at: datetime) -> None:
    """Leave memories out of searches that do not ask for them; nothing of them is lost."""
    ms = to_ms(at)
    tx.run_many(
        "keeping_archive",
        [{"owner_no": owner_no, "event_no": no, "reason": reason, "at": ms} for no in event_nos],
    )


def restore(tx: Transaction, owner_no: int, event_nos: Iterable[int]) -> None:
    """Take memories out of the archive."""
    tx.run_many("keeping_restore", [{"owner_no": owner_no, "event_no": no} for no in event_nos])
