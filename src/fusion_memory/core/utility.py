"""How useful a found memory probably is: its features, and a logistic model over them, as plain numbers.

Training (evaluations) and use (retrieval) stand in different rooms; what they have to agree on stands here. Pure
and free of numpy: features in, a probability out. A model names its features; another set of names is refused,
because a weight on the wrong number ranks at random and nobody would notice.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from fusion_memory.core.errors import UtilityModelInvalid
from fusion_memory.core.records import Hit

FORMAT = 1
PARTS = ("vector", "keyword", "thread", "time", "neighbours", "day", "recency", "session")
"""The score parts that are features of their own; all others together are one more."""

LANES = ("vector", "keyword")
FEATURES = (
    *(f"part_{name}" for name in PARTS),
    "part_exact",
    "part_other",
    *(f"rank_{name}" for name in LANES),
    "found_by_both",
    "place",
    "share_of_best",
    "age",
    "length",
    "said_by_assistant",
    "whole",
)
"""The features of version :data:`FORMAT`, in order; a change of what one means needs a new version."""

PLACE = FEATURES.index("place")
EXACT = "exact"
UTILITY = "utility"
DAY_S = 86_400.0


def features_of(hits: Sequence[Hit], now: datetime) -> list[list[float]]:
    """The features of each hit of one search, shape (hits, features).

    Args:
        hits: in the order that the recipe gave them, best first.
        now: the present of the question, which ages count from.
    """
    best = max((_plain_score(hit) for hit in hits), default=0.0)
    return [_features(hit, place, best, now) for place, hit in enumerate(hits, 1)]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said of a memory: it was of use, or not.

    ``trace_id`` is the search that had brought it, ``features`` what it looked like there (see :data:`FEATURES`);
    both are empty when it was said without a search.
    """

    memory_id: str
    useful: bool
    at: datetime
    trace_id: str | None = None
    features: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class UtilityModel:
    """A trained model.

    Attributes:
        features: what each number stands for, in order.
        weights, means, scales: of the features; a feature counts ``weight * (value - mean) / scale``.
        bias: what counts whatever the features are.
        figures: how it did on questions it was not trained on; ``gain`` is that in nDCG@10 over the present order.
        trained: on what: sets, questions, seed.
    """

    features: tuple[str, ...]
    weights: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    bias: float
    figures: Mapping[str, float] = field(default_factory=dict)
    trained: Mapping[str, Any] = field(default_factory=dict)

    def probability(self, values: Sequence[float]) -> float:
        """How probably a memory with these features is useful, 0 to 1."""
        rows = zip(self.weights, values, self.means, self.scales, strict=True)
        logit = self.bias + sum(weight * (value - mean) / scale for weight, value, mean, scale in rows)
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))

    @property
    def digest(self) -> str:
        """A name that changes with every number."""
        return hashlib.sha256(_canonical(self._body()).encode()).hexdigest()[:16]

    def ready(self, threshold: float) -> bool:
        """Whether its gain on held-out questions is sure and at least ``threshold``."""
        return self.figures.get("gain", 0.0) >= threshold and self.figures.get("gain_low", 0.0) > 0

    def as_json(self) -> dict[str, Any]:
        """The model as JSON values; :func:`from_json` reads them."""
        return {**self._body(), "digest": self.digest}

    def _body(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "features": list(self.features),
            "weights": list(self.weights),
            "means": list(self.means),
            "scales": list(self.scales),
            "bias": self.bias,
            "figures": dict(self.figures),
            "trained": dict(self.trained),
        }


def from_json(value: object, where: str) -> UtilityModel:
    """Read a model; ``where`` names its source in errors.

    Raises:
        UtilityModelInvalid: it is none, is of other features, or was changed after it was made.
    """
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise UtilityModelInvalid(f"{where} is no utility model of format {FORMAT}.")
    if tuple(value.get("features") or ()) != FEATURES:
        raise UtilityModelInvalid(f"{where} was trained on other features.", why=_difference(value.get("features")))
    columns = [value.get(name) for name in ("weights", "means", "scales")]
    figures, trained = value.get("figures"), value.get("trained")
    if not all(_numbers(column) for column in columns) or not _numbers([value.get("bias")], 1):
        raise UtilityModelInvalid(
            f"{where} lacks numbers.", why="Every feature needs a weight, a mean and a scale."
        )
    if not isinstance(figures, dict) or not isinstance(trained, dict) or not _numbers(list(figures.values()), None):
        raise UtilityModelInvalid(f"{where} does not say how it did.")
    weights, means, scales = (tuple(float(number) for number in column or ()) for column in columns)
    if any(scale <= 0 for scale in scales):
        raise UtilityModelInvalid(f"{where} has a scale that is not above 0.")
    model = UtilityModel(
        FEATURES, weights, means, scales, float(value["bias"]), MappingProxyType(figures), MappingProxyType(trained)
    )
    if value.get("digest") != model.digest:
        raise UtilityModelInvalid(
            f"{where} was changed after it was made.", why="Its digest does not fit its numbers."
        )
    return model


def _features(hit: Hit, place: int, best: float, now: datetime) -> list[float]:
    ranks = {lane.lane: lane.rank for lane in hit.lanes}
    known = {*PARTS, EXACT, UTILITY}
    age_days = max((now - hit.said_at).total_seconds(), 0.0) / DAY_S
    return [
        *(hit.parts.get(name, 0.0) for name in PARTS),
        1.0 if hit.parts.get(EXACT) else 0.0,
        sum(value for name, value in hit.parts.items() if name not in known),
        *(1 / math.log2(1 + ranks[name]) if name in ranks else 0.0 for name in LANES),
        1.0 if all(name in ranks for name in LANES) else 0.0,
        1 / math.log2(1 + place),
        _plain_score(hit) / best if best > 0 else 0.0,
        math.log1p(age_days),
        math.log1p(len(hit.text)),
        1.0 if hit.role == "assistant" else 0.0,
        1.0 if hit.whole else 0.0,
    ]


def _plain_score(hit: Hit) -> float:
    """The recipe's score without the bonus for saying the question word for word, which dwarfs all else."""
    return hit.score - hit.parts.get(EXACT, 0.0) - hit.parts.get(UTILITY, 0.0)


def _numbers(column: object, count: int | None = len(FEATURES)) -> bool:
    """Whether a value is a list of finite numbers, so many of them."""
    return (
        isinstance(column, list)
        and (count is None or len(column) == count)
        and all(isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one) for one in column)
    )


def _difference(given: object) -> str:
    names = [str(name) for name in given] if isinstance(given, list) else []
    unknown = [name for name in names if name not in FEATURES]
    missing = [name for name in FEATURES if name not in names]
    told = [f"unknown here: {', '.join(unknown)}"] if unknown else []
    told += [f"missing there: {', '.join(missing)}"] if missing else []
    return "; ".join(told) or "The features stand in another order."


def _canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
