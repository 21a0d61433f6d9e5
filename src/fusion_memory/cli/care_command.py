"""``care``: what keeps memory healthy in the background: its tasks, its schedule, and running a task now."""

from __future__ import annotations

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.choices import require_known
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.jobs_command import counted, whose
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Output
from fusion_memory.core.jobs import Job, JobState, Scheduled

DEEDS = ("list", "schedule", "run")
MINUTE = "%Y-%m-%d %H:%M UTC"


@command("care")
@click.argument("what", metavar="[list|schedule|run]", default="list")
@click.argument("task", metavar="[TASK]", required=False)
@click.option("--all", "everybody", is_flag=True)
@click.option("--later", is_flag=True)
@with_call
def care(call: Call, what: str, task: str | None, everybody: bool, later: bool) -> None:
    """Run care and show its schedule."""
    deed = require_known("care", "", what, DEEDS, "deed")
    if (task is not None) != (deed == "run"):
        raise Refusal("care.task_wanted", f"fusion-memory care {deed}{' TASK' if deed == 'run' else ''}", what=deed)
    with call.memory() as memory:
        if task is not None:
            scope = None if everybody else call.reach()
            done = memory.run_care(task, scope, wait=not later)
            call.out.show(done, lambda: _ran(call.out, done))
        elif deed == "list":
            names = memory.care_tasks()
            call.out.show(names, lambda: _tasks(call.out, names))
        else:
            plan = memory.care_schedule()
            call.out.show(plan, lambda: _plan(call.out, plan))


def _tasks(out: Output, names: tuple[str, ...]) -> None:
    out.table(Table([[Cell(name, "strong"), Cell(_meaning(out, name))] for name in names]))


def _meaning(out: Output, name: str) -> str:
    return out.words_or(f"caretask.{name}", "")


def _plan(out: Output, plan: tuple[Scheduled, ...]) -> None:
    if not plan:
        out.note("care.off")
    rows = [
        [
            Cell(entry.task, "strong" if entry.available else "dim"),
            Cell(entry.when),
            Cell(out.words("care.last", time=f"{entry.last_at:{MINUTE}}") if entry.last_at else "-", "dim"),
            Cell(_next(out, entry), "" if entry.available else "warn"),
        ]
        for entry in plan
    ]
    out.table(Table(rows))


def _next(out: Output, entry: Scheduled) -> str:
    if not entry.available:
        return out.words("care.unavailable")
    return out.words("care.next", time=f"{entry.next_at:{MINUTE}}") if entry.next_at else out.words("care.messages")


def _ran(out: Output, done: tuple[Job, ...]) -> None:
    if not done:
        out.note("care.nobody")
    rows = [
        [
            Cell(whose(out, job.scope)),
            Cell(named(out.lang, "jobstate", job.state.value), "bad" if job.state is JobState.DEAD else ""),
            Cell(counted(job) or job.reason or "-"),
        ]
        for job in done
    ]
    out.table(Table(rows))
