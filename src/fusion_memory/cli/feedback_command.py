"""``feedback``: say whether a memory that a search brought was of use, or show what was said."""

from __future__ import annotations

from collections.abc import Sequence

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.failure import PROGRAM, Refusal
from fusion_memory.cli.options import command
from fusion_memory.core.utility import Feedback


@command("feedback")
@click.argument("memory_id", metavar="[ID]", required=False)
@click.option("--useful", "said", flag_value="useful")
@click.option("--useless", "said", flag_value="useless")
@click.option("--trace", "trace_id", metavar="ID")
@with_call
def feedback(call: Call, memory_id: str | None, said: str | None, trace_id: str | None) -> None:
    """Say whether a memory was of use."""
    if (memory_id is None) != (said is None):
        raise Refusal("feedback.half", f"{PROGRAM} feedback MEMORY_ID --useful --trace TRACE_ID")
    scope = call.reach()
    with call.memory() as memory:
        if memory_id is None:
            given = memory.feedback_given(scope)
            call.out.show(given, lambda: _show(call, given))
            return
        kept = memory.feedback(memory_id, said == "useful", scope, trace_id)
    call.out.show(kept, lambda: call.out.line(call.out.words(f"feedback.{said}", id=memory_id), "good"))
    if trace_id is None:
        call.out.note("feedback.no_trace")


def _show(call: Call, given: Sequence[Feedback]) -> None:
    rows = [
        [
            Cell(one.memory_id),
            Cell(call.out.words("feedback.yes" if one.useful else "feedback.no"), "good" if one.useful else "bad"),
            Cell(f"{one.at:%Y-%m-%d %H:%M}", "dim"),
            Cell(one.trace_id or "-", "dim"),
        ]
        for one in given
    ]
    if rows:
        call.out.table(Table(rows))
    else:
        call.out.note("feedback.none")
