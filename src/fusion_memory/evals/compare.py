"""Compare two reports question by question: by how much the second is better, how sure that is, and in words.

The questions are paired by their ids, so hard ones are hard for both, and the intervals are those of the
differences. It reads reports and scores nothing again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from fusion_memory.evals.datasets.reading import Entry, invalid, json_file, json_lines
from fusion_memory.evals.metrics import LEVEL, RESAMPLES, Scores, gains, means
from fusion_memory.evals.report import DIGITS, PER_QUESTION, QUESTIONS_FILE, REPORT_FILE

Key = tuple[str, int]
"""A question by its id and which one of that id it is: own sets may repeat ids."""

PAIRED_FIX = "make both with the same command: fusion-memory eval SET PATH --report FOLDER"


class Verdict(StrEnum):
    """What a difference means: its whole interval lies above 0, below 0, or neither."""

    BETTER = "better"
    WORSE = "worse"
    OPEN = "no difference shown"

    @classmethod
    def of(cls, low: float, high: float, margin: float = 0.0) -> Verdict:
        """The verdict on an interval; a loss of up to ``margin`` is let pass."""
        if low > 0:
            return cls.BETTER
        return cls.WORSE if high < -margin else cls.OPEN


@dataclass(frozen=True, slots=True)
class Scored:
    """One side: its report, and each question's category and metrics."""

    path: Path
    report: Mapping[str, Any]
    rows: Mapping[Key, tuple[str, Scores]]


def read(path: Path) -> Scored:
    """Read what ``eval`` wrote: its ``--json`` output, or the folder or the file of ``--report``.

    Raises:
        DatasetInvalid: it is no report, or the questions are not there.
    """
    file = path / REPORT_FILE if path.is_dir() else path
    report = json_file(file)
    if not isinstance(report, dict) or not {"dataset", "recipe", "headline", "metrics"} <= report.keys():
        raise invalid(str(file), "it is no report of a question set.", fix=PAIRED_FIX)
    columns = report.get(PER_QUESTION)
    if columns is not None:
        found = _of_columns(Entry(columns, f"{file}, {PER_QUESTION}"))
    elif (beside := file.with_name(QUESTIONS_FILE)).is_file():
        found = _of_lines(beside, str(report["recipe"]))
    else:
        what = f"neither it nor {QUESTIONS_FILE} beside it holds the single questions."
        raise invalid(str(file), what, fix=PAIRED_FIX)
    return Scored(path, report, _keyed(found))


def compare(first: Scored, second: Scored, *, margin: float = 0.0, seed: int = 0) -> dict[str, Any]:
    """The second report less the first, over the questions and metrics that both have.

    Args:
        first: how it was.
        second: how it is now.
        margin: how much the headline metric may lose before it counts as worse.
        seed: of the resampling.

    Raises:
        DatasetInvalid: they are of different sets, or share no question or metric.
    """
    if first.report["dataset"] != second.report["dataset"]:
        what = f"it is of {second.report['dataset']}, the other of {first.report['dataset']}."
        raise invalid(str(second.path), what, fix=PAIRED_FIX)
    apart = set(first.report.get("apart", ()))
    shared = [key for key in first.rows if key in second.rows]
    counted = [key for key in shared if first.rows[key][0] not in apart] or shared
    headline = str(first.report["headline"])
    names = _metrics(first, second, shared)
    if not names or headline not in names:
        what = f"it has no question with the metric {headline} of the other."
        raise invalid(str(second.path), what, fix=PAIRED_FIX)
    rng = np.random.default_rng(seed)
    metrics = _differences(first, second, counted, names, margin, rng)
    return {
        "dataset": first.report["dataset"],
        "headline": headline,
        "first": _side(first),
        "second": _side(second),
        "questions": len(counted),
        "only_first": len(first.rows) - len(shared),
        "only_second": len(second.rows) - len(shared),
        "metrics": metrics,
        "by_category": _by_category(first, second, shared, headline, margin, rng),
        "verdict": metrics[headline]["verdict"],
        "margin": margin,
        "bootstrap": {"resamples": RESAMPLES, "level": LEVEL, "seed": seed},
    }


def _of_columns(columns: Entry) -> list[tuple[str, str, Scores]]:
    ids, categories = columns.texts("questions"), columns.texts("categories")
    metrics = columns.entry("metrics").value
    if len(categories) != len(ids) or any(len(values) != len(ids) for values in metrics.values()):
        raise invalid(columns.where, "its columns are not of one length.")
    rows = [{name: float(values[place]) for name, values in metrics.items()} for place in range(len(ids))]
    return list(zip(ids, categories, rows, strict=True))


def _of_lines(path: Path, recipe: str) -> list[tuple[str, str, Scores]]:
    return [
        (line.text("question"), line.text("category"), line.entry("metrics").value)
        for line in json_lines(path)
        if line.text("recipe") == recipe
    ]


def _keyed(found: Sequence[tuple[str, str, Scores]]) -> dict[Key, tuple[str, Scores]]:
    seen: Counter[str] = Counter()
    keyed: dict[Key, tuple[str, Scores]] = {}
    for question, category, scores in found:
        keyed[question, seen[question]] = (category, scores)
        seen[question] += 1
    return keyed


def _metrics(first: Scored, second: Scored, shared: Sequence[Key]) -> list[str]:
    """The metrics that both sides have, in the order of the first."""
    if not shared:
        return []
    other = second.rows[shared[0]][1]
    return [name for name in first.rows[shared[0]][1] if name in other]


def _differences(
    first: Scored,
    second: Scored,
    keys: Sequence[Key],
    names: Sequence[str],
    margin: float,
    rng: np.random.Generator,
) -> dict[str, dict[str, Any]]:
    before, after = (
        [{name: side.rows[key][1][name] for name in names} for key in keys] for side in (first, second)
    )
    old, new = means(before), means(after)
    return {
        name: {
            "first": round(old[name], DIGITS),
            "second": round(new[name], DIGITS),
            "difference": round(middle, DIGITS),
            "interval": [round(low, DIGITS), round(high, DIGITS)],
            "verdict": Verdict.of(low, high, margin).value,
        }
        for name, (middle, low, high) in gains(after, before, rng).items()
    }


def _by_category(
    first: Scored, second: Scored, shared: Sequence[Key], headline: str, margin: float, rng: np.random.Generator
) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[Key]] = {}
    for key in shared:
        groups.setdefault(first.rows[key][0], []).append(key)
    return {
        name: {
            "questions": len(keys),
            **_differences(first, second, keys, [headline], margin, rng)[headline],
        }
        for name, keys in sorted(groups.items())
    }


def _side(side: Scored) -> dict[str, Any]:
    return {
        "path": str(side.path),
        "recipe": side.report["recipe"],
        "version": side.report.get("version", ""),
        "questions": len(side.rows),
    }
