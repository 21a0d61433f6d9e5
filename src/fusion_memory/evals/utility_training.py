"""Train the utility model: weak labels, a logistic regression, and what it would have changed on unseen questions.

A label is weak: a hit counts as useful when it belongs to the gold of its question, or when somebody said so. Whole
questions are kept for validation, so that no hit of a question is seen in training and judged later. The model is
fitted by iteratively reweighted least squares with an L2 penalty (Hastie, Tibshirani and Friedman, The Elements of
Statistical Learning, 2nd ed., section 4.4.1); the bias is not penalised.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fusion_memory.core.errors import InvalidOption
from fusion_memory.core.records import Hit
from fusion_memory.core.utility import FEATURES, PLACE, Feedback, UtilityModel, features_of
from fusion_memory.evals.metrics import Scores, gains, means, ndcg_at, reciprocal_rank
from fusion_memory.evals.records import Question, QuestionSet
from fusion_memory.evals.run import OpenMemory, Tools, options_for, stored_rounds

Matrix = NDArray[np.float64]

FEEDBACK = "feedback"
CANDIDATES = 20
CUT = 10
L2 = 1.0
ROUNDS = 50
CLOSE_ENOUGH = 1e-8
VALIDATION_SHARE = 0.3
FEWEST = 20
"""Questions on either side below which nothing is trained: the figures would mean nothing."""

DIGITS = 4


@dataclass(frozen=True, slots=True)
class Example:
    """One question's hits: their features, shape (hits, features), and which were useful, in the present order.

    ``missed`` counts useful units that were not among the hits: no order can find them.
    """

    question_id: str
    dataset: str
    rows: Matrix
    useful: NDArray[np.bool_]
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Training:
    """How to train.

    Attributes:
        l2: weight of the penalty.
        share: of the questions kept for validation.
        seed: of the split and of the intervals.
    """

    l2: float = L2
    share: float = VALIDATION_SHARE
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Trained:
    """A model and its report."""

    model: UtilityModel
    report: dict[str, Any] = field(default_factory=dict)


def examples_of(given: QuestionSet, open_memory: OpenMemory, tools: Tools, recipe: str | None) -> list[Example]:
    """Store a set, ask its questions, label the hits by the gold.

    Questions whose hits are all useful or all useless teach nothing about order and are kept for the figures only.
    """
    examples: list[Example] = []
    with tools.progress("searching", "questions", float(len(given.questions))) as advance:
        for memory, part in stored_rounds(given, open_memory, tools):
            for question in part.questions:
                options = options_for(part, question, recipe, CANDIDATES)
                result = memory.search(question.query, question.scope, options)
                now = question.asked_at or tools.clock.now()
                examples.append(_example(part, question, result.hits, now))
                advance(1)
    return examples


def examples_from(feedback: Iterable[Feedback]) -> list[Example]:
    """What people said of hits, one example per search; without a search it teaches nothing about order."""
    by_search: dict[str, list[Feedback]] = {}
    for one in feedback:
        if one.trace_id and one.features:
            by_search.setdefault(one.trace_id, []).append(one)
    examples = []
    for trace_id, said in by_search.items():
        said.sort(key=lambda one: -one.features[PLACE])
        rows = np.array([one.features for one in said], np.float64)
        examples.append(Example(trace_id, FEEDBACK, rows, np.array([one.useful for one in said], np.bool_)))
    return examples


def in_validation(question_id: str, dataset: str, training: Training) -> bool:
    """Whether a question is kept for validation, by a seeded hash of its id."""
    digest = hashlib.sha256(f"{training.seed}:{dataset}:{question_id}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 < training.share


def train(examples: Sequence[Example], held_out: Sequence[Example], training: Training) -> Trained:
    """Fit a model on part of the questions, judge it on the others and on sets it never saw.

    Args:
        examples: to train and validate on.
        held_out: of other sets, only judged.
        training: how.

    Raises:
        InvalidOption: there is too little to learn from.
    """
    kept = [one for one in examples if not in_validation(one.question_id, one.dataset, training)]
    checked = [one for one in examples if in_validation(one.question_id, one.dataset, training)]
    labels = np.concatenate([one.useful for one in kept]) if kept else np.zeros(0, np.bool_)
    if min(len(kept), len(checked)) < FEWEST or not labels.any() or labels.all():
        raise InvalidOption(
            f"There is too little to learn from: {len(kept)} questions to train on, {len(checked)} to check.",
            why=f"Each side needs {FEWEST} questions, with useful hits and useless ones.",
            fix="pass more --data, or gather more feedback",
        )
    rows = np.concatenate([one.rows for one in kept])
    middle, spread = rows.mean(axis=0), rows.std(axis=0)
    spread = np.where(spread > CLOSE_ENOUGH, spread, 1.0)
    weights, bias = fit((rows - middle) / spread, labels, training.l2)
    plain = UtilityModel(FEATURES, _floats(weights), _floats(middle), _floats(spread), bias)
    report: dict[str, Any] = {
        "train": judged(plain, kept, training.seed),
        "validation": judged(plain, checked, training.seed),
        "held_out": {name: judged(plain, own, training.seed) for name, own in _by_dataset(held_out).items()},
        "weights": dict(sorted(zip(FEATURES, _floats(weights), strict=True), key=lambda pair: -abs(pair[1]))),
        "bias": bias,
        "l2": training.l2,
        "seed": training.seed,
    }
    judge = _overall(report["held_out"], report["validation"])
    figures = {"gain": judge["ndcg"]["gain"], "gain_low": judge["ndcg"]["low"], "accuracy": judge["accuracy"]}
    trained = {
        "datasets": sorted({one.dataset for one in examples}),
        "held_out": sorted({one.dataset for one in held_out}),
        "questions": len(kept),
        "seed": training.seed,
        "l2": training.l2,
    }
    model = UtilityModel(plain.features, plain.weights, plain.means, plain.scales, bias, figures, trained)
    return Trained(model, {**report, "figures": figures, "trained": trained, "digest": model.digest})


def fit(rows: Matrix, labels: NDArray[np.bool_], l2: float) -> tuple[Matrix, float]:
    """The weights and the bias of an L2-penalised logistic regression.

    Args:
        rows: standardised features, shape (examples, features).
        labels: shape (examples,).
        l2: the penalty is ``l2 / 2`` times the sum of squared weights.
    """
    design = np.hstack([rows, np.ones((len(rows), 1))])
    penalty = np.full(design.shape[1], l2)
    penalty[-1] = CLOSE_ENOUGH
    beta = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        slope = design.T @ (chance - labels) + penalty * beta
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        beta -= step
        if float(np.abs(step).max()) < CLOSE_ENOUGH:
            break
    return beta[:-1], float(beta[-1])


def judged(model: UtilityModel, examples: Sequence[Example], seed: int) -> dict[str, Any]:
    """How a model does: accuracy on hits beside always saying "useless", and its order beside the present one."""
    chances = [np.array([model.probability(row) for row in one.rows.tolist()]) for one in examples]
    labels = np.concatenate([one.useful for one in examples])
    right = np.concatenate(chances).round().astype(np.bool_) == labels
    before = [_order_scores(one, np.arange(len(one.useful))) for one in examples]
    after = [
        _order_scores(one, np.argsort(-chance, kind="stable"))
        for one, chance in zip(examples, chances, strict=True)
    ]
    now, then = means(before), means(after)
    spread = gains(after, before, np.random.default_rng(seed))
    return {
        "questions": len(examples),
        "hits": len(labels),
        "useful": int(labels.sum()),
        "accuracy": round(float(right.mean()), DIGITS),
        "accuracy_of_none": round(float(1 - labels.mean()), DIGITS),
        **{
            name: {
                "now": round(now[name], DIGITS),
                "model": round(then[name], DIGITS),
                "gain": round(spread[name][0], DIGITS),
                "low": round(spread[name][1], DIGITS),
                "high": round(spread[name][2], DIGITS),
            }
            for name in ("ndcg", "mrr")
        },
    }


def _example(given: QuestionSet, question: Question, hits: Sequence[Hit], now: datetime) -> Example:
    units = [hit.session_id if given.unit == "session" else hit.client_id for hit in hits]
    useful = np.array([unit in question.gold for unit in units], np.bool_)
    rows = np.array(features_of(hits, now), np.float64).reshape(len(hits), len(FEATURES))
    return Example(question.id, given.name, rows, useful, len(question.gold.difference(filter(None, units))))


def _order_scores(example: Example, order: NDArray[np.int64]) -> Scores:
    ranking = [str(place) for place in order.tolist()]
    useful = np.flatnonzero(example.useful).tolist()
    gold = frozenset([*map(str, useful), *(f"missed {number}" for number in range(example.missed))])
    if not gold:
        return {"ndcg": 0.0, "mrr": 0.0}
    return {"ndcg": ndcg_at(ranking, gold, CUT), "mrr": reciprocal_rank(ranking, gold)}


def _by_dataset(examples: Iterable[Example]) -> dict[str, list[Example]]:
    found: dict[str, list[Example]] = {}
    for one in examples:
        found.setdefault(one.dataset, []).append(one)
    return found


def _overall(held_out: dict[str, Any], validation: dict[str, Any]) -> dict[str, Any]:
    """What decides on going live: the worst of the sets that were not trained on, else the validation."""
    return min(held_out.values(), key=lambda one: float(one["ndcg"]["gain"])) if held_out else validation


def _floats(values: Matrix) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
