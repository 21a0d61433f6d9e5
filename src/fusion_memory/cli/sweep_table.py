"""The report of a sweep for a person: a row per variant, the base recipe first, and what the choice is worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.output import Output
from fusion_memory.evals.compare import Verdict

STYLES = {Verdict.BETTER.value: "good", Verdict.WORSE.value: "bad", Verdict.OPEN.value: "dim"}


def show(out: Output, report: Mapping[str, Any]) -> None:
    """Write the table to stdout and what belongs beside it to stderr."""
    halves = report["halves"]
    out.line(
        out.words(
            "sweep.title", name=report["dataset"], questions=report["questions"], recipe=report["base"]["recipe"]
        ),
        "strong",
    )
    head = [
        "",
        report["headline"],
        out.words("sweep.tune", count=halves["tune"]),
        out.words("sweep.check", count=halves["check"]),
        "mrr",
        out.words("sweep.gain"),
        out.words("sweep.interval", level=f"{report['level']:.0%}"),
        "",
    ]
    rows = [[Cell(title, "dim") for title in head], _row(report["base"], report, out.words("sweep.base"))]
    rows += [_row(one, report, one["label"]) for one in report["variants"]]
    out.table(Table(rows, right=frozenset(range(1, 7))))
    best, gain = report["best"], report["best"]["gain_on_check"]
    low, high = gain["interval"]
    out.line(
        out.words(
            f"sweep.best.{Verdict(gain['verdict']).name.lower()}",
            label=best["label"],
            difference=f"{gain['difference']:+.3f}",
            low=f"{low:+.3f}",
            high=f"{high:+.3f}",
        ),
        STYLES[gain["verdict"]],
    )
    for what in report["notes"]:
        out.note("eval.note", what=what)


def _row(one: Mapping[str, Any], report: Mapping[str, Any], label: str) -> list[Cell]:
    low, high = one["gain"]["interval"]
    chosen = one["recipe"] == report["best"]["recipe"]
    style = STYLES[one["gain"]["verdict"]]
    return [
        Cell(label, "strong" if chosen else ""),
        Cell(f"{one['aggregate'][report['headline']]:.3f}", "strong"),
        Cell(f"{one['tune']:.3f}"),
        Cell(f"{one['check']:.3f}"),
        Cell(f"{one['aggregate']['mrr']:.3f}", "dim"),
        Cell(f"{one['gain']['difference']:+.3f}", style),
        Cell(f"{low:+.3f} … {high:+.3f}", "dim"),
        Cell("◂" if chosen else ""),
    ]
