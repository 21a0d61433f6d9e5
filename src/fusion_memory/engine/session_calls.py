"""The calls of the service on whole conversations and what is always at hand: summaries, core memory, profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from fusion_memory.consolidation import condense as condensing
from fusion_memory.core.care_settings import is_on
from fusion_memory.core.errors import InvalidOption, InvalidScope
from fusion_memory.core.layers import (
    SUMMARY_SIZES,
    Cadence,
    Cause,
    CoreMemory,
    SessionSchema,
    SessionSummary,
    SummarySize,
)
from fusion_memory.core.reports import Told
from fusion_memory.core.scope import Access, Action, Scope
from fusion_memory.engine import telling
from fusion_memory.engine.calls import Calls, deriving, up_to_date
from fusion_memory.engine.condensation_calls import care_of
from fusion_memory.engine.options import MAX_BUDGET_TOKENS, MAX_LIMIT, require_count
from fusion_memory.engine.parts import Parts
from fusion_memory.ingestion.batching import Batch, BatchProcessor, Message
from fusion_memory.ingestion.normalise import Defaults
from fusion_memory.memory import core_facts, owners, profile_values, schemas, summaries

SAVE_MODES = ("raw", "summary")


class SessionCalls(Calls):
    """See :class:`~fusion_memory.core.knowledge_api.KnowledgeApi`."""

    def save_session(
        self, scope: Scope, mode: str = "raw", messages: Sequence[Mapping[str, Any]] = ()
    ) -> SessionSummary | None:
        """Close a session: take in what of it is not here yet, and with mode ``summary`` keep a summary beside it.

        Args:
            scope: whose, with the ``session_id``.
            mode: ``raw`` or ``summary``.
            messages: of the session; those that are here already stay as they are.

        Raises:
            InvalidOption: the scope names no session, or there is no such mode.
        """
        if mode not in SAVE_MODES:
            raise InvalidOption(f"There is no mode {mode!r}.", fix=f"one of {', '.join(SAVE_MODES)}")
        parts, access = self._enter(Action.WRITE, _with_session(scope))
        if messages:
            parts.ingestion.add(access, list(messages), Defaults(scope, None, None))
        if mode == "raw":
            return None
        made = self._summarised(scope, SUMMARY_SIZES["session"], Cause.SESSION_END)
        if made and parts.answering is None:  # a model may be slow: its cards are made in the background
            over = condensing.Due(made.session_id, Cause.SESSION_END)
            condensing.condense(care_of(parts, self._settings), access, over)
        return made

    def refresh_session_summary(self, scope: Scope) -> SessionSummary | None:
        """Summarise the scope's session anew; None when it holds nothing to summarise.

        Raises:
            InvalidOption: the scope names no session.
        """
        return self._summarised(_with_session(scope), self._summary_size(), Cause.REQUEST)

    def get_session_summaries(self, scope: Scope, *, limit: int = 100) -> tuple[SessionSummary, ...]:
        """The summaries of the scope's sessions, the latest first; sessions that are due are summarised now.

        Summaries are derived, so the right to read is enough; where none can be written, those there are come back.

        Raises:
            InvalidOption: the limit is out of range.
        """
        parts, access = self._read(scope)
        require_count("limit", limit, MAX_LIMIT)
        size, own, now = self._summary_size(), deriving(access), parts.clock.now()
        up_to_date(lambda: summaries.refresh(parts.database, own, size, parts.ids, now))
        with parts.database.read() as tx:
            return summaries.of_scope(tx, access, limit)

    def get_session_schemas(self, scope: Scope, *, limit: int = 100) -> tuple[SessionSchema, ...]:
        """What longer sessions were about at a glance: telling words and sentences, the latest session first.

        A session has a schema from five passages on. Nothing of it is stored.

        Raises:
            InvalidOption: the limit is out of range.
        """
        parts, access = self._read(scope)
        require_count("limit", limit, MAX_LIMIT)
        with parts.database.read() as tx:
            return schemas.of_scope(tx, access, parts.database.keyword, limit)

    def core_memory(self, scope: Scope, budget: int | None = None) -> CoreMemory:
        """The few facts that are always at hand, as marked text to put before a model once.

        Which ones is derived, so the right to read is enough; it is written down only when it changes.

        Args:
            scope: whose.
            budget: tokens of the text; from the settings when absent.

        Raises:
            InvalidOption: the budget is out of range.
        """
        parts, access = self._understood(scope)
        default = self._settings.core.tokens
        tokens = require_count("budget", default if budget is None else budget, MAX_BUDGET_TOKENS)
        if not is_on("core.conscious_ingest", self._settings.core.conscious_ingest):
            return core_facts.text((), tokens)
        now = parts.clock.now()
        up_to_date(lambda: self._choose_core(parts, deriving(access), now))
        with parts.database.read() as tx:
            return core_facts.text(core_facts.listed(tx, access, now), tokens)

    def get_user_profile(self, scope: Scope) -> Mapping[str, Any]:
        """The values a caller keeps about the owner: plain key and value, never searched.

        Raises:
            InvalidScope: the scope is a part of its owner, as an agent's or an app's of a user.
        """
        parts, access = self._read(scope)
        _require_whole(access)
        with parts.database.read() as tx:
            return profile_values.get(tx, access)

    def update_user_profile(self, scope: Scope, updates: Mapping[str, Any]) -> Mapping[str, Any]:
        """Merge values into the profile, key by key; None takes a key away. The profile as it is then.

        Raises:
            InvalidInput: a key or value cannot be kept.
            InvalidScope: the scope is a part of its owner, as an agent's or an app's of a user.
        """
        parts, access = self._enter(Action.WRITE, scope)
        _require_whole(access)
        clean = parts.redactor.values(updates)
        with parts.database.write() as tx:
            return profile_values.update(tx, access, clean, parts.clock.now())

    def tell(self, text: str, scope: Scope) -> Told:
        """Do what plain words ask for: remember, recall, search, tidy up; to forget is only proposed.

        What asks for nothing is added as a message.

        Raises:
            InvalidInput: the text cannot be kept or searched.
        """
        parts, access = self._enter(Action.WRITE, scope)
        return telling.tell(parts, access, text, self._settings)

    def batch_processor(self, cadence: Cadence | None = None, *, durable: bool = True) -> BatchProcessor:
        """A buffer in front of the encoder: messages are durable at once, and understood in batches.

        Args:
            cadence: when a batch is due; the default is 10 messages, 1,200 tokens or 300 idle seconds.
            durable: False holds messages back until they are flushed; they are not acknowledged before.

        Use it as a context manager, or call its ``close``, before the service is closed.
        """
        parts, _ = self._enter(Action.WRITE, self._default_scope or Scope(workspace_id="*"))

        def record(scope: Scope, messages: Sequence[Message]) -> Sequence[str]:
            parts, access = self._enter(Action.WRITE, scope)
            return parts.ingestion.record(access, list(messages), Defaults(scope, None, None)).ids

        def store(batch: Batch) -> Mapping[str, int]:
            parts, access = self._enter(Action.WRITE, batch.scope)
            return telling.understand(parts, access, batch)

        return BatchProcessor(
            store,
            record=record if durable else None,
            durable=durable,
            cadence=cadence,
            clock=parts.clock,
            max_chars=self._settings.ingest.max_chars,
        )

    @staticmethod
    def _choose_core(parts: Parts, access: Access, now: datetime) -> None:
        with parts.database.read() as tx:
            if core_facts.settled(tx, access, now):
                return
        with parts.database.write() as tx:
            core_facts.refresh(tx, access, now)

    def _summary_size(self) -> SummarySize:
        given = self._settings.summary
        return SummarySize(given.chars, given.sources, given.after)

    def _summarised(self, scope: Scope, size: SummarySize, cause: Cause) -> SessionSummary | None:
        parts, access = self._enter(Action.WRITE, scope)
        made = summaries.refresh(parts.database, access, size, parts.ids, parts.clock.now(), cause)
        return made[0] if made else None


def _with_session(scope: Scope) -> Scope:
    if isinstance(scope, Scope) and scope.session_id is None:
        raise InvalidOption("The scope names no session.", fix="pass a Scope with a session_id")
    return scope


def _require_whole(access: Access) -> None:
    """A profile is of an owner, in whichever session: who may see a part of the owner sees none of it."""
    if not owners.is_whole(replace(access, scope=access.scope.across_sessions())):
        raise InvalidScope(
            "A profile belongs to a whole owner.",
            why=f"{access.scope!r} is a part of one.",
            fix="leave out the narrower ids, with a key that is not bound to them",
        )
