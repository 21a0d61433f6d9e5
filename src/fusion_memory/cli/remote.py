"""The memory of a service as commands know the one in this process: the client, and what they ask of it besides.

What works on the files of the computer that keeps the memory is refused by name. It must not know HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from fusion_memory.client.memory import MemoryClient, plan_of
from fusion_memory.core.answers import AnswerPart
from fusion_memory.core.reports import HealthCheck, ProfileReport, ReindexReport
from fusion_memory.core.scope import Scope
from fusion_memory.core.service_errors import NotOffered


class RemoteMemory(MemoryClient):
    """A client with the further calls of the service in this process that commands use."""

    def reindex(self, scope: Scope | None = None, progress: Callable[[int], None] | None = None) -> ReindexReport:
        """Bring every passage into the current embedding space; nobody hears how far it is."""
        del progress
        report: ReindexReport = self._carried_out(plan_of("reindex", (scope,), {}, None))
        return report

    def answer_stream(
        self,
        *values: Any,  # noqa: ANN401 (those of the protocol)
        model: str | None = "auto",
        **named: Any,  # noqa: ANN401 (those of the protocol)
    ) -> Iterator[AnswerPart]:
        """The parts of an answer, by the model that the service has.

        Raises:
            NotOffered: an answer without a model is wanted.
        """
        if model is None:
            raise NotOffered("The service answers with the model it has.", fix="leave out --no-model")
        yield from super().answer_stream(*values, **named)

    def refresh_entity_profiles(self, scope: Scope) -> ProfileReport:
        """Profiles are computed when they are asked for: what they rest on now."""
        return self.profile_report(scope)

    def catch_up(self, limit: int | None = None, progress: Callable[[int], None] | None = None) -> int:
        """Nothing: the service makes its vectors by itself."""
        del limit, progress
        return 0

    def health(self, *, deep: bool = False) -> tuple[HealthCheck, ...]:
        """Whether the service answers; how its files are it says where it runs."""
        del deep
        found = self.alive()
        return (HealthCheck("service", "ok", f"{found.get('status')}, version {found.get('version')}"),)

    def backup(self, target: str | Path) -> NoReturn:
        """A backup is made where the files are.

        Raises:
            NotOffered: always.
        """
        del target
        raise NotOffered
