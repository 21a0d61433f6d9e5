"""Threads as texts: which span belongs to which conversation, and how conversations rank by BM25.

The map from ordinals to threads only ever grows, so it is read once per owner and then block by block;
an erasure makes it be read again. This file must not know what a thread is called.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from fusion_memory.storage.bm25 import K1, B, Entries, Mask, best
from fusion_memory.storage.interface import Transaction
from fusion_memory.storage.sqlite import filters

OWNERS_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class ThreadMap:
    """One owner's threads.

    Attributes:
        spans: spans with terms that the map covers; tells whether an erasure happened since.
        codes: the code of each thread, shape (threads,).
        places: the thread of each ordinal as an index into ``codes``, shape (ordinals,).
        sizes: spans with terms in each thread; lengths: terms in each thread.
    """

    spans: int
    codes: NDArray[np.int64]
    places: NDArray[np.int32]
    sizes: NDArray[np.int64]
    lengths: NDArray[np.float64]

    def rank(self, lists: Sequence[Entries], allowed: Mask | None, limit: int) -> list[tuple[int, float]]:
        """The best threads by BM25 over all their spans taken together: ``(code, score)``."""
        eligible = self.sizes > 0
        threads = int(eligible.sum())
        if not threads:
            return []
        norm = K1 * (1.0 - B + B * self.lengths / max(self.lengths[eligible].mean(), 1.0))
        scores = np.zeros(len(self.codes))
        for entries in lists:
            seen = entries if allowed is None else entries[allowed[entries["ordinal"]]]
            counts = np.bincount(self.places[seen["ordinal"]], seen["count"], len(self.codes))
            counts[~eligible] = 0.0
            frequency = int(np.count_nonzero(counts))
            rarity = np.log1p((threads - frequency + 0.5) / (frequency + 0.5))
            scores += rarity * counts * (K1 + 1.0) / (counts + norm)
        places, values = best(scores, limit)
        return list(zip(self.codes[places].tolist(), values.tolist(), strict=True))


class ThreadMaps:
    """The thread maps of the owners searched last. Safe to share between threads of the program."""

    def __init__(self) -> None:
        self._maps: OrderedDict[int, ThreadMap] = OrderedDict()
        self._lock = Lock()

    def of_owner(self, tx: Transaction, owner_no: int, *, ordinals: int, spans: int) -> ThreadMap:
        """The map of an owner as this transaction sees it."""
        with self._lock:
            held = self._maps.get(owner_no)
        if held is None or len(held.places) != ordinals or held.spans != spans:
            held = _read(tx, owner_no, spans)
        with self._lock:
            self._maps[owner_no] = held
            self._maps.move_to_end(owner_no)
            while len(self._maps) > OWNERS_REMEMBERED:
                self._maps.popitem(last=False)
        return held


def _read(tx: Transaction, owner_no: int, spans: int) -> ThreadMap:
    columns = filters.read_columns(tx, owner_no)
    codes, places = np.unique(columns["thread"], return_inverse=True)
    lengths = columns["length"].astype(np.float64)
    return ThreadMap(
        spans=spans,
        codes=codes.astype(np.int64),
        places=places.astype(np.int32),
        sizes=np.bincount(places[lengths > 0], minlength=len(codes)),
        lengths=np.bincount(places, lengths, len(codes)).astype(np.float64),
    )
