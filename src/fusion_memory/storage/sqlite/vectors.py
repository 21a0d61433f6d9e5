"""Vectors in the database and the in-memory indexes over them, always in step with the reader's snapshot.

An index is loaded when an owner is first searched and follows the owner's counters: ``vectors`` grows
when vectors come, ``erasures`` when vectors go, in whatever process. A reader sees exactly the vectors
of its snapshot: newer ones are cut off, and a snapshot the index cannot show is scanned in the
database. This file must not know any model.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from threading import Lock

import numpy as np

from fusion_memory.storage.exact_index import (
    CODED_FROM,
    ROW,
    ExactIndex,
    Mask,
    Numbers,
    Rows,
    Scores,
    View,
    membership,
)
from fusion_memory.storage.interface import SpanFilter, Transaction, Value
from fusion_memory.storage.sqlite import filters
from fusion_memory.storage.sqlite.columns import ColumnStore

_PAGE_ROWS = 4_096
_FIRST_CANDIDATES = 256
_KEYS_BYTES = 20  # beside its vector, an index holds two numbers and a scale per row

Hits = list[tuple[int, float]]


@dataclass(slots=True)
class _Slot:
    """The index of one owner in one space, and the counters it stands at."""

    lock: Lock = field(default_factory=Lock)
    index: ExactIndex | None = None
    vectors: int = 0
    erasures: int = 0


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """One owner's vectors in one space as a transaction sees them: the transaction and the owner's counters."""

    tx: Transaction
    space_no: int
    owner_no: int
    vectors: int
    erasures: int
    dimension: int

    def pages(self, after: int = 0) -> Iterator[View]:
        """The vectors numbered above ``after``, straight from the database."""
        while after < self.vectors:
            rows = self.tx.rows("vector_page", **self._place(), after=after, last=self.vectors, count=_PAGE_ROWS)
            if not rows:
                return
            numbers, spans, blobs = zip(*rows, strict=True)
            yield View(np.array(numbers, np.int64), np.array(spans, np.int64), self._matrix(blobs))
            after = numbers[-1]

    def count(self) -> int:
        """How many there are."""
        row = self.tx.one("vector_total", **self._place(), last=self.vectors)
        return int(row[0]) if row else 0

    def numbers(self, last: int) -> Numbers:
        """The numbers in use up to ``last``."""
        rows = self.tx.rows("vector_numbers", **self._place(), last=last)
        return np.array([row[0] for row in rows], np.int64)

    def fetch(self, numbers: Numbers) -> Rows:
        """The stored rows of given numbers, in ascending order."""
        rows = self.tx.rows("vector_rows", **self._place(), numbers=numbers.tolist())
        return self._matrix([blob for _, blob in sorted(rows)])

    def _matrix(self, blobs: Sequence[bytes]) -> Rows:
        return np.frombuffer(b"".join(blobs), ROW).reshape(len(blobs), self.dimension)

    def _place(self) -> dict[str, int]:
        return {"space_no": self.space_no, "owner_no": self.owner_no}


class SqliteVectorIndex:
    """Nearest neighbours within one owner and one space.

    Args:
        columns: the spans' columns, shared with the keyword index of the same database.
        memory_bytes: what all in-memory indexes together may hold; the least recently used go first,
            and an owner larger than this is scanned in the database.
    """

    def __init__(self, columns: ColumnStore, memory_bytes: int) -> None:
        self._columns = columns
        self._memory_bytes = memory_bytes
        self._slots: OrderedDict[tuple[int, int], _Slot] = OrderedDict()
        self._lock = Lock()

    @property
    def held_bytes(self) -> int:
        """Memory held by all indexes."""
        with self._lock:
            return sum(slot.index.size_bytes for slot in self._slots.values() if slot.index)

    def put(self, tx: Transaction, space_no: int, span_nos: Sequence[int], vectors: Scores) -> None:
        """Store unit vectors, shape (n, dimension) float32, of stored spans; a span's older one goes."""
        rows = np.ascontiguousarray(vectors, dtype=ROW)
        owner_of = {row[1]: row[0] for row in tx.rows("vector_owners", span_nos=list(span_nos))}
        by_owner: defaultdict[int, dict[int, int]] = defaultdict(dict)
        for position, span_no in enumerate(span_nos):
            if span_no in owner_of:  # a span erased since it was embedded needs no vector
                by_owner[owner_of[span_no]][span_no] = position
        for owner_no, positions in by_owner.items():
            _put(tx, space_no, owner_no, positions, rows)

    def search(self, tx: Transaction, space_no: int, query: Scores, where: SpanFilter, limit: int) -> Hits:
        """The nearest spans to a unit vector of shape (dimension,): ``(span_no, cosine)``, best first."""
        counters = tx.one("vector_state", owner_no=where.owner_no)
        if counters is None or not counters[0] or limit < 1:
            return []
        target = np.ascontiguousarray(query, dtype=np.float32)
        seen = _Snapshot(tx, space_no, where.owner_no, counters[0], counters[1], len(target))
        spans = self._allowed_spans(tx, where)
        parts = [_nearest(seen, view, target, where, spans, limit) for view in self._views(seen)]
        return parts[0] if len(parts) == 1 else sorted(chain(*parts), key=lambda hit: -hit[1])[:limit]

    def _allowed_spans(self, tx: Transaction, where: SpanFilter) -> Numbers | None:
        """The numbers of the spans a filter lets through, or None for all of the owner's."""
        columns = self._columns.of_owner(tx, where.owner_no) if filters.narrows(where) else None
        mask = filters.allowed(tx, where, columns, self._columns.kept) if columns else None
        return None if columns is None else columns.span_nos[mask]

    def _views(self, seen: _Snapshot) -> Iterator[View]:
        """Everything the snapshot holds of an owner, in one view or several."""
        slot = self._slot(seen)
        with slot.lock:
            view, reached = self._follow(slot, seen), slot.vectors
        if view is None:
            yield from seen.pages()
            return
        self._forget()
        yield view
        yield from seen.pages(after=reached)

    def _follow(self, slot: _Slot, seen: _Snapshot) -> View | None:
        """Bring the index to the snapshot, if it may learn from it; None when it cannot show it."""
        uncommitted = getattr(seen.tx, "sees_uncommitted", False)
        if slot.index is None:
            if uncommitted:
                return None
            expected = seen.count()
            if not self._fits(expected, seen.dimension):
                return None
            slot.index, slot.vectors = ExactIndex(seen.dimension, expected), 0
            slot.erasures = seen.erasures
        elif seen.erasures != slot.erasures:
            if uncommitted or seen.erasures < slot.erasures:
                return None
            slot.index = slot.index.keep(seen.numbers(slot.vectors))
            slot.erasures = seen.erasures
        if seen.vectors > slot.vectors and not uncommitted:
            for page in seen.pages(after=slot.vectors):
                if page.rows is not None:
                    slot.index.append(page.numbers, page.spans, page.rows)
            slot.vectors = seen.vectors
        return slot.index.view(seen.vectors)

    def _slot(self, seen: _Snapshot) -> _Slot:
        key = (seen.space_no, seen.owner_no)
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            return slot

    def _fits(self, count: int, dimension: int) -> bool:
        width = 1 if count >= CODED_FROM else ROW.itemsize
        return count * (dimension * width + _KEYS_BYTES) <= self._memory_bytes

    def _forget(self) -> None:
        """Forget the least recently searched indexes until the rest fit."""
        with self._lock:
            held = sum(slot.index.size_bytes for slot in self._slots.values() if slot.index)
            for key in list(self._slots):
                if held <= self._memory_bytes:
                    return
                gone = self._slots.pop(key)
                held -= gone.index.size_bytes if gone.index else 0


def _nearest(
    seen: _Snapshot, view: View, target: Scores, where: SpanFilter, spans: Numbers | None, limit: int
) -> Hits:
    """The nearest of one view that pass the filter; what it picks is tested on growing groups, best first."""
    mask: Mask | None = None if spans is None else membership(view.spans, spans)
    if not where.picks:
        return _pairs(*view.nearest(target, mask, limit, seen.fetch))
    wanted = max(limit, _FIRST_CANDIDATES)
    while True:
        hits = _pairs(*view.nearest(target, mask, wanted, seen.fetch))
        fitting = filters.picked(seen.tx, where, [span_no for span_no, _ in hits])
        if len(fitting) >= limit or len(hits) < wanted:
            return [hit for hit in hits if hit[0] in fitting][:limit]
        wanted *= 4


def _pairs(spans: Numbers, scores: Scores) -> Hits:
    return list(zip(spans.tolist(), scores.tolist(), strict=True))


def _put(tx: Transaction, space_no: int, owner_no: int, positions: dict[int, int], rows: Rows) -> None:
    tx.run("vector_drop", space_no=space_no, owner_no=owner_no, span_nos=list(positions))
    counters = tx.one("vector_state", owner_no=owner_no)
    start = counters[0] if counters else 0
    stored: list[dict[str, Value]] = [
        {
            "space_no": space_no,
            "owner_no": owner_no,
            "vector_no": start + step,
            "span_no": span_no,
            "vector": rows[position].tobytes(),
        }
        for step, (span_no, position) in enumerate(positions.items(), 1)
    ]
    tx.run_many("vector_put", stored)
    tx.run("vector_count", owner_no=owner_no, added=len(stored))
