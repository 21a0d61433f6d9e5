"""Sweeps: ask the same questions with many variants of a recipe, choose on one half, check on the other.

A variant is a name the memory understands (``balanced+mmr_lambda=0.7``); this file knows how such names are put
together and how results are weighed, and nothing of ranking. The half of a question follows from a seeded hash of
its id, so it is the same in every run and for every variant.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from fusion_memory import __version__
from fusion_memory.core.errors import InvalidOption
from fusion_memory.evals.compare import Verdict
from fusion_memory.evals.metrics import LEVEL, Scores, gains, means, score
from fusion_memory.evals.report import DIGITS, counted_places, headline_of
from fusion_memory.evals.run import Asked, Outcome

CHANGE = "+"
MOST_VARIANTS = 200

Shape = Literal["grid", "each"]


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing that is varied: its name, and each value as it is shown and as it changes a recipe."""

    name: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to search: what each axis stands at, and the name of the recipe that says so."""

    params: Mapping[str, str]
    recipe: str

    @property
    def label(self) -> str:
        """The parameters in one line."""
        return ", ".join(f"{name}={value}" for name, value in self.params.items()) or "as it is"


@dataclass(frozen=True, slots=True)
class Sweep:
    """What to vary: a grid of all combinations, or each axis alone."""

    base: str
    shape: Shape
    axes: tuple[Axis, ...]

    @property
    def variants(self) -> tuple[Variant, ...]:
        """Every variant, without the base recipe itself.

        Raises:
            InvalidOption: there are too many.
        """
        pairs = [[(axis, value) for value in axis.values] for axis in self.axes]
        chosen: list[tuple[tuple[Axis, tuple[str, str]], ...]]
        if self.shape == "each":
            chosen = [(pair,) for own in pairs for pair in own]
        else:
            chosen = list(itertools.product(*pairs))
        if len(chosen) > MOST_VARIANTS:
            raise InvalidOption(
                f"The sweep has {len(chosen):,} variants.",
                why=f"Every question is asked with each of them; at most {MOST_VARIANTS} are allowed.",
                fix="pass fewer values, or one --sweep at a time",
            )
        return tuple(self._variant(combination) for combination in chosen)

    def _variant(self, combination: Sequence[tuple[Axis, tuple[str, str]]]) -> Variant:
        params = {axis.name: shown for axis, (shown, _) in combination}
        changes = [change for _, (_, change) in combination]
        return Variant(MappingProxyType(params), CHANGE.join([self.base, *changes]))


def axis(name: str, *values: str) -> Axis:
    """An axis of one field of a recipe."""
    return Axis(name, tuple((value, f"{name}={value}") for value in values))


OFF = ("off", "recency_weight=0")
DECAY = Axis(
    "decay",
    (
        OFF,
        *(
            (f"{weight} / {days} days", f"recency_weight={weight}{CHANGE}half_life_days={days}")
            for weight in ("0.1", "0.5")
            for days in ("7", "14", "30", "60", "90")
        ),
    ),
)
EACH = (
    axis("weights.keyword", "0", "0.2", "0.3", "0.4", "0.5", "0.7", "1"),
    axis("depth", "50", "100", "200", "400", "800"),
    axis("assistant_weight", "0", "0.25", "0.5", "0.75", "1"),
    axis("speaker_weight", "0", "1", "2", "4"),
    axis("context_weight", "0", "0.5", "1", "2", "4"),
    axis("thread_weight", "0", "0.25", "0.5", "0.75", "1"),
    axis("graph_weight", "0", "0.5", "1", "2"),
    axis("time_weight", "0", "1", "2", "3", "5"),
    axis("time_slack_days", "1", "3", "7", "14"),
    axis("neighbour_shares", "0", "0.2", "0.2/0.1", "0.3/0.15", "0.4/0.2"),
    axis("lenders", "0", "20", "60", "120"),
    axis("day_share", "0", "0.25", "0.5", "0.75"),
    axis("recency_weight", "0", "0.02", "0.1", "0.3"),
    axis("half_life_days", "7", "14", "30", "60", "90"),
    axis("mmr_lambda", "0.5", "0.7", "0.9", "1"),
    axis("session_meaning", "0", "0.25", "0.5", "1"),
    axis("session_shares", "1", "1/0.5", "1/0.5/0.25", "1/1/1"),
)
"""Every weight of the default recipe alone; what the lanes count is told against the vector lane's 1."""

PRESETS: Mapping[str, tuple[Shape, tuple[Axis, ...]]] = MappingProxyType(
    {
        "each": ("each", EACH),
        "weights": ("grid", (axis("weights.keyword", "0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.8", "1"),)),
        "mmr": ("grid", (axis("mmr_lambda", "0.3", "0.5", "0.7", "0.9", "1"),)),
        "decay": ("grid", (DECAY,)),
    }
)

WITHOUT = (
    "lanes=exact/keyword/thread",
    "lanes=exact/vector/thread",
    "thread_weight=0",
    "time_weight=0",
    "neighbour_shares=0",
    "day_share=0",
    "recency_weight=0",
    "assistant_weight=1",
    "speaker_weight=0",
    "context_weight=0",
    "session_meaning=0",
)
"""Each lane and each step of a recipe switched off, for ablations."""


def sweep_of(base: str, given: Sequence[str]) -> Sweep:
    """Read ``--sweep`` options: names of presets, or ``field=value,value``; several make a grid.

    Raises:
        InvalidOption: one is neither.
    """
    shapes: list[Shape] = []
    axes: list[Axis] = []
    for text in given:
        name, sign, values = text.partition("=")
        if text in PRESETS:
            shape, own = PRESETS[text]
            shapes.append(shape)
            axes += own
        elif sign and name.strip() and (parts := [part.strip() for part in values.split(",") if part.strip()]):
            axes.append(axis(name.strip(), *dict.fromkeys(parts)))
        else:
            raise InvalidOption(
                f"--sweep {text!r} cannot be read.",
                why=f"It is FIELD=VALUE,VALUE or one of {', '.join(PRESETS)}.",
                fix="--sweep mmr_lambda=0.5,0.7,0.9",
            )
    if "each" in shapes and len(given) > 1:
        raise InvalidOption("--sweep each stands alone.", fix="leave the other --sweep options out")
    return Sweep(base, "each" if "each" in shapes else "grid", tuple(axes))


def ablations_of(base: str) -> tuple[str, ...]:
    """The base recipe without each of its lanes and steps."""
    return tuple(f"{base}{CHANGE}{change}" for change in WITHOUT)


def in_tune_half(question_id: str, seed: int) -> bool:
    """Whether a question is one of those that a choice may look at."""
    return hashlib.sha256(f"{seed}:{question_id}".encode()).digest()[0] % 2 == 0


def sweep_report(outcome: Outcome, sweep: Sweep) -> dict[str, Any]:
    """The figures of every variant, the best on the tune half, and what it is worth on the other half."""
    given, plan = outcome.asked, outcome.plan
    headline = headline_of(given.headline, plan.ks)
    counted = counted_places(given)
    tune = [place for place in counted if in_tune_half(given.questions[place].id, plan.seed)]
    check = [place for place in counted if place not in set(tune)]
    if not tune or not check:
        raise InvalidOption("There are too few questions to halve.", fix="sweep a larger set, or another --seed")
    rows = {asked.recipe: _rows(asked, plan.ks) for asked in (outcome.main, *outcome.ablations)}
    seconds = {asked.recipe: asked.seconds for asked in (outcome.main, *outcome.ablations)}
    rng = np.random.default_rng(plan.seed)
    base = rows[outcome.main.recipe]

    def figures(variant: Variant) -> dict[str, Any]:
        own = rows[variant.recipe]
        return {
            "label": variant.label,
            "params": dict(variant.params),
            "recipe": variant.recipe,
            "aggregate": {name: round(value, DIGITS) for name, value in means(_at(own, counted)).items()},
            "tune": round(_mean(own, tune, headline), DIGITS),
            "check": round(_mean(own, check, headline), DIGITS),
            "gain": _gain(own, base, counted, headline, rng),
            "elapsed_s": round(seconds[variant.recipe], 2),
        }

    variants = [figures(variant) for variant in sweep.variants]
    best = max(variants, key=lambda one: float(one["tune"]))
    gain = _gain(rows[best["recipe"]], base, check, headline, rng)
    return {
        "dataset": given.name,
        "unit": given.unit,
        "headline": headline,
        "sweep_type": sweep.shape,
        "axes": {axis.name: [shown for shown, _ in axis.values] for axis in sweep.axes},
        "questions": len(counted),
        "halves": {"tune": len(tune), "check": len(check), "seed": plan.seed},
        "base": figures(Variant(MappingProxyType({}), outcome.main.recipe)),
        "variants": variants,
        "best": {"label": best["label"], "recipe": best["recipe"], "gain_on_check": gain},
        "notes": list(given.notes),
        "seconds": round(outcome.seconds, 2),
        "level": LEVEL,
        "version": __version__,
    }


def _rows(asked: Asked, ks: Sequence[int]) -> list[Scores]:
    return [score(answer.ranking, answer.question.gold, ks) for answer in asked.answers]


def _at(rows: Sequence[Scores], places: Sequence[int]) -> list[Scores]:
    return [rows[place] for place in places]


def _mean(rows: Sequence[Scores], places: Sequence[int], metric: str) -> float:
    return float(np.mean([rows[place][metric] for place in places]))


def _gain(
    rows: Sequence[Scores], base: Sequence[Scores], places: Sequence[int], metric: str, rng: np.random.Generator
) -> dict[str, Any]:
    """What a variant gains on the base recipe, paired by question."""
    own, other = ([{metric: one[place][metric]} for place in places] for one in (rows, base))
    middle, low, high = gains(own, other, rng)[metric]
    return {
        "difference": round(middle, DIGITS),
        "interval": [round(low, DIGITS), round(high, DIGITS)],
        "verdict": Verdict.of(low, high).value,
    }
