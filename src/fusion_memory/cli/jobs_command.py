"""``jobs``: work in the background that is not about one memory: list it, look at it, try it again, cancel it."""

from __future__ import annotations

import click

from fusion_memory.cli.cells import Cell
from fusion_memory.cli.choices import require_known
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.fields import show_fields
from fusion_memory.cli.listing import Line, listing
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Output
from fusion_memory.core.jobs import Job, JobState
from fusion_memory.core.scope import Scope

DEEDS = ("list", "show", "retry", "cancel")
STYLES = {JobState.DEAD: "bad", JobState.RUNNING: "good", JobState.CANCELLED: "dim", JobState.DONE: "dim"}


@command("jobs")
@click.argument("what", metavar="[list|show|retry|cancel]", default="list")
@click.argument("job_id", metavar="[ID]", required=False)
@click.option("--state", metavar="STATE")
@click.option("--all", "everybody", is_flag=True)
@click.option("--limit", "-k", type=click.IntRange(1, 1_000), default=50, metavar="N")
@with_call
def jobs(call: Call, what: str, job_id: str | None, state: str | None, everybody: bool, limit: int) -> None:
    """Show background jobs."""
    deed = require_known("jobs", "", what, DEEDS, "deed")
    if (job_id is None) != (deed == "list"):
        raise Refusal("jobs.ids", f"fusion-memory jobs {deed}{'' if deed == 'list' else ' ID'}", what=deed)
    wanted = None if state is None else require_known("jobs", "state", state, list(JobState), "job_state")
    scope = None if everybody else call.reach()
    with call.memory() as memory:
        if job_id is None:
            page = memory.jobs(scope, state=wanted, limit=limit)
            call.out.show(page, lambda: _list(call.out, page.jobs, more=page.cursor is not None))
            return
        change = {"show": memory.job, "retry": memory.retry_job, "cancel": memory.cancel_job}[deed]
        found = change(job_id, scope)
    call.out.show(found, lambda: show_job(call.out, found))


def show_job(out: Output, job: Job) -> None:
    """A job with all that is known of it."""
    show_fields(
        out,
        {
            "id": job.id,
            "job_kind": what_it_is(job),
            "job_scope": whose(out, job.scope),
            "job_state": named(out.lang, "jobstate", job.state.value),
            "job_progress": progress(job) or None,
            "job_counts": counted(job) or None,
            "job_reason": job.reason,
            "job_tries": f"{job.attempts} / {job.max_attempts}",
            "job_created": job.created_at,
            "job_available": job.available_at if job.state is JobState.QUEUED else None,
            "job_finished": job.finished_at,
        },
    )


def what_it_is(job: Job) -> str:
    """The kind of a job, and its task."""
    return " ".join([job.kind, *(str(value) for value in job.options.values())])


def whose(out: Output, scope: Scope) -> str:
    """Whose memories a job works on."""
    if scope.workspace_id == "*":
        return out.words("jobs.everything")
    ids = (scope.workspace_id, scope.user_id, scope.agent_id, scope.run_id, scope.session_id, scope.app_id)
    return "/".join(name for name in ids if name)


def progress(job: Job) -> str:
    """How far it is, where that is known."""
    if not job.done or not job.state.is_open:
        return ""
    return f"{job.done:,}" if job.total is None else f"{job.done:,} / {job.total:,}"


def counted(job: Job) -> str:
    """What it did."""
    return ", ".join(f"{name} {count:,}" for name, count in job.counts.items())


def _list(out: Output, found: tuple[Job, ...], *, more: bool) -> None:
    if not found:
        out.note("jobs.none")
    listing(out, [_line(out, job) for job in found])
    if more:
        out.note("jobs.more")


def _line(out: Output, job: Job) -> Line:
    parts = [what_it_is(job), whose(out, job.scope), progress(job), counted(job), job.reason or ""]
    lead = [
        Cell(f"{job.created_at:%Y-%m-%d %H:%M}", "dim"),
        Cell(named(out.lang, "jobstate", job.state.value), STYLES.get(job.state, "")),
    ]
    return Line(lead, job.id, Cell(out.words("explain.comma").join(part for part in parts if part)))
