"""Which of an owner's spans are hot, cold or archived, by ordinal; held in memory, following the owner's counters.

Why it exists: a search leaves archived memories out before anything is ranked, so that they never starve a result,
and an owner without any pays nothing. It must not know why a memory has its tier.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from fusion_memory.storage.bm25 import Mask
from fusion_memory.storage.interface import SpanFilter, Transaction

USUAL = "warm"
"""The tier of a memory that no row says anything of."""

OWNERS_HELD = 256

Ordinals = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Kept:
    """The ordinals of one owner's spans that are not simply warm, as one snapshot sees them."""

    counters: tuple[int, int]
    archived: Ordinals
    tiers: dict[str, Ordinals]


class KeptStore:
    """What is known of the owners searched last. Safe to share between threads of the program."""

    def __init__(self) -> None:
        self._held: OrderedDict[int, Kept] = OrderedDict()
        self._lock = Lock()

    def narrow(self, tx: Transaction, where: SpanFilter, mask: Mask) -> None:
        """Take out of a mask over ordinals what the filter's tiers and archive do not let through."""
        kept = self._of_owner(tx, where.owner_no)
        if where.hide_archived:
            mask[kept.archived[kept.archived < len(mask)]] = False
        if where.tiers:
            usual = np.ones(len(mask), dtype=np.bool_)
            wanted = np.zeros(len(mask), dtype=np.bool_)
            for tier, ordinals in kept.tiers.items():
                known = ordinals[ordinals < len(mask)]
                usual[known] = False
                wanted[known] = tier in where.tiers
            mask &= (usual | wanted) if USUAL in where.tiers else wanted

    def _of_owner(self, tx: Transaction, owner_no: int) -> Kept:
        state = tx.one("keeping_state", owner_no=owner_no)
        counters = (state[0], state[2]) if state else (0, 0)
        with self._lock:
            held = self._held.get(owner_no)
        if held is not None and held.counters == counters:
            return held
        fresh = _read(tx, owner_no, counters)
        if not getattr(tx, "sees_uncommitted", False):
            self._remember(owner_no, fresh)
        return fresh

    def _remember(self, owner_no: int, fresh: Kept) -> None:
        with self._lock:
            held = self._held.get(owner_no)
            if held is None or held.counters <= fresh.counters:
                self._held[owner_no] = fresh
            self._held.move_to_end(owner_no)
            while len(self._held) > OWNERS_HELD:
                self._held.popitem(last=False)


def _read(tx: Transaction, owner_no: int, counters: tuple[int, int]) -> Kept:
    rows = tx.rows("keeping_ordinals", owner_no=owner_no)
    tiers = {tier: _ordinals([row[0] for row in rows if row[1] == tier]) for tier in {row[1] for row in rows}}
    tiers.pop(USUAL, None)
    return Kept(counters, _ordinals([row[0] for row in rows if row[2]]), tiers)


def _ordinals(found: list[int]) -> Ordinals:
    return np.array(found, dtype=np.int64)
