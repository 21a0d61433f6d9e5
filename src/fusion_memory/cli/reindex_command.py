"""``reindex``: bring every passage into the embedding space of the current model."""

from __future__ import annotations

from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Advance
from fusion_memory.core.records import ReindexReport


@command("reindex")
@with_call
def reindex(call: Call) -> None:
    """Make the vectors that are missing."""
    with call.memory() as memory, call.out.progress("progress.embedding", "unit.passages", None) as advance:
        memory.catch_up(progress=_steps(advance))
        report = memory.reindex(progress=_steps(advance))
    call.out.show(report, lambda: _show(call, report))


def _steps(advance: Advance) -> Advance:
    """The bar moves by steps; the engine tells the sum so far."""
    told = 0.0

    def moved(so_far: float) -> None:
        nonlocal told
        advance(so_far - told)
        told = so_far

    return moved


def _show(call: Call, report: ReindexReport) -> None:
    call.out.line(call.out.words("reindex.done", count=report.embedded, space=report.space))
    if report.previous_space and report.previous_space != report.space:
        call.out.note("reindex.switched", previous=report.previous_space)
