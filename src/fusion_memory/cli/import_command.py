"""``import``: take in what ``export`` wrote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fusion_memory.cli import reading
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.notes import degraded_notes
from fusion_memory.cli.options import command
from fusion_memory.core.errors import ModelError, ModelUnavailable

if TYPE_CHECKING:
    from fusion_memory.engine.service import MemoryService

FRAME_LINES = 2  # a header and an end line surround the memories


@command("import")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--here", is_flag=True)
@with_call
def import_(call: Call, source: Path, here: bool) -> None:
    """Take in an export."""
    scope = call.scope() if here else None
    total = None
    if source.is_file():
        with source.open("rb") as file:
            total = max(sum(1 for _ in file) - FRAME_LINES, 0)
    with call.memory() as memory:
        with call.out.progress("progress.storing", "unit.memories", total) as advance:
            result = memory.import_records(_records(source), progress=advance, scope=scope)
        missing = _make_vectors(call, memory)
    call.out.show(
        result,
        lambda: call.out.line(call.out.words("import.done", imported=result.imported, known=result.duplicates)),
    )
    if result.by_hand:
        call.out.note("import.by_hand", count=result.by_hand)
    degraded_notes(call.out, missing)


def _make_vectors(call: Call, memory: MemoryService) -> tuple[str, ...]:
    """Make the vectors of what came in; what is in the way is said, the memories are there all the same."""
    try:
        with call.out.progress("progress.embedding", "unit.passages", None) as advance:
            memory.catch_up(progress=advance)
    except ModelUnavailable:
        return ("embedder_absent",)
    except ModelError as error:
        return (f"embedder_failed:{error.code}",)
    return ()


def _records(source: Path) -> Iterator[dict[str, Any]]:
    for number, value in reading.json_lines(source):
        if not isinstance(value, dict):
            raise Refusal("import.no_object", "fusion-memory export FILE", path=source, line=number)
        yield value
