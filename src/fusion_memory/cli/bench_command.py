"""``bench``: measure speed and exactness on this machine, each figure with its target beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.eval_command import CACHE, progress_of, scratch_folder
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Output
from fusion_memory.core.api import MemoryApi
from fusion_memory.core.clock import SystemClock
from fusion_memory.engine import build
from fusion_memory.engine.parts import choose_embedder
from fusion_memory.evals.bench import MEASURES, chosen, machine, report_of
from fusion_memory.evals.measures.figure import Figure, Verdict
from fusion_memory.evals.measures.workbench import OpenAt, OpenModel, Workbench
from fusion_memory.retrieval.activation import Network, spread

STYLES = {Verdict.AIM: "good", Verdict.FLOOR: "good", Verdict.MISSED: "bad", Verdict.UNJUDGED: "dim"}


@command("bench")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--full", is_flag=True)
@click.option("--seed", type=click.IntRange(min=0), default=0, metavar="N")
@with_call
def bench(call: Call, names: tuple[str, ...], full: bool, seed: int) -> None:
    """Measure speed."""
    wanted = chosen(names)
    clock = SystemClock()
    started = clock.monotonic()
    figures: list[Figure] = []
    with scratch_folder(call) as folder:
        tools = Workbench(
            open_at=_opener(call),
            open_model=_model(call),
            open_network=lambda *edges: partial(spread, Network.of(*edges)),
            folder=folder,
            progress=progress_of(call),
            clock=clock,
            full=full,
            seed=seed,
        )
        with tools:
            for name in wanted:
                figures += MEASURES[name](tools)
    report = report_of(figures, tools, clock.monotonic() - started)
    call.out.show(report, lambda: _show(call, figures, tools, report["seconds"]))


def _opener(call: Call) -> OpenAt:
    cache = call.home / CACHE

    def open_at(file: Path, prepared: bool) -> MemoryApi:
        storage = replace(call.settings.storage, path=str(file))
        settings = replace(call.settings, storage=storage)
        return build.open_service(settings, file.parent, embedding_cache=cache if prepared else None)

    return open_at


def _model(call: Call) -> OpenModel:
    return lambda folder: choose_embedder(call.settings.embedding, folder)


def _show(call: Call, figures: Sequence[Figure], tools: Workbench, seconds: float) -> None:
    out = call.out
    head = ["", "", "", out.words("bench.floor"), out.words("bench.aim"), "", ""]
    rows = [[Cell(title, "dim") for title in head], *(_row(out, figure) for figure in figures)]
    out.table(Table(rows, right=frozenset({1, 3, 4})))
    if tools.degraded:
        out.note("bench.degraded", what=", ".join(sorted(tools.degraded)))
    out.note("bench.took", seconds=seconds, **machine())


def _row(out: Output, figure: Figure) -> list[Cell]:
    target, verdict = figure.target, figure.verdict
    sign = "≥" if target and target.more_is_better else "≤"
    floor = f"{sign} {target.floor:g}" if target else ""
    aim = f"{sign} {target.aim:g}" if target and target.aim is not None else ""
    judged = "" if verdict is Verdict.UNJUDGED else out.words(f"bench.verdict.{verdict.value}")
    return [
        Cell(figure.name),
        Cell(_number(figure.value), "strong"),
        Cell(figure.unit),
        Cell(floor, "dim"),
        Cell(aim, "dim"),
        Cell(judged, STYLES[verdict]),
        Cell(figure.detail, "dim"),
    ]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or value >= 100 else f"{value:.2f}"
