"""The vectors of a scope's memories with what a map shows of them: kind, when, how often; no text.

This file must not know how a map is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fusion_memory.core.scope import Access
from fusion_memory.memory import owners, spaces
from fusion_memory.storage.interface import Transaction


@dataclass(frozen=True, slots=True)
class PointRows:
    """Memories with a vector, in the order in which their vectors came.

    Attributes:
        ids: of the memories.
        vectors: shape (n, dimension), float16, unit length.
        said_ms: when they were said.
        fact_types: the type of a fact that was read out of each; empty without one.
        kinds, roles: of the memories.
        times_seen: how often each was said.
    """

    ids: list[str]
    vectors: NDArray[np.float16]
    said_ms: NDArray[np.int64]
    fact_types: list[str]
    kinds: list[str]
    roles: list[str]
    times_seen: NDArray[np.int64]


def mark(tx: Transaction, access: Access) -> str:
    """What tells whether anything of an owner changed that a map shows."""
    space, owner_no = spaces.active(tx), owners.find(tx, access)
    counters = tx.one("vector_state", owner_no=owner_no) or (0, 0)
    latest = tx.one("point_marks", owner_no=owner_no) or (0, 0)
    return ".".join(map(str, (space[0] if space else 0, owner_no, *counters, *latest)))


def of_scope(tx: Transaction, access: Access) -> PointRows:
    """All of them; 20,000 take some tenths of a second."""
    space, owner_no = spaces.active(tx), owners.find(tx, access)
    dimension = space[1].dimension if space else 1
    found = (
        tx.rows("point_vectors", space_no=space[0], owner_no=owner_no, **owners.narrowing(access)) if space else []
    )
    types: dict[int, str] = dict(tx.rows("fact_types_of_owner", owner_no=owner_no)) if found else {}
    return PointRows(
        ids=[row[3] for row in found],
        vectors=np.frombuffer(b"".join(row[1] for row in found), "<f2").reshape(len(found), dimension),
        said_ms=np.array([row[4] for row in found], np.int64),
        fact_types=[types.get(row[2], "") for row in found],
        kinds=[row[5] for row in found],
        roles=[row[6] for row in found],
        times_seen=np.array([row[7] for row in found], np.int64),
    )
