"""The public face of background work: jobs to queue, list, try again and cancel; care and its schedule.

:class:`~fusion_memory.core.api.MemoryApi` includes it; it stands apart so that each can be read at one sitting.
Without a scope a call concerns the whole database, which takes the right to administer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from fusion_memory.core.jobs import Job, JobPage, Scheduled
from fusion_memory.core.scope import Scope


class JobsApi(Protocol):
    """Work in the background."""

    def submit_job(self, kind: str, scope: Scope | None = None, options: Mapping[str, Any] | None = None) -> Job:
        """Queue work; when the same is open already, that is the job that comes back."""
        ...

    def job(self, job_id: str, scope: Scope | None = None) -> Job:
        """Where a job stands."""
        ...

    def jobs(
        self,
        scope: Scope | None = None,
        *,
        state: str | None = None,
        kind: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> JobPage:
        """The jobs of a scope, the latest first."""
        ...

    def retry_job(self, job_id: str, scope: Scope | None = None) -> Job:
        """Try a job again that was given up, cancelled or put off."""
        ...

    def cancel_job(self, job_id: str, scope: Scope | None = None) -> Job:
        """Cancel a job that is not finished."""
        ...

    def run_care(self, task: str, scope: Scope | None = None, *, wait: bool = True) -> tuple[Job, ...]:
        """Run a care task now, for a scope's owner or for every owner."""
        ...

    def care_tasks(self) -> tuple[str, ...]:
        """The names of the care tasks there are."""
        ...

    def care_schedule(self) -> tuple[Scheduled, ...]:
        """What runs when, when it last did and when it will."""
        ...
