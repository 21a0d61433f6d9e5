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
from threading import Lock

import numpy as np

from fusion_memory.storage.exact_index import ROW, ExactIndex, Mask, Numbers, Rows, Scores, View
from fusion_memory.storage.interface import SpanFilter, Transaction, Value
from fusion_memory.storage.sqlite import filters

_PAGE_ROWS = 8_192
_FIRST_CANDIDATES = 256

Hits = list[tuple[int, float]]


@dataclass(slots=True)
class _Slot:
    """The index of one owner in one space, and the counters it stands at."""

    lock: Lock = field(default_factory=Lock)
    index: ExactIndex | None = None
    vectors: int = 0
    erasures: int = 0


@dataclass(frozen=True, slots=True)
class _State:
    """Whose vectors, and the owner's counters in the reader's snapshot."""

    space_no: int
    owner_no: int
    vectors: int
    erasures: int


class SqliteVectorIndex:
    """Nearest neighbours within one owner and one space.

    Args:
        memory_bytes: what all in-memory indexes together may hold; the least recently used go first,
            and an owner larger than this is scanned in the database.
    """

    def __init__(self, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._slots: OrderedDict[tuple[int, int], _Slot] = OrderedDict()
        self._lock = Lock()

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
        state = _State(space_no, where.owner_no, counters[0], counters[1])
        target = np.ascontiguousarray(query, dtype=np.float32)
        spans = _allowed_spans(tx, where)
        hits: Hits = []
        for view in self._views(tx, state, len(target)):
            hits += _search(tx, view, target, where, spans, limit)
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:limit]

    def _views(self, tx: Transaction, state: _State, dimension: int) -> Iterator[View]:
        """Everything the reader's snapshot holds of an owner, in one view or several."""
        slot = self._slot(state)
        with slot.lock:
            view = self._follow(tx, slot, state, dimension)
            seen = slot.vectors
        if view is None:
            yield from _pages(tx, state, 0, state.vectors, dimension)
            return
        self._bound(state)
        yield view
        if seen < state.vectors:
            yield from _pages(tx, state, seen, state.vectors, dimension)

    def _follow(self, tx: Transaction, slot: _Slot, state: _State, dimension: int) -> View | None:
        """Bring the index to the snapshot, if it may learn from it; None when it cannot show it."""
        uncommitted = getattr(tx, "sees_uncommitted", False)
        if slot.index is None:
            if uncommitted or self._too_large(tx, state, dimension):
                return None
            slot.index, slot.vectors, slot.erasures = ExactIndex(dimension), 0, state.erasures
        if state.erasures != slot.erasures:
            if uncommitted or state.erasures < slot.erasures:
                return None
            slot.index = slot.index.keep(_numbers(tx, state, slot.vectors))
            slot.erasures = state.erasures
        if state.vectors > slot.vectors and not uncommitted:
            for page in _pages(tx, state, slot.vectors, state.vectors, dimension):
                slot.index.append(page.numbers, page.spans, page.rows)
            slot.vectors = state.vectors
        return slot.index.view(state.vectors)

    def _slot(self, state: _State) -> _Slot:
        key = (state.space_no, state.owner_no)
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            return slot

    def _too_large(self, tx: Transaction, state: _State, dimension: int) -> bool:
        row = tx.one("vector_total", **_range(state, 0, state.vectors))
        return row is not None and row[0] * dimension * ROW.itemsize > self._memory_bytes

    def _bound(self, state: _State) -> None:
        """Forget the least recently searched indexes until the rest fit."""
        with self._lock:
            held = sum(slot.index.size_bytes for slot in self._slots.values() if slot.index)
            for key in list(self._slots):
                if held <= self._memory_bytes:
                    return
                if key != (state.space_no, state.owner_no):
                    gone = self._slots.pop(key)
                    held -= gone.index.size_bytes if gone.index else 0


def _search(
    tx: Transaction, view: View, target: Scores, where: SpanFilter, spans: Numbers | None, limit: int
) -> Hits:
    """The nearest of one view that pass the filter; metadata is tested on growing groups, best first."""
    mask: Mask | None = None if spans is None else np.isin(view.spans, spans)
    if not where.metadata:
        return _hits(view, *view.nearest(target, mask, limit))
    wanted = max(limit, _FIRST_CANDIDATES)
    while True:
        hits = _hits(view, *view.nearest(target, mask, wanted))
        fitting = filters.with_metadata(tx, where, [span_no for span_no, _ in hits])
        if len(fitting) >= limit or len(hits) < wanted:
            return [hit for hit in hits if hit[0] in fitting][:limit]
        wanted *= 4


def _hits(view: View, positions: Numbers, scores: Scores) -> Hits:
    return list(zip(view.spans[positions].tolist(), scores.tolist(), strict=True))


def _allowed_spans(tx: Transaction, where: SpanFilter) -> Numbers | None:
    """The numbers of the spans a filter lets through, or None for all of the owner's."""
    if not filters.narrows(where):
        return None
    row = tx.one("keyword_owner", owner_no=where.owner_no)
    columns = filters.read_columns(tx, where.owner_no)
    return columns["span_no"][filters.allowed(tx, where, row[2] if row else 0)]


def _pages(tx: Transaction, state: _State, after: int, last: int, dimension: int) -> Iterator[View]:
    """Vectors numbered in ``(after, last]``, straight from the database."""
    while after < last:
        rows = tx.rows("vector_page", **_range(state, after, last), count=_PAGE_ROWS)
        if not rows:
            return
        numbers, spans, blobs = zip(*rows, strict=True)
        matrix = np.frombuffer(b"".join(blobs), ROW).reshape(len(rows), dimension)
        yield View(np.array(numbers, np.int64), np.array(spans, np.int64), matrix, None, None)
        after = numbers[-1]


def _numbers(tx: Transaction, state: _State, last: int) -> Numbers:
    rows = tx.rows("vector_numbers", space_no=state.space_no, owner_no=state.owner_no, last=last)
    return np.array([row[0] for row in rows], np.int64)


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


def _range(state: _State, after: int, last: int) -> dict[str, int]:
    return {"space_no": state.space_no, "owner_no": state.owner_no, "after": after, "last": last}
