"""What a policy needs to know of each memory: when it was said and used, what it told, how it is kept. No texts.

Must not know: policies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.storage.interface import Row, Transaction

PAGE: Final = 1_000
BEFORE_ALL: Final = -(1 << 62)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One memory without its text.

    Attributes:
        event_no, id, session_id: which one.
        said_ms: when it was said.
        seen_ms: when it was recorded, or said again.
        tier, archived, uses, used_ms: how it is kept.
        put_away: why it was archived.
        retention: what its own metadata says of how long it stays, whatever that is.
        told: the importance of what it told, by type of fact.
        superseded_ms: since when all of that is superseded; None where something stands, or nothing was told.
    """

    event_no: int
    id: str
    session_id: str | None
    said_ms: int
    seen_ms: int
    tier: str
    archived: bool
    uses: int
    used_ms: int | None
    retention: object
    put_away: str | None = None
    told: tuple[tuple[str, float], ...] = ()
    superseded_ms: int | None = None


def pages(tx: Transaction, access: Access) -> Iterator[list[Weighed]]:
    """Every memory of a scope, the oldest first, so many at a time."""
    owner_no, narrowing = owners.find(tx, access), owners.narrowing(access)
    said_at, event_no = BEFORE_ALL, 0
    while rows := tx.rows(
        "policy_page", owner_no=owner_no, said_at=said_at, event_no=event_no, count=PAGE, **narrowing
    ):
        yield _weighed(tx, owner_no, rows)
        said_at, event_no = rows[-1][3], rows[-1][0]


def of_events(tx: Transaction, access: Access, event_nos: Sequence[int]) -> list[Weighed]:
    """Some memories of an owner."""
    owner_no = owners.find(tx, access)
    rows = tx.rows("policy_memories", owner_no=owner_no, event_nos=list(event_nos))
    return _weighed(tx, owner_no, rows)


def _weighed(tx: Transaction, owner_no: int, rows: Sequence[Row]) -> list[Weighed]:
    told: defaultdict[int, list[Row]] = defaultdict(list)
    for row in tx.rows("policy_facts", owner_no=owner_no, event_nos=[row[0] for row in rows]):
        told[row[0]].append(row)
    return [
        Weighed(
            event_no=row[0],
            id=row[1],
            session_id=row[2],
            said_ms=row[3],
            seen_ms=row[4],
            tier=row[5],
            archived=bool(row[6]),
            uses=row[7],
            used_ms=row[8],
            retention=row[9],
            put_away=row[10],
            told=tuple((one[1], one[2]) for one in told[row[0]]),
            superseded_ms=_superseded(told[row[0]]),
        )
        for row in rows
    ]


def _superseded(told: Sequence[Row]) -> int | None:
    if not told or any(one[3] != one[4] for one in told):
        return None
    return max(int(one[5]) for one in told)
