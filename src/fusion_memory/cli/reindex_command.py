"""``reindex``: bring every passage into the embedding space of the current model."""

from __future__ import annotations

from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.options import command
from fusion_memory.core.reports import ReindexReport


@command("reindex")
@with_call
def reindex(call: Call) -> None:
    """Make the vectors that are missing."""
    with call.memory() as memory, call.out.progress("progress.embedding", "unit.passages", None) as advance:
        memory.catch_up(progress=advance)
        report = memory.reindex(progress=advance)
    call.out.show(report, lambda: _show(call, report))


def _show(call: Call, report: ReindexReport) -> None:
    call.out.line(call.out.words("reindex.done", count=report.embedded, space=report.space))
    if report.previous_space and report.previous_space != report.space:
        call.out.note("reindex.switched", previous=report.previous_space)
