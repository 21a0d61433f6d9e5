"""From a finished run to its report: figures with their uncertainty, as plain JSON values.

The keys are a contract: scripts read ``metrics``, ``by_category``, ``ablation``, ``intervals``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fusion_memory import __version__
from fusion_memory.evals.metrics import LEVEL, Scores, gains, intervals, means, score
from fusion_memory.evals.pollution import pollution_of
from fusion_memory.evals.records import Question, QuestionSet
from fusion_memory.evals.run import Answer, Asked, Outcome, Plan, rng_of
from fusion_memory.evals.savings import savings_of

REPORT_FILE = "report.json"
QUESTIONS_FILE = "questions.jsonl"
PLOT_FILE = "plot.png"
PER_QUESTION = "per_question"
DIGITS = 4

Report = dict[str, Any]


def report_of(outcome: Outcome) -> Report:
    """The report of a run.

    Headline figures leave out the categories that are kept apart (see ``apart``); ``by_category`` has all.
    """
    given, plan, rng = outcome.asked, outcome.plan, rng_of(outcome.plan)
    rows = _scores(outcome.main.answers, plan.ks)
    counted = counted_places(given)
    head = _chosen(rows, counted)
    bounds = intervals(head, rng, plan.resamples)
    beside = {asked.recipe: _scores(asked.answers, plan.ks) for asked in outcome.ablations}
    ablation = {name: _chosen(found, counted) for name, found in beside.items()}
    return {
        "dataset": given.name,
        "unit": given.unit,
        "recipe": outcome.main.recipe,
        "headline": headline_of(given.headline, plan.ks),
        "questions": len(head),
        "metrics": _rounded(means(head)),
        "intervals": {name: _rounded_pair(pair) for name, pair in bounds.items()},
        "by_category": _by_category(given, rows),
        "category_intervals": _category_intervals(given, rows, plan, rng),
        "ablation": {name: _rounded(means(found)) for name, found in ablation.items()},
        "ablation_by_category": {name: _by_category(given, found) for name, found in beside.items()},
        "gain": {name: _gain(head, found, plan, rng) for name, found in ablation.items()},
        "other_labels": _other_labels(given, outcome.main.answers, plan.ks),
        "pollution": pollution_of(outcome),
        "savings": savings_of([outcome.packed[place] for place in counted] if outcome.packed else ()),
        PER_QUESTION: _per_question(given, rows),
        "apart": sorted(given.apart.intersection(question.category for question in given.questions)),
        "skipped": dict(given.skipped),
        "notes": list(given.notes),
        "seconds": round(outcome.seconds, 2),
        "stored": _stored(outcome),
        "searched": {asked.recipe: _searched(asked) for asked in (outcome.main, *outcome.ablations)},
        "ks": list(plan.ks),
        "seed": plan.seed,
        "bootstrap": {"resamples": plan.resamples, "level": LEVEL},
        "version": __version__,
    }


def write_values(report: Report, folder: Path) -> None:
    """Write a report into its file."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, ensure_ascii=False, indent=2)
    (folder / REPORT_FILE).write_text(text + "\n", encoding="utf-8")


def write(report: Report, outcome: Outcome, folder: Path) -> None:
    """Write the report and, question by question, what came back; ids only, never texts."""
    write_values({name: value for name, value in report.items() if name != PER_QUESTION}, folder)
    with (folder / QUESTIONS_FILE).open("w", encoding="utf-8") as lines:
        for asked in (outcome.main, *outcome.ablations):
            for answer in asked.answers:
                line = _question_line(asked.recipe, answer, outcome)
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")


def missing_vectors(report: Report) -> bool:
    """Whether the figures were taken without all vectors, so that they do not measure the whole product."""
    main = report["searched"][report["recipe"]]
    return bool(report["stored"]["pending"] or report["stored"]["degraded"] or main["degraded"])


def headline_of(wanted: str, ks: Sequence[int]) -> str:
    """The metric that published results name first, or the same at the first cut-off of this run."""
    name, _, k = wanted.partition("@")
    return wanted if int(k) in ks else f"{name}@{ks[0]}"


def _scores(answers: Sequence[Answer], ks: Sequence[int]) -> list[Scores]:
    return [score(answer.ranking, answer.question.gold, ks) for answer in answers]


def counted_places(given: QuestionSet) -> list[int]:
    """Places of the questions that the headline counts; all, when nothing else was asked."""
    places = [place for place, question in enumerate(given.questions) if question.category not in given.apart]
    return places or list(range(len(given.questions)))


def _chosen(rows: Sequence[Scores], places: Sequence[int]) -> list[Scores]:
    return [rows[place] for place in places]


def _per_question(given: QuestionSet, rows: Sequence[Scores]) -> dict[str, Any]:
    """The metrics of every question as columns, so that two reports can be compared question by question."""
    return {
        "questions": [question.id for question in given.questions],
        "categories": [question.category for question in given.questions],
        "metrics": {name: [round(row[name], DIGITS) for row in rows] for name in (rows[0] if rows else ())},
    }


def _categories(questions: Sequence[Question]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, question in enumerate(questions):
        places.setdefault(question.category, []).append(place)
    return dict(sorted(places.items()))


def _by_category(given: QuestionSet, rows: Sequence[Scores]) -> dict[str, dict[str, float]]:
    return {
        name: {"questions": len(places), **_rounded(means(_chosen(rows, places)))}
        for name, places in _categories(given.questions).items()
    }


def _category_intervals(
    given: QuestionSet, rows: Sequence[Scores], plan: Plan, rng: np.random.Generator
) -> dict[str, dict[str, list[float]]]:
    return {
        name: {
            metric: _rounded_pair(pair)
            for metric, pair in intervals(_chosen(rows, places), rng, plan.resamples).items()
        }
        for name, places in _categories(given.questions).items()
    }


def _gain(
    rows: Sequence[Scores], others: Sequence[Scores], plan: Plan, rng: np.random.Generator
) -> dict[str, dict[str, Any]]:
    return {
        name: {"difference": round(middle, DIGITS), "interval": _rounded_pair((low, high))}
        for name, (middle, low, high) in gains(rows, others, rng, plan.resamples).items()
    }


def _other_labels(given: QuestionSet, answers: Sequence[Answer], ks: Sequence[int]) -> dict[str, dict[str, float]]:
    """The same rankings judged by other labels, where a question has them."""
    found: dict[str, list[Scores]] = {}
    for answer in answers:
        if answer.question.category not in given.apart:
            for name, gold in answer.question.other_gold.items():
                found.setdefault(name, []).append(score(answer.ranking, gold, ks))
    return {name: {"questions": len(rows), **_rounded(means(rows))} for name, rows in found.items()}


def _stored(outcome: Outcome) -> dict[str, Any]:
    stored = outcome.stored
    rate = stored.messages / stored.seconds if stored.seconds else 0.0
    return {
        "messages": stored.messages,
        "seconds": round(stored.seconds, 2),
        "messages_per_second": round(rate, 1),
        "pending": stored.pending,
        "degraded": list(stored.degraded),
    }


def _searched(asked: Asked) -> dict[str, Any]:
    ms = [answer.ms for answer in asked.answers]
    return {
        "seconds": round(asked.seconds, 2),
        "questions_per_second": round(len(ms) / asked.seconds, 1) if asked.seconds else 0.0,
        "p50_ms": round(float(np.percentile(ms, 50)), 2),
        "p95_ms": round(float(np.percentile(ms, 95)), 2),
        "degraded": dict(asked.degraded),
    }


def _question_line(recipe: str, answer: Answer, outcome: Outcome) -> dict[str, Any]:
    published = outcome.asked.published
    return {
        "question": answer.question.id,
        "category": answer.question.category,
        "recipe": recipe,
        "gold": sorted(published.get(unit, unit) for unit in answer.question.gold),
        "ranking": [published.get(unit, unit) for unit in answer.ranking],
        "metrics": _rounded(dict(score(answer.ranking, answer.question.gold, outcome.plan.ks))),
        "ms": round(answer.ms, 2),
    }


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, DIGITS) for name, value in values.items()}


def _rounded_pair(pair: tuple[float, float]) -> list[float]:
    return [round(pair[0], DIGITS), round(pair[1], DIGITS)]
