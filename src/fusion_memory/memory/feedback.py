"""What people say of memories that a search brought: of use or not, with the numbers it ranked by. No texts.

It goes with the memory it is about.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.scope import Access
from fusion_memory.core.utility import Feedback
from fusion_memory.memory import events, owners
from fusion_memory.storage.interface import Transaction

NEVER = datetime.min.replace(tzinfo=UTC)


def save(tx: Transaction, access: Access, said: Feedback) -> bool:
    """Keep what was said of a memory of the scope, in the place of what was said before; False without one."""
    found = events.numbers(tx, access, [said.memory_id])
    for event_no in found:
        tx.run(
            "feedback_save",
            owner_no=owners.find(tx, access),
            event_no=event_no,
            trace_id=said.trace_id or "",
            useful=int(said.useful),
            at=to_ms(said.at),
            features=json.dumps(said.features),
        )
    return bool(found)


def adopt(tx: Transaction, access: Access, said: Sequence[Feedback]) -> int:
    """Take in what was said elsewhere, except where something as late was said here; how much was new."""
    here = {(one.memory_id, one.trace_id): one.at for one in of_scope(tx, access)} if said else {}
    fresh = [one for one in said if one.at > here.get((one.memory_id, one.trace_id), NEVER)]
    return sum(save(tx, access, one) for one in fresh)


def of_scope(tx: Transaction, access: Access, limit: int | None = None) -> tuple[Feedback, ...]:
    """What was said of the memories of a scope, the latest first; at most ``limit``."""
    rows = tx.rows("feedback_of_owner", owner_no=owners.find(tx, access))
    visible = set(events.numbers(tx, access, [row[1] for row in rows]).values()) if rows else set()
    kept = [row for row in rows if row[1] in visible][:limit]
    return tuple(
        Feedback(row[1], bool(row[3]), from_ms(row[4]), row[2] or None, tuple(json.loads(row[5]))) for row in kept
    )
