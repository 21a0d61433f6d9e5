"""A measured figure with the target beside it. It knows numbers, not how they were taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Verdict(StrEnum):
    """How a figure stands against its target."""

    AIM = "aim"
    FLOOR = "floor"
    MISSED = "missed"
    UNJUDGED = "-"


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure should reach: at least the floor, at best the aim; None where there is none."""

    floor: float
    aim: float | None = None
    more_is_better: bool = False

    def judge(self, value: float) -> Verdict:
        """Where a value stands."""
        if self.aim is not None and self._reaches(value, self.aim):
            return Verdict.AIM
        return Verdict.FLOOR if self._reaches(value, self.floor) else Verdict.MISSED

    def _reaches(self, value: float, bound: float) -> bool:
        return value >= bound if self.more_is_better else value <= bound


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number: a dotted name, the value in its unit, the target, and how it came about."""

    name: str
    value: float
    unit: str
    target: Target | None = None
    detail: str = ""

    @property
    def verdict(self) -> Verdict:
        """How it stands against its target."""
        return self.target.judge(self.value) if self.target else Verdict.UNJUDGED


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` percent of the values lie."""
    return float(np.percentile(values, share))


def median(values: Sequence[float]) -> float:
    """The value in the middle."""
    return percentile(values, 50)


def size_name(count: int) -> str:
    """1000 as ``1k``."""
    return f"{count // 1_000}k" if count >= 1_000 and count % 1_000 == 0 else str(count)
