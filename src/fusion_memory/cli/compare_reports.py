"""``eval compare``: two reports side by side, question by question, with a verdict that CI can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Output
from fusion_memory.evals.compare import Verdict, compare, read

STYLES = {Verdict.BETTER.value: "good", Verdict.WORSE.value: "bad", Verdict.OPEN.value: "dim"}


@command("compare", topic="eval-compare")
@click.argument("first", metavar="BEFORE", type=click.Path(path_type=Path))
@click.argument("second", metavar="AFTER", type=click.Path(path_type=Path))
@click.option("--fail-if-worse", is_flag=True)
@click.option("--margin", metavar="X", type=click.FloatRange(min=0, max=1), default=0.0)
@click.option("--seed", metavar="N", type=click.IntRange(min=0), default=0)
@with_call
def compare_reports(call: Call, first: Path, second: Path, fail_if_worse: bool, margin: float, seed: int) -> None:
    """Compare two reports."""
    found = compare(read(first), read(second), margin=margin, seed=seed)
    call.out.show(found, lambda: _show(call.out, found))
    if fail_if_worse and found["verdict"] == Verdict.WORSE:
        raise click.exceptions.Exit(1)


def _show(out: Output, found: Mapping[str, Any]) -> None:
    head = found["metrics"][found["headline"]]
    title = out.words("eval-compare.title", name=found["dataset"], questions=found["questions"])
    out.line(title, "strong")
    for side in ("first", "second"):
        one = found[side]
        told = {"path": one["path"], "recipe": one["recipe"], "version": one["version"]}
        out.note(f"eval-compare.{side}_side", **told)
    titles = ["", *(out.words(f"eval-compare.{name}") for name in COLUMNS), ""]
    rows = [[Cell(title, "dim") for title in titles]]
    rows += [_row(out, name, one) for name, one in found["metrics"].items()]
    if len(found["by_category"]) > 1:
        rows += [_row(out, f"{name} ({one['questions']})", one) for name, one in found["by_category"].items()]
    out.table(Table(rows, right=frozenset({1, 2, 3, 4})))
    unpaired = found["only_first"] + found["only_second"]
    if unpaired:
        out.note("eval-compare.unpaired", count=unpaired)
    low, high = head["interval"]
    out.line(
        out.words(
            f"eval-compare.verdict.{Verdict(found['verdict']).name.lower()}",
            metric=found["headline"],
            difference=f"{head['difference']:+.3f}",
            low=f"{low:+.3f}",
            high=f"{high:+.3f}",
        ),
        STYLES[found["verdict"]],
    )


COLUMNS: Sequence[str] = ("before", "after", "difference", "interval")


def _row(out: Output, name: str, one: Mapping[str, Any]) -> list[Cell]:
    low, high = one["interval"]
    style = STYLES[one["verdict"]]
    return [
        Cell(name),
        Cell(f"{one['first']:.3f}"),
        Cell(f"{one['second']:.3f}", "strong"),
        Cell(f"{one['difference']:+.3f}", style),
        Cell(f"{low:+.3f} … {high:+.3f}", "dim"),
        Cell(out.words(f"eval-compare.{Verdict(one['verdict']).name.lower()}"), style),
    ]
