"""``tasks``: work that waits, is due again after a failure, or was given up; and doing some of it now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from fusion_memory.cli.cells import Cell
from fusion_memory.cli.choices import require_known
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.listing import Line, listing
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Output
from fusion_memory.core.reports import TaskReport

STATUSES = ("pending", "postponed", "dead")
STYLES = {"postponed": "warn", "dead": "bad"}
DONE_AT_ONCE = 10


@command("tasks")
@click.option("--status", metavar="STATUS")
@click.option("--process", is_flag=True)
@click.option("--limit", "-k", type=click.IntRange(min=1), metavar="N")
@with_call
def tasks(call: Call, status: str | None, process: bool, limit: int | None) -> None:
    """Show or do background work."""
    if process and status is not None:
        raise Refusal("tasks.list_or_process", "fusion-memory tasks --process")
    wanted = require_known("tasks", "status", status, STATUSES) if status is not None else None
    scope = call.reach()
    with call.memory() as memory:
        if process:
            done = memory.process_background_tasks(scope, limit or DONE_AT_ONCE)
            call.out.show(done, lambda: _show_done(call.out, done))
        else:
            found = memory.list_background_tasks(scope, wanted)
            call.out.show(found[:limit], lambda: _show(call.out, found[:limit]))
            if limit is not None and len(found) > limit:
                call.out.note("tasks.more", count=len(found) - limit)


def _show_done(out: Output, done: Mapping[str, int]) -> None:
    out.line(out.words("tasks.done" if done["claimed"] else "tasks.nothing_due", **done))


def _show(out: Output, found: Sequence[TaskReport]) -> None:
    if not found:
        out.note("tasks.nothing")
    listing(out, [_line(out, task) for task in found])


def _line(out: Output, task: TaskReport) -> Line:
    lead = [
        Cell(f"{task.created_at:%Y-%m-%d %H:%M}"),
        Cell(named(out.lang, "status", task.status), STYLES.get(task.status, "")),
    ]
    parts = [named(out.lang, "work", task.kind)]
    if task.attempts:
        parts.append(out.words("tasks.tried", count=task.attempts))
    if task.reason:
        parts.append(named(out.lang, "reason", task.reason))
    if task.available_at is not None and task.available_at > task.created_at:
        parts.append(out.words("tasks.due", time=f"{task.available_at:%Y-%m-%d %H:%M}"))
    return Line(lead, task.memory_id, Cell(out.words("explain.comma").join(parts)))
