"""The calls of the service that operators make: what happens, what waits, what is held, can it serve."""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from fusion_memory.core.errors import FusionMemoryError, InvalidOption, ModelError
from fusion_memory.core.operations import (
    Happenings,
    Holdings,
    PipelineReport,
    Points,
    PromptNote,
    Readiness,
    SessionReset,
)
from fusion_memory.core.records import AddResult
from fusion_memory.core.reports import HealthCheck
from fusion_memory.core.scope import Access, Action, Scope
from fusion_memory.engine import mapping, resetting, seeding
from fusion_memory.engine.calls import WHOLE_DATABASE
from fusion_memory.engine.health import FAIL, OK, WARN
from fusion_memory.engine.once_calls import OnceCalls
from fusion_memory.engine.options import MAX_LIMIT, require_count
from fusion_memory.engine.parts import Parts
from fusion_memory.ingestion.extraction import prompt as reading
from fusion_memory.memory import feed, pipeline, reach
from fusion_memory.retrieval.answering import prompt as answering

MAX_POINTS: Final = 100_000
PING: Final = "ping 你好"


class OperationCalls(OnceCalls):
    """See :class:`~fusion_memory.core.operations_api.OperationsApi`."""

    def happenings(self, scope: Scope | None = None, after: str | None = None, limit: int = 100) -> Happenings:
        """What happened after a cursor, in the order it was stored; without a cursor nothing yet, and that of now.

        Args:
            scope: one owner; a workspace alone for all in it, or None for everybody, with the right to administer.
            after: the cursor of the last one seen; ``0-0`` for everything that is still told.
            limit: so many of each source, 1 to 1,000.

        Raises:
            InvalidOption: the cursor is none, or the scope narrows within its owner, which events do not know.
        """
        parts, access = self._whom(scope)
        require_count("limit", limit, MAX_LIMIT)
        with parts.database.read() as tx:
            return feed.after(tx, access, after, limit)

    def pipeline(self, scope: Scope | None = None) -> PipelineReport:
        """What waits, what was done lately, what failed, and for the whole database what models cost."""
        parts, access = self._whom(scope)
        told = self._settings.telemetry
        with parts.database.read() as tx:
            prices = (told.price_per_1k_input, told.price_per_1k_output)
            return pipeline.report(tx, access, parts.clock.now(), prices=prices)

    def holdings(self, scope: Scope | None = None) -> Holdings:
        """How much an owner, a workspace or the whole database holds."""
        parts, access = self._whom(scope)
        with parts.database.read() as tx:
            return pipeline.holdings(tx, access, parts.database.size_bytes())

    def reset_session(
        self, scope: Scope, *, confirm: bool = False, dry_run: bool = False, clear_audit: bool = False
    ) -> SessionReset:
        """Erase everything of one session, and say how much that was.

        Args:
            scope: with the ``session_id``.
            confirm: must be True, unless it is a dry run.
            dry_run: only count.
            clear_audit: also the recall traces and context packs of searches that were asked in the session. The
                audit trail itself holds no content and is never shortened: its rows bear each other out.

        Raises:
            InvalidOption: the scope names no session, or it was not confirmed; nothing was erased.
        """
        if isinstance(scope, Scope) and scope.session_id is None:
            raise InvalidOption("The scope names no session.", fix="pass a Scope with a session_id")
        if not (confirm or dry_run):
            raise InvalidOption(
                "A session is only reset when that is confirmed.",
                why="All that was said in it would be erased.",
                fix="pass confirm=true, or dry_run=true to see what would go",
            )
        return resetting.reset(*self._enter(Action.FORGET, scope), dry_run=dry_run, clear_audit=clear_audit)

    def prompts(self) -> tuple[PromptNote, ...]:
        """What language models are told by this memory, word for word; the texts they work on are not in it."""
        self._enter(Action.READ, self._own().scope)
        return (
            PromptNote("extract", "reading a message a second time", reading.VERSION, reading.instructions()),
            PromptNote("answer", "answering from the evidence", answering.VERSION, answering.SYSTEM),
        )

    def readiness(self, backlog_age_s: float = 0.0) -> Readiness:
        """Whether requests can be served: the database answers, the model was loaded, work does not pile up.

        It takes no right and tells nothing of anybody.

        Args:
            backlog_age_s: work that is due and was never tried may wait so long; 0: however long.
        """
        try:
            parts = self._parts
            checks = [_database(parts), _model(parts), _backlog(parts, backlog_age_s)]
        except FusionMemoryError as error:
            checks = [HealthCheck("database", FAIL, error.code, error.fix)]
        return Readiness(all(check.status != FAIL for check in checks), tuple(checks))

    def seed(self, scope: Scope) -> AddResult:
        """Tell the scope a short story in two languages, for trying out; told again, nothing of it is new."""
        return seeding.seed(*self._enter(Action.WRITE, scope))

    def points(self, scope: Scope, limit: int = 20_000, unless: Set[str] = frozenset()) -> Points:
        """Where the scope's memories lie among each other, in three dimensions.

        Args:
            scope: whose; its session, agent, run and app narrow what is shown.
            limit: of more memories so many are shown, chosen evenly; 1 to 100,000.
            unless: versions that the caller has; of one of these nothing is drawn again.
        """
        parts, access = self._read(scope)
        require_count("limit", limit, MAX_POINTS)
        return mapping.mapped(parts, access, limit, unless)

    def _whom(self, scope: Scope | None) -> tuple[Parts, Access]:
        """The ticket for a question that may concern many."""
        asked = Access(self._principal, scope or WHOLE_DATABASE, Action.READ)
        many = scope is None or (isinstance(scope, Scope) and reach.is_tenant(asked))
        parts, access = self._enter(Action.ADMIN if many else Action.READ, asked.scope)
        owner = access.scope.owner
        own = {"agent_id": owner.agent_id, "run_id": owner.run_id}
        if any(own.get(name) != value for name, value in access.scope.narrowing.items()):
            raise InvalidOption(
                "What happens and what waits is told of an owner as a whole.",
                why="It is not kept by session, agent, run or app.",
                fix="leave out what narrows the scope within its owner",
            )
        return parts, access


def _database(parts: Parts) -> HealthCheck:
    with parts.database.read() as tx:
        pipeline.oldest_due_s(tx, parts.clock.now())
    return HealthCheck("database", OK, "answers, its schema is current")


def _model(parts: Parts) -> HealthCheck:
    """The first question to a model loads it. One that fails costs meaning, not memory: that is not red."""
    if parts.embedder is None:
        return HealthCheck("model", WARN, "none: searches find words, not meanings")
    try:
        parts.embedder.embed_queries([PING])
    except ModelError as error:
        return HealthCheck("model", WARN, error.code)
    return HealthCheck("model", OK, "loaded")


def _backlog(parts: Parts, most_s: float) -> HealthCheck:
    with parts.database.read() as tx:
        age_s = pipeline.oldest_due_s(tx, parts.clock.now())
    status = FAIL if most_s and age_s > most_s else OK
    return HealthCheck("backlog", status, f"{age_s:.0f} s", "fusion-memory tasks" if status == FAIL else "")
