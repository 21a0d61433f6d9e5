"""``eval dates``: measure how times are read, from a file of statements."""

from __future__ import annotations

from pathlib import Path

import click

from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.extraction_table import show_figures
from fusion_memory.cli.options import command
from fusion_memory.evals.dates import measure


@command("dates")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--failures", is_flag=True)
@with_call
def dates(call: Call, path: Path, failures: bool) -> None:
    """How times are read."""
    report = measure(path, failures=failures)
    call.out.show(report, lambda: show_figures(call.out, report, "dates.title"))
