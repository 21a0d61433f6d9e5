"""The report of a question set for a person: a row for all questions, one per category, one per ablation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.output import Output
from fusion_memory.evals.report import Report, missing_vectors


def show(out: Output, report: Report) -> None:
    """Write the table to stdout and what belongs beside it to stderr."""
    title = out.words(
        "eval.title",
        name=report["dataset"],
        questions=report["questions"],
        unit=report["unit"],
        recipe=report["recipe"],
    )
    out.line(title, "strong")
    columns = _columns(report)
    out.table(Table(_rows(out, report, columns), right=frozenset(range(1, len(columns) + 3))))
    for what in report["notes"]:
        out.note("eval.note", what=what)
    for what, count in report["skipped"].items():
        out.note("eval.skipped", what=f"{count} ({what})")
    _tell_pollution(out, report["pollution"])
    if report["savings"]:
        out.line(out.words("eval.savings", **report["savings"]))
    if missing_vectors(report):
        out.note("eval.degraded")
    main = report["searched"][report["recipe"]]
    took = {"messages": report["stored"]["messages"], "stored": report["stored"]["seconds"]}
    rate = main["questions_per_second"]
    out.note("eval.took", rate=rate, seconds=report["seconds"], **took)


def _tell_pollution(out: Output, found: Mapping[str, Any]) -> None:
    """Say how many foreign memories came out, where several people share a memory."""
    if found["foreign"]:
        out.line(out.words("eval.polluted", **found), "bad")
    elif found["people"] > 1:
        out.note("eval.clean", **found)


def _columns(report: Report) -> list[str]:
    """Recall at every cut-off; the other metrics at the one of the headline."""
    family, _, k = report["headline"].partition("@")
    others = [f"{name}@{k}" for name in ("any", "all", "ndcg")]
    return [*(f"{family}@{cut}" for cut in report["ks"]), *others, "mrr"]


def _rows(out: Output, report: Report, columns: Sequence[str]) -> list[list[Cell]]:
    headline = report["headline"]
    level = f"{report['bootstrap']['level']:.0%}"
    interval = out.words("eval.interval", metric=headline, level=level)
    head = ["", out.words("eval.questions"), *columns, interval]
    total = {"questions": report["questions"], **report["metrics"]}
    rows = [[Cell(title, "dim") for title in head]]
    rows.append(_row(out.words("eval.all"), total, columns, report["intervals"][headline], "strong"))
    for name, found in report["by_category"].items():
        shown = f"{name} ({out.words('eval.apart')})" if name in report["apart"] else name
        rows.append(_row(shown, found, columns, report["category_intervals"][name][headline]))
    for recipe, found in report["ablation"].items():
        beside = {"questions": report["questions"], **found}
        title = out.words("eval.beside", recipe=recipe.removeprefix(report["recipe"]))
        rows.append([*_row(title, beside, columns, None, "dim")[:-1], _gain(out, report["gain"][recipe][headline])])
    for name, found in report["other_labels"].items():
        rows.append(_row(out.words("eval.labels", name=name), found, columns, None, "dim"))
    return rows


def _gain(out: Output, gain: Mapping[str, Any]) -> Cell:
    """What the main recipe gains on another, with its interval."""
    low, high = gain["interval"]
    return Cell(
        out.words("eval.gain", difference=f"{gain['difference']:+.3f}", low=f"{low:+.3f}", high=f"{high:+.3f}")
    )


def _row(
    name: str,
    found: Mapping[str, Any],
    columns: Sequence[str],
    interval: Sequence[float] | None,
    style: str = "",
) -> list[Cell]:
    bounds = f"{interval[0]:.3f} - {interval[1]:.3f}" if interval else ""
    values = [f"{found['questions']:,}", *(f"{found[column]:.3f}" for column in columns), bounds]
    return [Cell(name, style), *(Cell(value, style) for value in values)]
