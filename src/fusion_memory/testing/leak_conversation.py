"""Reads of conversations and of what is always at hand: recent messages, summaries, core memory, profile, tasks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict

from fusion_memory.core.errors import InvalidScope
from fusion_memory.core.scope import Scope
from fusion_memory.testing.leak_judge import ECHOES, Leak, Reads

RECENT = 20
"""The recent messages that the campaign's memory keeps at hand, however old."""


class ConversationReads(Reads):
    """Recent messages, summaries, core memory, the values about an owner, waiting work, plain words."""

    def paths(self) -> tuple[Callable[[Scope], None], ...]:
        """The reads."""
        return (
            self._working,
            self._summaries,
            self._schemas,
            self._summarise,
            self._cards,
            self._core,
            self._values,
            self._tasks,
            self._tell,
        )

    def _working(self, scope: Scope) -> None:
        visible, found = self.town.visible(scope), self.memory.working_memory(scope)
        self.judge.shows(found, visible)
        if len(found) != min(RECENT, len(visible)):
            raise Leak(f"{len(found)} recent messages of {len(visible)} visible ones")
        everywhere = self.town.visible(scope.across_sessions())
        asked = self.memory.working_memory(scope, preset="openclaw", budget=self.rng.choice((0, 50, 1_000)))
        self.judge.shows(asked, everywhere)

    def _summaries(self, scope: Scope) -> None:
        visible, found = self.town.visible(scope), self.memory.get_session_summaries(scope)
        self.judge.shows(found, visible)
        for summary in found:
            here = [truth for truth in visible.values() if truth.place.session_id == summary.session_id]
            if summary.messages > len(here):
                raise Leak(f"{summary!r} was made of {len(here)} visible messages")

    def _schemas(self, scope: Scope) -> None:
        visible, found = self.town.visible(scope), self.memory.get_session_schemas(scope)
        self.judge.shows(found, visible)
        for schema in found:
            here = [truth for truth in visible.values() if truth.place.session_id == schema.session_id]
            if schema.messages > len(here):
                raise Leak(f"{schema!r} was made of {len(here)} visible messages")

    def _summarise(self, scope: Scope) -> None:
        if scope.session_id is not None:
            self.judge.shows(self.memory.refresh_session_summary(scope), self.town.visible(scope))

    def _cards(self, scope: Scope) -> None:
        visible = self.town.visible(scope)
        if scope.session_id is not None:
            self.judge.shows(self.memory.condense(scope), visible)
        self.judge.shows(self.memory.condensations(scope, history=True), visible)
        self.judge.shows(self.memory.compact_facts(scope, self.rng.choice((0, 1, 5))), visible)
        self.memory.condensation_report(scope)

    def _core(self, scope: Scope) -> None:
        """It is about a person, so the session does not narrow it."""
        found = self.memory.core_memory(scope, self.rng.choice((30, 400, 2_000)))
        self.judge.shows(found, self.town.visible(scope.across_sessions()))

    def _values(self, scope: Scope) -> None:
        """They belong to a whole owner: a part of one, an agent's or an app's, is told nothing of them."""
        whole = Scope(**{name: value for name, value in asdict(scope.owner).items() if value})
        held = self.memory.get_user_profile(whole)
        if held != self.town.values[scope.owner]:
            raise Leak(f"{held!r} is kept about {scope!r}")
        if scope.across_sessions() != whole:
            with suppress(InvalidScope):
                raise Leak(f"{self.memory.get_user_profile(scope)!r} is told to {scope!r}")

    def _tasks(self, scope: Scope) -> None:
        self.judge.shows(self.memory.list_background_tasks(scope), self.town.visible(scope))

    def _tell(self, scope: Scope) -> None:
        """What is looked up in plain words is looked for in all sessions; to forget is only proposed."""
        words = self.town.name(self.rng)
        for text in (f"search my memory for {words}", f"forget everything about {words}"):
            told = self.memory.tell(text, scope)
            if told.added or told.found is None:
                raise Leak(f"{text!r} was taken for {told.kind}")
            self.judge.shows(told, self.town.visible(scope.across_sessions()), ECHOES | {"payload"})
