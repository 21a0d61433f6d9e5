"""The public face of what is understood: facts, time, entities, views, and the conversation at hand.

:class:`~fusion_memory.core.api.MemoryApi` includes it; it stands apart so that each can be read at one sitting.
Every read takes ``as_of``: the answer as it would have been given at that moment, from what was known then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from fusion_memory.core.encodings import EncodingReport
from fusion_memory.core.graph import EntityGraph, MergeSuggestion, RelatedMemories
from fusion_memory.core.knowledge import (
    Conflict,
    Entity,
    Fact,
    Profile,
    View,
)
from fusion_memory.core.layers import CoreMemory, SessionSchema, SessionSummary
from fusion_memory.core.records import AddResult, Event
from fusion_memory.core.reports import ProfileReport, RebuildReport, TaskReport, Told
from fusion_memory.core.scope import Scope
from fusion_memory.core.timeline import Comparison, TimelineEntry

Moment = datetime | str
"""A moment: an aware datetime, or a text in the form of ISO 8601."""


class KnowledgeApi(Protocol):
    """What was understood from what was said."""

    def facts(  # noqa: PLR0913 (filters, all optional and named)
        self,
        scope: Scope,
        query: str | None = None,
        *,
        subject: str | None = None,
        entity: str | None = None,
        type: str | Sequence[str] | None = None,  # noqa: A002 (the field's own name)
        slot: str | None = None,
        state: str | Sequence[str] = "current",
        as_of: Moment | None = None,
        allow_cross_session: bool = False,
        limit: int = 100,
        after: str | None = None,
    ) -> tuple[Fact, ...]:
        """Facts with their evidence: of one subject, type, slot or state, or those that fit a question."""
        ...

    def timeline(
        self,
        entity: str | None,
        scope: Scope,
        start: Moment | None = None,
        end: Moment | None = None,
        allow_cross_session: bool = False,
        *,
        as_of: Moment | None = None,
        limit: int = 100,
    ) -> tuple[TimelineEntry, ...]:
        """What happened and what is to happen, in the order of its time."""
        ...

    def compare_events(self, event_a: str, event_b: str, scope: Scope | None = None) -> Comparison:
        """How two happenings lie in time, each named by a fact id or in words."""
        ...

    def get_current_views(
        self,
        scope: Scope,
        view_type: str | None = None,
        allow_cross_session: bool = False,
        *,
        as_of: Moment | None = None,
    ) -> tuple[View, ...]:
        """What is true now, by kind."""
        ...

    def refresh_current_views(self, scope: Scope) -> RebuildReport:
        """Derive what is current from the ledger anew."""
        ...

    def get_entity_profile(
        self,
        entity_id: str,
        scope: Scope,
        profile_type: str | None = None,
        allow_cross_session: bool = False,
        *,
        as_of: Moment | None = None,
    ) -> tuple[Profile, ...]:
        """What repeated evidence says about an entity, named by id or by any of its names."""
        ...

    def entities(
        self, scope: Scope, kind: str | None = None, *, limit: int = 100, as_of: Moment | None = None
    ) -> tuple[Entity, ...]:
        """Who and what was spoken of, most often named first."""
        ...

    def entity_graph(
        self, entity: str, scope: Scope, *, hops: int = 1, limit: int = 50, as_of: Moment | None = None
    ) -> EntityGraph:
        """An entity, its neighbours, and what connects them."""
        ...

    def related(
        self,
        memory_id: str,
        scope: Scope,
        *,
        limit: int = 20,
        tier: str | None = None,
        derived: bool = True,
        as_of: Moment | None = None,
        allow_cross_session: bool = False,
    ) -> RelatedMemories:
        """The memories beside a memory, with what connects them and how strongly."""
        ...

    def merge_entities(self, scope: Scope, keep: str, other: str, reason: str = "") -> Entity:
        """Let two names mean one entity from now on; where each mention came from stays known."""
        ...

    def split_entity(self, scope: Scope, name: str, reason: str = "") -> Entity:
        """Undo the last merge that joined this name with others; each stands as it stood."""
        ...

    def add_alias(self, scope: Scope, entity: str, alias: str) -> Entity:
        """Let an entity have another name, whether or not anybody used it."""
        ...

    def remove_alias(self, scope: Scope, entity: str, alias: str) -> Entity:
        """Take a name away from an entity; one that somebody used stands alone from now on."""
        ...

    def merge_suggestions(
        self, scope: Scope, *, limit: int = 50, as_of: Moment | None = None
    ) -> tuple[MergeSuggestion, ...]:
        """Pairs of entities that may be one by their names, for a person to decide, each with its reason."""
        ...

    def conflicts(self, scope: Scope, *, as_of: Moment | None = None, limit: int = 100) -> tuple[Conflict, ...]:
        """Claims that cannot both be true at one time, with both sides and their evidence."""
        ...

    def correct(self, fact_id: str, scope: Scope, *, object: str, text: str | None = None) -> Fact:  # noqa: A002 (the field of a fact)
        """Put a fact right: a new version, while the old one stays as history."""
        ...

    def retract(self, fact_id: str, scope: Scope) -> Fact:
        """Take a fact back: it is current no longer, its evidence stays."""
        ...

    def encoding_report(self, scope: Scope, labels: Mapping[str, str] | None = None) -> EncodingReport:
        """What became of everything said, and why."""
        ...

    def profile_report(self, scope: Scope, labels: Mapping[str, str] | None = None) -> ProfileReport:
        """What the profiles of a scope rest on."""
        ...

    def drain_update_queue(self, limit: int = 200) -> Mapping[str, int]:
        """Work off what waits to be understood: ``{"claimed", "processed", "retried", "failed"}``."""
        ...

    def list_background_tasks(self, scope: Scope, status: str | None = None) -> tuple[TaskReport, ...]:
        """Work that waits, is due again after a failure, or was given up."""
        ...

    def process_background_tasks(self, scope: Scope, limit: int = 10) -> Mapping[str, int]:
        """Do some of the work of a scope now."""
        ...

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
        """Add one message of the running conversation."""
        ...

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
        """The recent messages of the conversation at hand, oldest first."""
        ...

    def ingest_conversation(self, scope: Scope, messages: Sequence[Mapping[str, Any]]) -> Mapping[str, int]:
        """Take in a whole conversation: ``{"inserted", "skipped"}``."""
        ...

    def save_session(
        self, scope: Scope, mode: str = "raw", messages: Sequence[Mapping[str, Any]] = ()
    ) -> SessionSummary | None:
        """Close a session: keep it as it is, or with a summary beside it."""
        ...

    def memory_flush(self, scope: Scope) -> Mapping[str, int]:
        """Understand now whatever still waits, before a context window is cut."""
        ...

    def refresh_session_summary(self, scope: Scope) -> SessionSummary | None:
        """Summarise the scope's session anew."""
        ...

    def get_session_summaries(self, scope: Scope, *, limit: int = 100) -> tuple[SessionSummary, ...]:
        """The summaries of the scope's sessions."""
        ...

    def get_session_schemas(self, scope: Scope, *, limit: int = 100) -> tuple[SessionSchema, ...]:
        """Telling words and sentences of the scope's longer sessions."""
        ...

    def core_memory(self, scope: Scope, budget: int | None = None) -> CoreMemory:
        """The few facts that are always at hand, as text to put before a model once."""
        ...

    def get_user_profile(self, scope: Scope) -> Mapping[str, Any]:
        """The values a caller keeps about the owner."""
        ...

    def update_user_profile(self, scope: Scope, updates: Mapping[str, Any]) -> Mapping[str, Any]:
        """Merge values into the profile; None takes one away."""
        ...

    def tell(self, text: str, scope: Scope) -> Told:
        """Do what plain words ask for: remember, recall, search, tidy up; to forget is only proposed."""
        ...
