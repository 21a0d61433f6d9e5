"""Draw memories as points in space: their vectors projected onto the three directions that tell them apart best.

Principal components (Pearson 1901; Hotelling 1933) of the covariance of at most 2,000 vectors, chosen evenly; signs
are fixed, so the same vectors always give the same map. It must not know how points are sent or shown.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusion_memory.core.clock import to_ms
from fusion_memory.core.knowledge import FactType
from fusion_memory.core.operations import Points
from fusion_memory.core.scope import Access
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import point_rows
from fusion_memory.memory.point_rows import PointRows

COLUMNS: Final = ("x", "y", "z", "type", "tier", "age_days", "times_seen")
FITTED: Final = 2_000
AXES: Final = 3
TYPES: Final = tuple(kind.value for kind in FactType)
DAY_MS: Final = 86_400_000
TIER_DAYS: Final = (7.0, 90.0)
"""Hot up to the first age, warm up to the second, cold beyond; where a policy keeps tiers, theirs count."""

Matrix = NDArray[np.float32]


def mapped(parts: Parts, access: Access, limit: int, unless: Set[str]) -> Points:
    """The map of a scope's memories, at most ``limit`` of them, chosen evenly in the order they came."""
    now_ms = to_ms(parts.clock.now())
    with parts.database.read() as tx:
        present = version(point_rows.mark(tx, access), access, limit, now_ms)
        if present in unless:
            return Points((), COLUMNS, b"", 0, present, (0.0,) * AXES, unchanged=True)
        rows = point_rows.of_scope(tx, access)
    total = len(rows.ids)
    chosen = evenly(total, limit)
    positions, explained = projected(rows.vectors)
    table = np.empty((len(chosen), len(COLUMNS)), "<f4")
    table[:, :AXES] = positions[chosen]
    table[:, AXES:] = _told(rows, chosen, now_ms)
    return Points(
        ids=tuple(rows.ids[index] for index in chosen),
        columns=COLUMNS,
        rows=table.tobytes(),
        total=total,
        version=present,
        explained=explained,
    )


def version(mark: str, access: Access, limit: int, now_ms: int) -> str:
    """What tells whether a map is still the same: the vectors, the place, the limit, the day."""
    told = f"{mark}|{access.scope!r}|{limit}|{now_ms // DAY_MS}"
    return blake2b(told.encode(), digest_size=12).hexdigest()


def evenly(total: int, limit: int) -> NDArray[np.int64]:
    """At most ``limit`` of so many, chosen evenly."""
    return (
        np.unique(np.linspace(0, total - 1, min(total, limit)).astype(np.int64)) if total else np.empty(0, np.int64)
    )


def projected(vectors: NDArray[np.float16]) -> tuple[Matrix, tuple[float, ...]]:
    """Positions of shape (n, 3), float32, the widest axis within [-1, 1]; and each axis' share of the variance."""
    positions = np.zeros((len(vectors), AXES), np.float32)
    if not len(vectors):
        return positions, (0.0,) * AXES
    sample = vectors[evenly(len(vectors), FITTED)].astype(np.float32)
    middle = sample.mean(axis=0)
    sample -= middle
    values, directions = np.linalg.eigh(sample.T @ sample)
    axes = directions[:, ::-1][:, :AXES]
    axes = axes * np.where(np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], 0) < 0, -1, 1)
    axes = axes.astype(np.float32)
    found = vectors.astype(np.float32) @ axes - middle @ axes
    positions[:, : found.shape[1]] = found / max(float(np.abs(found).max()), 1e-9)
    spread = max(float(values.sum()), 1e-9)
    shares = [max(float(value), 0.0) / spread for value in values[::-1][:AXES]]
    return positions, tuple(round(share, 6) for share in (*shares, *(0.0,) * AXES)[:AXES])


def _told(rows: PointRows, chosen: NDArray[np.int64], now_ms: int) -> Matrix:
    """The other columns: type as a number, tier, age in days, times seen."""
    ages = np.maximum(now_ms - rows.said_ms[chosen], 0) / DAY_MS
    tiers = np.searchsorted(np.array(TIER_DAYS), ages)
    types = _numbers([rows.fact_types[index] for index in chosen])
    return np.stack([types, tiers, ages, rows.times_seen[chosen]], axis=1).astype(np.float32)


def _numbers(types: Sequence[str]) -> NDArray[np.int64]:
    """Where each type stands in :data:`TYPES`, counted from 1; 0 without a fact."""
    number = {name: index for index, name in enumerate(TYPES, 1)}
    return np.array([number.get(name, 0) for name in types], np.int64)
