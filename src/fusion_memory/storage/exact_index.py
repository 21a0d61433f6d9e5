"""Exact nearest neighbours by cosine over unit vectors in memory, for one owner and one space.

A small set is held as float16 rows and scanned as it is. A larger one is held as int8 codes only; the
best candidates are scored again on their rows, which the caller fetches. Scores returned are always
float32 dot products with the stored rows. Pure arithmetic: this file must not know where vectors are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numkong
import numpy as np
from numpy.typing import NDArray

ROW = np.dtype("<f2")
"""How a vector is stored: float16 halves the disk of float32, at .998 of its top 100 (ADR 3)."""

CODED_FROM = 16_384
"""From this many vectors on, int8 codes replace the rows: half the memory, twice the speed."""

_LEAST_ROOM = 64
_SPARSE = 8  # a filter that lets less than an eighth through: gather those rows instead of scanning all
_CODING_ROWS = 1_024  # as many rows as stay in the processor's cache while they are coded
_SAMPLED = 16  # one score in 16 is looked at to guess the bar for the best
_WIDEST_TABLE = 1 << 27  # bytes

Numbers = NDArray[np.int64]
Rows = NDArray[np.float16]
Codes = NDArray[np.int8]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]
Fetch = Callable[[Numbers], Rows]


@dataclass(frozen=True, slots=True)
class View:
    """The first vectors of an index, as one reader sees them: arrays of equal length that do not change.

    Either ``rows`` are there, or ``codes`` with the ``scales`` that stretch them.
    """

    numbers: Numbers
    spans: Numbers
    rows: Rows | None
    codes: Codes | None = None
    scales: Scores | None = None

    def __len__(self) -> int:
        return len(self.numbers)

    def nearest(self, query: Scores, allowed: Mask | None, limit: int, fetch: Fetch) -> tuple[Numbers, Scores]:
        """The spans nearest to a unit vector and their cosines, best first, equal ones by age.

        Args:
            query: float32, shape (dimension,).
            allowed: which positions may come back, shape (len(self),); None for all.
            limit: spans wanted.
            fetch: the stored rows of given numbers, in ascending order of number.
        """
        candidates = np.sort(self._candidates(query, allowed, limit + limit // 4 + 32))
        rows = fetch(self.numbers[candidates]) if self.rows is None else self.rows[candidates]
        scores = np.clip(_floats(rows) @ query, -1.0, 1.0)
        order = np.argsort(-scores, kind="stable")[:limit]
        return self.spans[candidates[order]], scores[order]

    def _candidates(self, query: Scores, allowed: Mask | None, count: int) -> Numbers:
        """Positions of the best by the quick scan: more than wanted, so that none of the wanted is lost.

        Measured on text embeddings, the best 100 stood among the first 124 by their codes, the best 400
        among the first 457.
        """
        if allowed is None:
            return _top(self._scan(query, slice(None)), count)
        chosen = np.flatnonzero(allowed)
        if len(chosen) * _SPARSE < len(self):
            return chosen[_top(self._scan(query, chosen), count)]
        return chosen[_top(self._scan(query, slice(None))[chosen], count)]

    def _scan(self, query: Scores, part: Numbers | slice) -> Scores:
        """Approximate dot products with part of the vectors, up to a factor that all share."""
        if self.rows is not None:
            return _products(query.astype(np.float16), self.rows[part], "float16")
        if self.codes is None or self.scales is None:
            raise ValueError("a view has rows or codes")
        peak = float(np.abs(query).max()) or 1.0
        code = np.rint(query * (127.0 / peak)).astype(np.int8)
        scores = _products(code, self.codes[part], "int8")
        scores *= self.scales[part]
        return scores


class ExactIndex:
    """An append-only set of vectors. Not thread-safe; a :class:`View` taken from it is.

    Args:
        dimension: components of a vector.
        expected: vectors that will be appended at once; room for them is made in one piece.
    """

    def __init__(self, dimension: int, expected: int = 0) -> None:
        self._dimension = dimension
        self._count = 0
        room = expected + expected // 8  # so that the first additions need not move everything
        self._numbers = np.empty(room, np.int64)
        self._spans = np.empty(room, np.int64)
        self._rows: Rows | None = None
        self._codes: Codes | None = None
        self._scales: Scores | None = None
        if expected >= CODED_FROM:
            self._codes = np.empty((room, dimension), np.int8)
            self._scales = np.empty(room, np.float32)
        else:
            self._rows = np.empty((room, dimension), ROW)

    def __len__(self) -> int:
        return self._count

    @property
    def size_bytes(self) -> int:
        """Memory held."""
        arrays = (self._numbers, self._spans, self._rows, self._codes, self._scales)
        return sum(array.nbytes for array in arrays if array is not None)

    def append(self, numbers: Numbers, spans: Numbers, rows: Rows) -> None:
        """Add vectors; their numbers are higher than all that are there."""
        start, end = self._count, self._count + len(numbers)
        self._make_room(end)
        self._numbers[start:end] = numbers
        self._spans[start:end] = spans
        if self._rows is not None:
            self._rows[start:end] = rows
        elif self._codes is not None and self._scales is not None:
            encode(rows, self._codes[start:end], self._scales[start:end])
        self._count = end
        if self._rows is not None and end >= CODED_FROM:
            self._codes = np.empty(self._rows.shape, np.int8)
            self._scales = np.empty(len(self._rows), np.float32)
            encode(self._rows[:end], self._codes[:end], self._scales[:end])
            self._rows = None

    def keep(self, live: Numbers) -> ExactIndex:
        """The same set without the vectors whose numbers are not in ``live``."""
        kept = np.isin(self._numbers[: self._count], live, assume_unique=True)
        smaller = ExactIndex(self._dimension)
        view = self.view(None)
        smaller._count = int(np.count_nonzero(kept))
        smaller._numbers, smaller._spans = view.numbers[kept], view.spans[kept]
        smaller._rows = None if view.rows is None else view.rows[kept]
        smaller._codes = None if view.codes is None else view.codes[kept]
        smaller._scales = None if view.scales is None else view.scales[kept]
        return smaller

    def view(self, highest: int | None) -> View:
        """What a reader sees to whom numbers above ``highest`` do not exist yet; None for all."""
        end = self._count
        if highest is not None:
            end = int(np.searchsorted(self._numbers[:end], highest, side="right"))
        return View(
            self._numbers[:end],
            self._spans[:end],
            None if self._rows is None else self._rows[:end],
            None if self._codes is None else self._codes[:end],
            None if self._scales is None else self._scales[:end],
        )

    def _make_room(self, needed: int) -> None:
        if needed <= len(self._numbers):
            return
        # Readers hold views of the old arrays, so growth makes new ones.
        room = max(needed, self._count + self._count // 4, _LEAST_ROOM)
        self._numbers = _grown(self._numbers, self._count, room)
        self._spans = _grown(self._spans, self._count, room)
        self._rows = None if self._rows is None else _grown(self._rows, self._count, room)
        self._codes = None if self._codes is None else _grown(self._codes, self._count, room)
        self._scales = None if self._scales is None else _grown(self._scales, self._count, room)


def encode(rows: Rows, codes: Codes, scales: Scores) -> None:
    """Write rows as int8: each is stretched to its own largest component, which ``scales`` undoes."""
    for start in range(0, len(rows), _CODING_ROWS):
        part = _floats(rows[start : start + _CODING_ROWS])
        peaks = np.maximum(part.max(axis=1), -part.min(axis=1))
        peaks[peaks == 0.0] = 1.0
        part *= (127.0 / peaks)[:, None]
        np.rint(part, out=part)
        codes[start : start + _CODING_ROWS] = part
        scales[start : start + _CODING_ROWS] = peaks


def membership(values: Numbers, wanted: Numbers) -> Mask:
    """Which of ``values`` are in ``wanted``: by a table, because numbers lie close together."""
    if not len(values) or not len(wanted):
        return np.zeros(len(values), dtype=np.bool_)
    low, high = int(values.min()), int(values.max())
    if high - low >= _WIDEST_TABLE:
        return np.isin(values, wanted)
    table = np.zeros(high - low + 1, dtype=np.bool_)
    table[wanted[(wanted >= low) & (wanted <= high)] - low] = True
    return table[values - low]


def _products(query: NDArray[Any], rows: NDArray[Any], kind: Literal["float16", "int8"]) -> Scores:
    """The dot product of a query with every row, in one pass of SIMD instructions."""
    if not len(rows):
        return np.empty(0, np.float32)
    found = numkong.cdist(query.reshape(1, -1), rows, "dot", dtype=kind)
    return np.asarray(found).ravel().astype(np.float32)


def _floats(rows: Rows) -> Scores:
    """Rows as float32; numpy does the same 20 times as slowly."""
    return np.asarray(numkong.astype(rows, "float32"))


def _top(scores: Scores, count: int) -> Numbers:
    """The positions of the highest scores, in no order.

    The bar that about twice as many pass is taken from a sample, so that only those are partitioned.
    """
    if count >= len(scores):
        return np.arange(len(scores))
    found = np.arange(0)
    if count * _SAMPLED * 2 < len(scores):
        sample = scores[::_SAMPLED]
        place = len(sample) - 2 * (count // _SAMPLED + 1)
        found = np.flatnonzero(scores >= np.partition(sample, place)[place])
    if len(found) < count:
        return np.argpartition(scores, len(scores) - count)[len(scores) - count :]
    return found[np.argpartition(scores[found], len(found) - count)[len(found) - count :]]


def _grown(array: NDArray[Any], count: int, room: int) -> NDArray[Any]:
    larger = np.empty((room, *array.shape[1:]), array.dtype)
    larger[:count] = array[:count]
    return larger
