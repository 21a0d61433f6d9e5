"""The calls of the service on work in the background: jobs, care, its schedule, and the worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fusion_memory.consolidation.tasks import TASKS
from fusion_memory.core.errors import InvalidOption, NotFound
from fusion_memory.core.jobs import Job, JobPage, JobState, Scheduled
from fusion_memory.core.scope import Access, Action, Scope
from fusion_memory.core.service_errors import BadCursor, Conflicting
from fusion_memory.engine import job_kinds
from fusion_memory.engine.calls import WHOLE_DATABASE, Calls
from fusion_memory.engine.job_kinds import BACKUP, CARE, concerns_all, key_of
from fusion_memory.engine.options import MAX_LIMIT, require_count
from fusion_memory.engine.parts import Parts
from fusion_memory.engine.worker import Worker
from fusion_memory.memory import audit, jobs, owners
from fusion_memory.memory.jobs import LAST, NewJob

ON = "on"
WORKERS = ("auto", ON, "off")


class JobsCalls(Calls):
    """See :class:`~fusion_memory.core.jobs_api.JobsApi`."""

    def submit_job(self, kind: str, scope: Scope | None = None, options: Mapping[str, Any] | None = None) -> Job:
        """Queue work for a worker; when the same is open already, that is the job that comes back.

        Args:
            kind: ``care`` (with the option ``task``) or ``rebuild`` in a scope; ``reindex`` or ``backup`` without.
            scope: whose memories; None for the whole database, which takes the right to administer.
            options: of the kind.

        Raises:
            InvalidOption: there is no such kind, option or task, or it does not go with the scope.
        """
        chosen = job_kinds.KINDS.get(kind)
        if chosen is None:
            raise InvalidOption(f"There is no kind of job {kind!r}.", fix=f"one of {', '.join(job_kinds.KINDS)}")
        if chosen.whole_database and scope is not None:
            raise InvalidOption(f"A job of the kind {kind!r} concerns the whole database.", fix="pass no scope")
        given = dict(options or {})
        _require_options(kind, given)
        if kind != CARE and not chosen.whole_database and scope is None:
            raise InvalidOption(f"A job of the kind {kind!r} takes a scope.", fix="pass a scope")
        if kind == CARE and scope is None and not concerns_all(given["task"]):
            raise InvalidOption(f"The task {given['task']!r} takes a scope.", fix="pass a scope, or use run_care")
        parts, access = self._placed(chosen.action, scope)
        return self._queued(parts, access, kind, given)

    def job(self, job_id: str, scope: Scope | None = None) -> Job:
        """Where a job stands.

        Raises:
            NotFound: there is none of that id in the scope.
        """
        return self._job(job_id, scope, Action.READ)[2]

    def jobs(
        self,
        scope: Scope | None = None,
        *,
        state: str | None = None,
        kind: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> JobPage:
        """The jobs of a scope, the latest first; ``cursor`` of a page asks for the next one.

        Raises:
            InvalidOption: there is no such state, or the limit is out of range.
            BadCursor: the cursor is none of these pages'.
        """
        parts, access = self._placed(Action.READ, scope)
        require_count("limit", limit, MAX_LIMIT)
        if state is not None and state not in set(JobState):
            raise InvalidOption(f"There is no state {state!r}.", fix=f"one of {', '.join(JobState)}")
        wanted = None if state is None else JobState(state)
        found: list[jobs.Stored] = []
        before = _place(cursor)
        with parts.database.read() as tx:
            while len(found) <= limit and (rows := jobs.page(tx, access, wanted, kind, before, limit + 1)):
                found += [row for row in rows if jobs.shown(access, row.job)]
                before = rows[-1].job_no
        page = found[:limit]
        more = len(found) > limit
        return JobPage(tuple(row.job for row in page), f"j{page[-1].job_no}" if more else None)

    def retry_job(self, job_id: str, scope: Scope | None = None) -> Job:
        """Try a job again that was given up, cancelled or put off, as if it were new.

        Raises:
            NotFound: there is none of that id in the scope.
            Conflicting: it runs, it is done, or the same is queued already.
        """
        return self._change(job_id, scope, "retry")

    def cancel_job(self, job_id: str, scope: Scope | None = None) -> Job:
        """Cancel a job that is not finished; one that runs stops at its next step.

        Raises:
            NotFound: there is none of that id in the scope.
            Conflicting: it is finished already.
        """
        return self._change(job_id, scope, "cancel")

    def run_care(self, task: str, scope: Scope | None = None, *, wait: bool = True) -> tuple[Job, ...]:
        """Run a care task now: one job for a scope's owner, or without a scope one for every owner there is.

        Args:
            task: of :meth:`care_tasks`, or ``backup``.
            scope: whose memories; narrowing ids are left aside.
            wait: do it in this call; else a worker does.

        Raises:
            InvalidOption: there is no such task, or it concerns the whole database and a scope was given.
        """
        if task not in TASKS and task != BACKUP:
            raise InvalidOption(f"There is no care task {task!r}.", fix=f"one of {', '.join((*TASKS, BACKUP))}")
        if concerns_all(task) and scope is not None:
            raise InvalidOption(f"The task {task!r} concerns the whole database.", fix="pass no scope")
        parts, access = self._placed(Action.WRITE, scope)
        kind, options = (BACKUP, {}) if task == BACKUP else (CARE, {"task": task})
        queued = [self._queued(parts, place, kind, options) for place in self._places(parts, access, task, scope)]
        if wait:
            worker = self._worker(parts)
            for one in queued:
                worker.do(one.id)
            with parts.database.read() as tx:
                queued = [jobs.find(tx, one.id) or one for one in queued]
        return tuple(queued)

    def care_tasks(self) -> tuple[str, ...]:
        """The names of the care tasks there are."""
        del self
        return tuple(TASKS)

    def care_schedule(self) -> tuple[Scheduled, ...]:
        """What runs when, for which moment it last did, and when it will.

        Raises:
            InvalidSetting: the schedule of the settings cannot be read.
        """
        parts, _ = self._enter(Action.ADMIN, WHOLE_DATABASE)
        return self._worker(parts).scheduler.listed()

    def start_worker(self) -> None:
        """Work in the background from now on, in a thread of this process, until the service is closed.

        With ``care.worker = off`` it does nothing: then ``fusion-memory worker`` works.

        Raises:
            InvalidSetting: the schedule of the settings cannot be read.
        """
        parts, _ = self._enter(Action.ADMIN, WHOLE_DATABASE)
        if self._settings.care.worker != "off":
            self._worker(parts).start()

    def worker(self, kinds: tuple[str, ...] | None = None) -> Worker:
        """A worker on this memory, for a process of its own.

        Raises:
            InvalidOption: there is no such kind of work.
            InvalidSetting: the schedule of the settings cannot be read.
        """
        parts, _ = self._enter(Action.ADMIN, WHOLE_DATABASE)
        return Worker(parts, self._settings, kinds)

    def _placed(self, action: Action, scope: Scope | None) -> tuple[Parts, Access]:
        """The parts and the ticket of a call in a scope; without one, of a call on the whole database."""
        if scope is None or (isinstance(scope, Scope) and jobs.is_whole_database(scope)):
            return self._enter(Action.ADMIN, WHOLE_DATABASE)
        return self._enter(action, scope)

    def _worker(self, parts: Parts) -> Worker:
        """The worker of this service, shared by all its faces."""
        with self._opened.making:
            if self._opened.worker is None:
                self._opened.worker = Worker(parts, self._settings)
            return self._opened.worker

    def _places(self, parts: Parts, access: Access, task: str, scope: Scope | None) -> list[Access]:
        """Where a task is to run."""
        if concerns_all(task):
            return [access]
        if scope is None:
            with parts.database.read() as tx:
                return owners.every(tx, access)
        owner = scope.owner
        whole = Scope(
            workspace_id=owner.workspace_id or None,
            user_id=owner.user_id or None,
            agent_id=owner.agent_id or None,
            run_id=owner.run_id or None,
        )
        return [Access(access.principal, whole, access.action)]

    def _queued(self, parts: Parts, access: Access, kind: str, options: Mapping[str, Any]) -> Job:
        now, key = parts.clock.now(), key_of(kind, options)
        if access.scope.narrowing:
            key += f":{sorted(access.scope.narrowing.items())}"
        new = NewJob(parts.ids.new("job", now), kind, options, key, max(self._settings.care.attempts, 1))
        with parts.database.write() as tx:
            job_id = jobs.submit(tx, access, new, now)
            if job_id is not None:
                audit.record(tx, access, "job_submit", [job_id], {"kind": kind}, now)
            found = jobs.find(tx, job_id or jobs.open_of_key(tx, access, key) or "")
        if self._opened.worker is not None:
            self._opened.worker.wake()
        if found is None:
            raise Conflicting
        return found

    def _job(self, job_id: str, scope: Scope | None, action: Action) -> tuple[Parts, Access, Job]:
        parts, access = self._placed(action, scope)
        with parts.database.read() as tx:
            found = jobs.find(tx, job_id)
        if found is None or not jobs.shown(access, found):
            raise NotFound(f"There is no job {job_id!r} here.")
        return parts, access, found

    def _change(self, job_id: str, scope: Scope | None, deed: str) -> Job:
        parts, access, found = self._job(job_id, scope, Action.WRITE)
        now, change = parts.clock.now(), jobs.retry if deed == "retry" else jobs.cancel
        with parts.database.write() as tx:
            if not change(tx, job_id, now):
                raise Conflicting(
                    f"The job {job_id} is {(jobs.find(tx, job_id) or found).state.value}.",
                    why="Open jobs are cancelled; those given up, cancelled or put off are tried again.",
                    fix=f"fusion-memory jobs show {job_id}",
                )
            audit.record(tx, access, f"job_{deed}", [job_id], {"kind": found.kind}, now)
            changed = jobs.find(tx, job_id)
        if self._opened.worker is not None:
            self._opened.worker.wake()
        return changed or found


def _require_options(kind: str, given: Mapping[str, Any]) -> None:
    known = job_kinds.KINDS[kind].options
    stray = next((name for name in given if name not in known), None)
    if stray is not None:
        raise InvalidOption(f"A job of the kind {kind!r} has no option {stray!r}.", fix=f"one of {sorted(known)}")
    task = given.get("task")
    if kind == CARE and (not isinstance(task, str) or task not in TASKS):
        raise InvalidOption(f"There is no care task {task!r}.", fix=f"one of {', '.join(TASKS)}")


def _place(cursor: str | None) -> int:
    if cursor is None:
        return LAST
    digits = cursor[1:]
    if not cursor.startswith("j") or not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        raise BadCursor
    return int(digits)
