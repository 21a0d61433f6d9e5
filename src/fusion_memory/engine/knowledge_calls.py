"""The calls of the service on what was understood: facts, time, views, profiles, entities, corrections, reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fusion_memory.core.clock import parse_time
from fusion_memory.core.encodings import EncodingReport
from fusion_memory.core.errors import NotFound
from fusion_memory.core.graph import EntityGraph, RelatedMemories
from fusion_memory.core.knowledge import Conflict, Entity, Fact, Profile, View
from fusion_memory.core.knowledge_api import Moment
from fusion_memory.core.reports import ProfileReport, RebuildReport
from fusion_memory.core.scope import Action, Scope
from fusion_memory.core.telemetry import UPDATE, observing
from fusion_memory.core.timeline import Comparison, TimelineEntry
from fusion_memory.engine import timelines, understanding
from fusion_memory.engine.calls import Calls
from fusion_memory.engine.options import MAX_LIMIT, require_count
from fusion_memory.memory import corrections, entity_graph, entity_views, events, related, views
from fusion_memory.memory.corrections import Correction
from fusion_memory.memory.related import Wanted

MAX_FACTS = 100_000


class KnowledgeCalls(Calls):
    """See :class:`~fusion_memory.core.knowledge_api.KnowledgeApi`."""

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
        """Facts with their evidence, the latest validity first; with a ``query`` those that fit it, best first.

        Args:
            scope: whose.
            query: a question or words.
            subject: only about this one, in any spelling.
            entity: only what has this as its subject or its object.
            type: only these types; other systems' names are understood.
            slot: only answers to this question, for instance ``"residence"``.
            state: ``current``, ``superseded``, ``ended``, ``quarantined``, ``retracted``, several, or ``all``.
            as_of: as known, and true, at that moment.
            allow_cross_session: look beyond the scope's session.
            limit: so many, 1 to 100,000.
            after: the id of the last fact of the page before; one that is gone since begins anew.

        Raises:
            InvalidOption: an unknown type or state, or a limit out of range.
        """
        parts, access = self._understood(scope, allow_cross_session)
        require_count("limit", limit, MAX_FACTS)
        wanted = understanding.fact_query(
            subject=subject, entity=entity, types=type, slot=slot, states=state, as_of=parse_time(as_of)
        )
        if query is None:
            return understanding.listed(parts, access, wanted, limit, after)
        return understanding.fitting(parts, access, query, wanted, limit, self._settings.retrieval)

    def timeline(
        self,
        entity: str | None,
        scope: Scope,
        start: Moment | None = None,
        end: Moment | None = None,
        allow_cross_session: bool = False,
        *,
        as_of: Moment | None = None,
        limit: int = 1_000,
    ) -> tuple[TimelineEntry, ...]:
        """What happened and what is to happen, in the order of its time.

        Args:
            entity: only what concerns this one, by any of its names; None: everything.
            scope: whose.
            start: only what ends after it.
            end: only what begins before it.
            allow_cross_session: look beyond the scope's session.
            as_of: as known at that moment.
            limit: the latest so many, 1 to 1,000.
        """
        parts, access = self._understood(scope, allow_cross_session)
        require_count("limit", limit, MAX_LIMIT)
        between = (parse_time(start), parse_time(end))
        return timelines.timeline(parts, access, entity, between, parse_time(as_of))[-limit:]

    def compare_events(self, event_a: str, event_b: str, scope: Scope | None = None) -> Comparison:
        """How two happenings lie in time: before, after, overlapping, and the days between them.

        Args:
            event_a: a fact id, or words that tell which happening is meant.
            event_b: the other one.
            scope: whose; the service's default scope when absent.
        """
        parts, access = self._understood(scope)
        return timelines.compare(parts, access, event_a, event_b)

    def get_current_views(
        self,
        scope: Scope,
        view_type: str | None = None,
        allow_cross_session: bool = False,
        *,
        as_of: Moment | None = None,
    ) -> tuple[View, ...]:
        """What is true now, by kind: one view, or all that hold anything.

        Raises:
            InvalidOption: there is no view of that name.
        """
        parts, access = self._understood(scope, allow_cross_session)
        names = (view_type,) if view_type else ()
        with parts.database.read() as tx:
            found = views.views(
                tx, access, events.present(tx, access, parts.clock.now()), names=names, as_of=parse_time(as_of)
            )
        return found if view_type else tuple(view for view in found if view.facts)

    def refresh_current_views(self, scope: Scope) -> RebuildReport:
        """Read everything in the scope again and derive the facts anew; what a person put right stays."""
        parts, access = self._enter(Action.WRITE, scope)
        return understanding.rebuild(parts, access)

    def get_entity_profile(
        self,
        entity_id: str,
        scope: Scope,
        profile_type: str | None = None,
        allow_cross_session: bool = False,
        *,
        as_of: Moment | None = None,
    ) -> tuple[Profile, ...]:
        """What repeated evidence says about an entity, one profile per type of fact, the best supported first.

        ``communication_style`` is one more: how the entity wants to be spoken to.

        Args:
            entity_id: its id, or any of its names; ``"user"`` for whoever speaks.
            scope: whose memory.
            profile_type: only this type of fact, or ``communication_style``.
            allow_cross_session: look beyond the scope's session.
            as_of: as known at that moment.
        """
        parts, access = self._understood(scope, allow_cross_session)
        with parts.database.read() as tx:
            names = understanding.names_of(tx, access, entity_id)
            found = views.profiles(
                tx, access, names, events.present(tx, access, parts.clock.now()), as_of=parse_time(as_of)
            )
        wanted = understanding.profile_named(profile_type) if profile_type else None
        return tuple(profile for profile in found if wanted in (None, profile.type))

    def refresh_entity_profiles(self, scope: Scope) -> ProfileReport:
        """Profiles are computed when they are asked for, so nothing can be stale: what they rest on now."""
        return self.profile_report(scope)

    def entities(
        self,
        scope: Scope,
        kind: str | None = None,
        *,
        limit: int = 100,
        as_of: Moment | None = None,
        allow_cross_session: bool = False,
    ) -> tuple[Entity, ...]:
        """Who and what was spoken of, most often named first.

        Raises:
            InvalidOption: there is no such kind.
        """
        parts, access = self._understood(scope, allow_cross_session)
        require_count("limit", limit, MAX_LIMIT)
        with parts.database.read() as tx:
            wanted = understanding.entity_kind(kind)
            return tuple(entity_views.entities(tx, access, kind=wanted, limit=limit, as_of=parse_time(as_of)))

    def entity(self, name: str, scope: Scope, *, allow_cross_session: bool = False) -> Entity:
        """One entity by its id or any of its names.

        Raises:
            NotFound: nobody of that name was spoken of in the scope.
        """
        parts, access = self._understood(scope, allow_cross_session)
        with parts.database.read() as tx:
            return understanding.entity_named(tx, access, name)

    def entity_graph(
        self, entity: str, scope: Scope, *, hops: int = 1, limit: int = 50, as_of: Moment | None = None
    ) -> EntityGraph:
        """An entity, those it was named with, and what connects them.

        Raises:
            NotFound: nobody of that name was spoken of in the scope.
        """
        parts, access = self._understood(scope)
        with parts.database.read() as tx:
            steps, now = require_count("hops", hops, 3), events.present(tx, access, parts.clock.now())
            found = entity_graph.graph(tx, access, entity, hops=steps, limit=limit, at=now, as_of=parse_time(as_of))
        if found is None:
            raise NotFound(f"Nothing named {entity!r} was spoken of in this scope.", fix="fusion-memory entities")
        return found

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
        """The memories beside a memory, the strongest connection first, with what connects them.

        Args:
            memory_id: of a memory in the scope.
            scope: whose.
            limit: so many, 1 to 1,000.
            tier: only those that are ``hot``, ``warm`` or ``cold``.
            derived: also those that are connected through a third one.
            as_of: as known at that moment.
            allow_cross_session: look beyond the scope's session.

        Raises:
            NotFound: there is no such memory in the scope.
            InvalidOption: an unknown tier, or a limit out of range.
        """
        parts, access = self._understood(scope, allow_cross_session)
        wanted = Wanted(require_count("limit", limit, MAX_LIMIT), understanding.tier_named(tier), derived)
        with parts.database.read() as tx:
            now = events.present(tx, access, parts.clock.now())
            found = related.related(tx, access, memory_id, wanted, now, parse_time(as_of))
        if found is None:
            raise NotFound(f"There is no memory {memory_id!r} in this scope.", fix="fusion-memory search WORDS")
        return found

    def conflicts(
        self,
        scope: Scope,
        *,
        as_of: Moment | None = None,
        limit: int = 100,
        allow_cross_session: bool = False,
    ) -> tuple[Conflict, ...]:
        """Claims that cannot both be true at one time, with both sides and their evidence, the latest first."""
        parts, access = self._understood(scope, allow_cross_session)
        require_count("limit", limit, MAX_LIMIT)
        with parts.database.read() as tx:
            return views.conflicts(
                tx, access, events.present(tx, access, parts.clock.now()), as_of=parse_time(as_of), limit=limit
            )

    def correct(self, fact_id: str, scope: Scope, *, object: str, text: str | None = None) -> Fact:  # noqa: A002 (the field of a fact)
        """Put a fact right: a new version, while the old one stays as history.

        Raises:
            NotFound: there is no such fact in the scope.
            InvalidInput: nothing would change, or the new value is empty.
        """
        parts, access = self._enter(Action.WRITE, scope)
        clean = parts.redactor.text
        wish = Correction(clean(object), None if text is None else clean(text))
        with observing(UPDATE), parts.database.write() as tx:
            return corrections.correct(tx, access, fact_id, wish, parts.clock.now())

    def retract(self, fact_id: str, scope: Scope) -> Fact:
        """Take a fact back: it is current no longer, its evidence stays.

        Raises:
            NotFound: there is no such fact in the scope.
        """
        parts, access = self._enter(Action.WRITE, scope)
        with observing(UPDATE), parts.database.write() as tx:
            return corrections.retract(tx, access, fact_id, parts.clock.now())

    def encoding_report(self, scope: Scope, labels: Mapping[str, str] | None = None) -> EncodingReport:
        """What became of everything said, and why.

        Args:
            scope: whose.
            labels: memory id to the decision a person would have made; the report then says how often they agree.
        """
        parts, access = self._read(scope)
        with parts.database.read() as tx:
            return understanding.encoding_report(tx, access, labels)

    def profile_report(self, scope: Scope, labels: Mapping[str, str] | None = None) -> ProfileReport:
        """What the profiles of a scope rest on.

        Args:
            scope: whose.
            labels: entity to a text its profile should hold; the report then says how many do.
        """
        parts, access = self._understood(scope)
        with parts.database.read() as tx:
            return understanding.profile_report(tx, access, events.present(tx, access, parts.clock.now()), labels)
