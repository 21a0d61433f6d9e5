"""The calls of the service on the conversation at hand and on the work that waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fusion_memory.core.clock import parse_time
from fusion_memory.core.errors import InvalidOption
from fusion_memory.core.knowledge_api import Moment
from fusion_memory.core.records import AddResult, Event
from fusion_memory.core.reports import TaskReport
from fusion_memory.core.scope import Action, Scope
from fusion_memory.engine import upkeep
from fusion_memory.engine.calls import WHOLE_DATABASE, Calls
from fusion_memory.engine.options import MAX_LIMIT, require_count
from fusion_memory.engine.presets import WindowAsked, window_asked
from fusion_memory.ingestion.normalise import Defaults
from fusion_memory.memory import tasks, working

MAX_DRAINED = 1_000_000


class ConversationCalls(Calls):
    """See :class:`~fusion_memory.core.knowledge_api.KnowledgeApi`."""

    def record_message(
        self,
        scope: Scope,
        role: str,
        content: str,
        *,
        time: Moment | None = None,
        name: str | None = None,
        message_id: str | None = None,
    ) -> AddResult:
        """Add one message of the running conversation; it is durable when this returns.

        Args:
            scope: whose; its ``session_id`` names the conversation.
            role: ``user``, ``assistant``, ``tool`` ...
            content: what was said.
            time: when; now when absent, so that the same words said again are another message.
            name: of the speaker.
            message_id: the caller's own id; a repeated one is the same message.

        Raises:
            InvalidInput: the message cannot be kept.
        """
        parts, access = self._enter(Action.WRITE, scope)
        moment = time if time is not None or message_id is not None else parts.clock.now()
        message = {"role": role, "content": content, "time": moment, "name": name, "id": message_id}
        given = {field: value for field, value in message.items() if value is not None}
        return parts.ingestion.add(access, given, Defaults(scope, None, None))

    def working_memory(
        self,
        scope: Scope,
        *,
        preset: str | None = None,
        messages: int | None = None,
        minutes: float | None = None,
        reach: str | None = None,
        budget: int | None = None,
        as_of: Moment | None = None,
    ) -> tuple[Event, ...]:
        """The recent messages of the conversation at hand, oldest first; what a call leaves open is a setting.

        Args:
            scope: whose; its session, or with the reach ``user`` all its sessions.
            preset: ``default`` (20 messages, 30 minutes, the session), ``user`` (the same over all sessions),
                ``memos``, ``openclaw`` or ``memori``; single values count before it.
            messages: so many at most, 0 to 10,000.
            minutes: only those of so many minutes; 0: however old.
            reach: ``session`` or ``user``.
            budget: only the newest that have so many tokens together; 0: no bound.
            as_of: the recent messages as they were at that moment.

        Raises:
            InvalidOption: there is no such preset or reach, or a number is out of range.
        """
        parts, access = self._read(scope)
        window = window_asked(parts.window, WindowAsked(preset, messages, minutes, reach, budget))
        moment = parse_time(as_of)
        with parts.database.read() as tx:
            return working.recent(tx, access, window, moment or parts.clock.now(), moment)

    def ingest_conversation(self, scope: Scope, messages: Sequence[Mapping[str, Any]]) -> Mapping[str, int]:
        """Take in a whole conversation in one transaction: ``{"inserted", "skipped"}``, of rows really written."""
        parts, access = self._enter(Action.WRITE, scope)
        done = parts.ingestion.add(access, list(messages), Defaults(scope, None, None))
        return {"inserted": done.inserted, "skipped": len(done.duplicates)}

    def memory_flush(self, scope: Scope) -> Mapping[str, int]:
        """Understand now whatever still waits in the scope: ``{"claimed", "processed", "retried", "failed"}``."""
        parts, access = self._enter(Action.WRITE, scope)
        return upkeep.work_off(parts, access, MAX_DRAINED)

    def drain_update_queue(self, limit: int = 200) -> Mapping[str, int]:
        """Work off what waits to be understood, of all owners: ``{"claimed", "processed", "retried", "failed"}``.

        Raises:
            InvalidOption: the limit is out of range.
        """
        parts, _ = self._enter(Action.ADMIN, WHOLE_DATABASE)
        return upkeep.drain(parts, require_count("limit", limit, MAX_DRAINED))

    def list_background_tasks(self, scope: Scope, status: str | None = None) -> tuple[TaskReport, ...]:
        """Work that waits, is put off after a failure, or was given up, the oldest first.

        Work that this service has nobody for (vectors without a model) is left out.

        Raises:
            InvalidOption: there is no such status.
        """
        parts, access = self._read(scope)
        if status not in (None, *tasks.STATUSES):
            raise InvalidOption(f"There is no status {status!r}.", fix=f"one of {', '.join(tasks.STATUSES)}")
        with parts.database.read() as tx:
            return tasks.listed(tx, access, status, parts.clock.now(), MAX_LIMIT, kinds=upkeep.kinds_of(parts))

    def process_background_tasks(self, scope: Scope, limit: int = 10) -> Mapping[str, int]:
        """Do some of the scope's work now, also what was put off; the counts of :meth:`drain_update_queue`.

        Raises:
            InvalidOption: the limit is out of range.
        """
        parts, access = self._enter(Action.WRITE, scope)
        return upkeep.work_off(parts, access, require_count("limit", limit, MAX_LIMIT))
