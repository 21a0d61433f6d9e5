"""The report on understanding for a person: every figure, then a row per group, then what was got wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.output import Output
from fusion_memory.evals.report import Report

CHAINS = "chain_"
"""Groups of chains have figures of their own, and so a table of their own."""


def show(out: Output, report: Report) -> None:
    """Write the tables to stdout and what belongs beside them to stderr."""
    show_figures(out, report, "extraction.title")
    out.note("extraction.took", seconds=report["seconds"])


def show_figures(out: Output, report: Report, title: str) -> None:
    """The figures, the groups and the failures of a report under a title."""
    out.line(out.words(title, name=report["dataset"], count=report["questions"]), "strong")
    rows = [[Cell(name), Cell(_figure(value), "strong")] for name, value in report["metrics"].items()]
    out.table(Table(rows, frozenset({1})))
    groups = report["by_category"].items()
    for chains in (False, True):
        _groups(out, [(name, found) for name, found in groups if _of_chains(found) == chains])
    for failure in report.get("failures", ()):
        _failure(out, failure)


def _of_chains(found: Mapping[str, Any]) -> bool:
    return any(name.startswith(CHAINS) for name in found)


def _groups(out: Output, groups: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """Groups below each other, a column for every figure that one of them has."""
    if not groups:
        return
    columns = list(dict.fromkeys(name for _, found in groups for name in found))
    end = Cell("")  # the last column of a table is never aligned to the right
    rows = [[Cell(""), *(Cell(name, "dim") for name in columns), end]]
    rows += [[Cell(group), *(Cell(_figure(found.get(name))) for name in columns), end] for group, found in groups]
    out.line()
    out.table(Table(rows, frozenset(range(1, len(columns) + 1))))


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def _failure(out: Output, failure: Mapping[str, Any]) -> None:
    """One example that was not understood: its id, then each thing that there is to say."""
    out.line()
    out.line(str(failure["id"]), "strong")
    rows = [
        [Cell(name, "dim"), Cell(str(one))]
        for name, value in failure.items()
        if name != "id"
        for one in _each(value)
    ]
    out.table(Table(rows))


def _each(value: Any) -> Iterable[Any]:  # noqa: ANN401 (any JSON value)
    return value if isinstance(value, list | tuple) else (value,)
