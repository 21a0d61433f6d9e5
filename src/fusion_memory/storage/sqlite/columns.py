"""What is known of every span by its ordinal: number, times, thread, length; kept in memory per owner.

The columns stand in the database in blocks. In memory they follow the owner's counters: ``ordinals``
grows when spans come, ``erasures`` when spans go, in whatever process. A reader sees the columns of
its own snapshot. This file must not know how anything ranks.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from fusion_memory.storage.interface import Transaction, Value
from fusion_memory.storage.sqlite.kept import KeptStore

STORED = np.dtype(
    [("span_no", "<i8"), ("said_at", "<i8"), ("recorded_at", "<i8"), ("thread", "<i8"), ("length", "<u4")]
)
"""One ordinal as the database holds it; all zeroes where a span was erased.

``thread`` is the code of the thread, or :data:`NOT_TOLD`; ``length`` the number of terms.
"""

NOT_TOLD = 0
"""Stands for the thread of what does not count as a thread's text."""

BLOCK_ROWS = 108
"""3,888 bytes: a block fits one page of 4 KiB."""

MEMORY_BYTES = 64 << 20
"""What the columns of all owners together may hold in memory: two million spans."""

_BLOCK_BYTES = BLOCK_ROWS * STORED.itemsize


@dataclass(frozen=True, slots=True)
class Columns:
    """One owner's spans as one snapshot sees them; arrays are indexed by ordinal and never change.

    Attributes:
        spans, terms: how many spans have terms, and how many terms they have.
        span_nos: 0 where a span was erased.
        threads: the thread of each span as an index into ``codes``.
        codes: the code of each thread, as :func:`code_of` gives it.
    """

    spans: int
    terms: int
    span_nos: NDArray[np.int64]
    said_at: NDArray[np.int64]
    recorded_at: NDArray[np.int64]
    lengths: NDArray[np.int64]
    threads: NDArray[np.int64]
    codes: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.span_nos)


@dataclass(slots=True)
class _Held:
    """The columns of one owner in memory, the counter they stand at, and the index of each thread's code."""

    lock: Lock = field(default_factory=Lock)
    columns: Columns | None = None
    erasures: int = 0
    places: dict[int, int] = field(default_factory=dict)


class ColumnStore:
    """The columns of the owners used last. Safe to share between threads of the program."""

    def __init__(self, memory_bytes: int = MEMORY_BYTES) -> None:
        self.kept = KeptStore()
        self._memory_bytes = memory_bytes
        self._owners: OrderedDict[int, _Held] = OrderedDict()
        self._lock = Lock()

    def of_owner(self, tx: Transaction, owner_no: int) -> Columns | None:
        """An owner's columns as this transaction sees them; None when nothing was ever indexed."""
        owner = tx.one("keyword_owner", owner_no=owner_no)
        if owner is None or not owner[2]:
            return None
        spans, terms, ordinals, erasures = owner
        held = self._held(owner_no)
        with held.lock:
            known = held.columns
            newer = known is None or erasures > held.erasures or ordinals > len(known)
            if known is not None and (erasures != held.erasures or ordinals < len(known)):
                known = None
            if known is not None and ordinals == len(known):
                return known
            places = dict(held.places) if known is not None else {}
            columns = _extended(known, _stored(tx, owner_no, len(known) if known else 0), places, (spans, terms))
            if newer and not getattr(tx, "sees_uncommitted", False):
                held.columns, held.erasures, held.places = columns, erasures, places
        self._forget()
        return columns

    def _held(self, owner_no: int) -> _Held:
        with self._lock:
            held = self._owners.setdefault(owner_no, _Held())
            self._owners.move_to_end(owner_no)
            return held

    def _forget(self) -> None:
        """Forget the owners used least recently until the rest fit."""
        with self._lock:
            size = sum(len(held.columns) for held in self._owners.values() if held.columns) * STORED.itemsize
            while size > self._memory_bytes and len(self._owners) > 1:
                _, gone = self._owners.popitem(last=False)
                size -= len(gone.columns) * STORED.itemsize if gone.columns else 0


def code_of(thread: str) -> int:
    """A thread as a number of 62 bits that is not :data:`NOT_TOLD`, so that it stands in a column."""
    return 1 + int.from_bytes(blake2b(thread.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 2


def append_columns(tx: Transaction, owner_no: int, start: int, fresh: NDArray[np.void]) -> None:
    """Write the columns of new ordinals, which begin at ``start``; ``fresh`` has the type :data:`STORED`."""
    first = start - start % BLOCK_ROWS
    block = tx.one("columns_from", owner_no=owner_no, first=first)
    blob = (block[2] if block else b"") + fresh.tobytes()
    if block:
        tx.run("columns_update", block_no=block[0], entries=blob[:_BLOCK_BYTES])
        first, blob = first + BLOCK_ROWS, blob[_BLOCK_BYTES:]
    inserts: list[dict[str, Value]] = [
        {"owner_no": owner_no, "first": first + at // STORED.itemsize, "entries": blob[at : at + _BLOCK_BYTES]}
        for at in range(0, len(blob), _BLOCK_BYTES)
    ]
    tx.run_many("columns_insert", inserts)


def blank_columns(tx: Transaction, owner_no: int, ordinals: Sequence[int]) -> None:
    """Empty the columns of erased spans."""
    firsts = sorted({ordinal - ordinal % BLOCK_ROWS for ordinal in ordinals})
    gone = np.asarray(ordinals, dtype=np.int64)
    for block_no, first, blob in tx.rows("columns_at", owner_no=owner_no, firsts=firsts):
        entries = np.frombuffer(blob, STORED).copy()
        entries[gone[(gone >= first) & (gone < first + BLOCK_ROWS)] - first] = np.zeros((), STORED)
        tx.run("columns_update", block_no=block_no, entries=entries.tobytes())


def _stored(tx: Transaction, owner_no: int, start: int) -> NDArray[np.void]:
    """The stored columns of all ordinals from ``start`` on."""
    rows = tx.rows("columns_from", owner_no=owner_no, first=start - start % BLOCK_ROWS)
    return np.frombuffer(b"".join([row[2] for row in rows]), STORED)[start % BLOCK_ROWS :]


def _extended(
    known: Columns | None, fresh: NDArray[np.void], places: dict[int, int], counts: tuple[int, int]
) -> Columns:
    """The known columns with fresh ones behind them; ``places`` learns the threads that are new."""
    threads = [places.setdefault(code, len(places)) for code in fresh["thread"].tolist()]
    added = Columns(
        *counts,
        span_nos=fresh["span_no"],
        said_at=fresh["said_at"],
        recorded_at=fresh["recorded_at"],
        lengths=fresh["length"],
        threads=np.array(threads, np.int64),
        codes=np.array(list(islice(places, len(known.codes) if known else 0, None)), np.int64),
    )
    parts = [part for part in (known, added) if part is not None]

    def joined(name: str) -> NDArray[np.int64]:
        return np.concatenate([getattr(part, name) for part in parts], dtype=np.int64)

    return Columns(
        *counts,
        span_nos=joined("span_nos"),
        said_at=joined("said_at"),
        recorded_at=joined("recorded_at"),
        lengths=joined("lengths"),
        threads=joined("threads"),
        codes=joined("codes"),
    )
