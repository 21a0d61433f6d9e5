"""Exact nearest neighbours by cosine over unit vectors in memory, for one owner and one space.

Vectors are held as float16 rows. A small set is scanned as it is; a larger one is scanned as int8
codes, and the best candidates are scored again on the rows. Scores returned are always float32 dot
products with the stored rows. Pure arithmetic: this file must not know where vectors are kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numkong
import numpy as np
from numpy.typing import NDArray

ROW = np.dtype("<f2")
"""How a vector is stored: float16 halves the disk and the memory of float32 at equal recall (ADR 3)."""

CODED_FROM = 16_384
"""From this many vectors on, int8 codes are scanned first; below it the codes do not pay."""

_LEAST_ROOM = 64
_SPARSE = 4  # a filter that lets less than a quarter through: gather those rows instead of scanning all
_CODING_ROWS = 1_024  # as many rows as stay in the processor's cache while they are coded

Positions = NDArray[np.int64]
Numbers = NDArray[np.int64]
Rows = NDArray[np.float16]
Codes = NDArray[np.int8]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class View:
    """The first vectors of an index, as one reader sees them: arrays of equal length that do not change."""

    numbers: Numbers
    spans: Numbers
    rows: Rows
    codes: Codes | None
    scales: Scores | None

    def __len__(self) -> int:
        return len(self.numbers)

    def nearest(self, query: Scores, allowed: Mask | None, limit: int) -> tuple[Positions, Scores]:
        """The positions nearest to a unit vector and their cosines, best first, equal ones by position.

        Args:
            query: float32, shape (dimension,).
            allowed: which positions may come back, shape (len(self),); None for all.
            limit: positions wanted.
        """
        if allowed is not None:
            chosen = np.flatnonzero(allowed)
            if len(chosen) * _SPARSE < len(self):
                return self._among(query, chosen, limit)
        candidates = self._scan(query, allowed, limit)
        return self._rescored(query, candidates, limit)

    def _among(self, query: Scores, chosen: Positions, limit: int) -> tuple[Positions, Scores]:
        scores = scan(query, self.rows[chosen])
        return self._rescored(query, chosen[top(scores, _widened(limit))], limit)

    def _scan(self, query: Scores, allowed: Mask | None, limit: int) -> Positions:
        if self.codes is None or self.scales is None:
            scores = scan(query, self.rows)
        else:
            scores = _scan_codes(query, self.codes, self.scales)
        if allowed is not None:
            scores[~allowed] = -np.inf
        found = top(scores, _widened(limit))
        return found if allowed is None else found[allowed[found]]

    def _rescored(self, query: Scores, candidates: Positions, limit: int) -> tuple[Positions, Scores]:
        candidates = np.sort(candidates)
        scores = np.clip(self.rows[candidates].astype(np.float32) @ query, -1.0, 1.0)
        order = np.argsort(-scores, kind="stable")[:limit]
        return candidates[order], scores[order]


class ExactIndex:
    """An append-only set of vectors. Not thread-safe; a :class:`View` taken from it is."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._count = 0
        self._numbers = np.empty(0, np.int64)
        self._spans = np.empty(0, np.int64)
        self._rows = np.empty((0, dimension), ROW)
        self._codes: Codes | None = None
        self._scales: Scores | None = None

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
        self._rows[start:end] = rows
        self._count = end
        if self._codes is not None and self._scales is not None:
            encode(self._rows[start:end], self._codes[start:end], self._scales[start:end])
        elif end >= CODED_FROM:
            self._codes = np.empty(self._rows.shape, np.int8)
            self._scales = np.empty(len(self._rows), np.float32)
            encode(self._rows[:end], self._codes[:end], self._scales[:end])

    def keep(self, live: Numbers) -> ExactIndex:
        """The same set without the vectors whose numbers are not in ``live``."""
        kept = np.isin(self._numbers[: self._count], live, assume_unique=True)
        smaller = ExactIndex(self._dimension)
        view = self.view(None)
        smaller.append(view.numbers[kept], view.spans[kept], view.rows[kept])
        return smaller

    def view(self, highest: int | None) -> View:
        """What a reader sees to whom numbers above ``highest`` do not exist yet; None for all."""
        end = self._count
        if highest is not None:
            end = int(np.searchsorted(self._numbers[:end], highest, side="right"))
        return View(
            self._numbers[:end],
            self._spans[:end],
            self._rows[:end],
            None if self._codes is None else self._codes[:end],
            None if self._scales is None else self._scales[:end],
        )

    def _make_room(self, needed: int) -> None:
        if needed <= len(self._numbers):
            return
        # Readers hold views of the old arrays, so growth makes new ones. A first load fits exactly.
        room = needed if self._count == 0 else max(needed, self._count + self._count // 4, _LEAST_ROOM)
        self._numbers = _grown(self._numbers, self._count, room)
        self._spans = _grown(self._spans, self._count, room)
        self._rows = _grown(self._rows, self._count, room)
        if self._codes is not None and self._scales is not None:
            self._codes = _grown(self._codes, self._count, room)
            self._scales = _grown(self._scales, self._count, room)


def scan(query: Scores, rows: Rows) -> Scores:
    """The dot product of a query with every row, in one pass of SIMD instructions."""
    if not len(rows):
        return np.empty(0, np.float32)
    half = query.astype(np.float16).reshape(1, -1)
    return np.asarray(numkong.cdist(half, rows, "dot", dtype="float16")).ravel().astype(np.float32)


def encode(rows: Rows, codes: Codes, scales: Scores) -> None:
    """Write rows as int8: each is stretched to its own largest component, which ``scales`` undoes."""
    for start in range(0, len(rows), _CODING_ROWS):
        part = rows[start : start + _CODING_ROWS].astype(np.float32)
        peaks = np.maximum(part.max(axis=1), -part.min(axis=1))
        peaks[peaks == 0.0] = 1.0
        part *= (127.0 / peaks)[:, None]
        np.rint(part, out=part)
        codes[start : start + _CODING_ROWS] = part
        scales[start : start + _CODING_ROWS] = peaks


def top(scores: Scores, count: int) -> Positions:
    """The positions of the highest scores, in no order."""
    if count >= len(scores):
        return np.arange(len(scores))
    return np.argpartition(scores, len(scores) - count)[len(scores) - count :]


def _scan_codes(query: Scores, codes: Codes, scales: Scores) -> Scores:
    """Approximate dot products up to a factor that is the same for all."""
    peak = float(np.abs(query).max()) or 1.0
    code = np.rint(query * (127.0 / peak)).astype(np.int8).reshape(1, -1)
    products = np.asarray(numkong.cdist(code, codes, "dot", dtype="int8")).ravel()
    return products.astype(np.float32) * scales


def _widened(limit: int) -> int:
    """How many candidates are scored again for ``limit`` results: enough that none is lost (ADR 3)."""
    return 2 * limit + 32


def _grown(array: NDArray, count: int, room: int) -> NDArray:
    larger = np.empty((room, *array.shape[1:]), array.dtype)
    larger[:count] = array[:count]
    return larger
