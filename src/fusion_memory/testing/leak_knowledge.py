"""Reads of what was understood: facts, time, views, names, reports; each judged by what was said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from random import Random

from fusion_memory.core.errors import NotFound
from fusion_memory.core.knowledge import VIEW_TYPES, Entity, Fact
from fusion_memory.core.scope import Scope
from fusion_memory.engine.service import MemoryService
from fusion_memory.testing.leak_judge import ECHOES, Judge, Leak, Reads, Visible
from fusion_memory.testing.tenants import BEGINNING, DAYS, Town

NAMED = ("Mira", "Porto", "Globex", "peanuts", "jazz", "上海", "user", "me", "我")
NOW = BEGINNING + timedelta(days=DAYS)
KEPT = 300
MOST_FACTS = 100_000


class KnowledgeReads(Reads):
    """Facts, timeline, views, profiles, entities and their graph, conflicts, reports."""

    def __init__(self, memory: MemoryService, town: Town, rng: Random, judge: Judge) -> None:
        super().__init__(memory, town, rng, judge)
        self._facts_seen: list[tuple[Scope, Fact]] = []
        self._entities_seen: list[tuple[Scope, Entity]] = []

    def paths(self) -> tuple[Callable[[Scope], None], ...]:
        """The reads, facts most often."""
        return (
            *[self._facts] * 3,
            self._fitting,
            self._fact_foreign,
            self._timeline,
            self._compare,
            self._views,
            self._profiles,
            self._entities,
            self._entity,
            self._graph,
            self._entity_foreign,
            self._suggestions,
            self._conflicts,
            self._encodings,
            self._profile_report,
        )

    def everything(self, scope: Scope) -> None:
        """All facts and entities of an owner, each of which follows and names only others of the owner."""
        visible = self.town.visible(scope)
        found = self.memory.facts(scope, state="all", limit=MOST_FACTS)
        self._judge_facts(found, visible, None)
        self._closed(found)
        self._judge_entities(self.memory.entities(scope, limit=1_000), visible, None)

    def _facts(self, scope: Scope) -> None:
        """Listed: each by evidence in sight, and each one that another names is there, too."""
        crossing, visible = self.reach(scope)
        as_of, everything = self._moment(), self.rng.random() < 0.5
        narrow = {} if everything else {self.rng.choice(("subject", "entity")): self._anybody(scope)}
        limit = 1_000 if everything else self.rng.choice((1, 10, 1_000))
        found = self.memory.facts(
            scope, state="all", as_of=as_of, allow_cross_session=crossing, limit=limit, **narrow
        )
        self._judge_facts(found, visible, as_of)
        if everything:
            self._closed(found)
            self._facts_seen = [*self._facts_seen[-KEPT:], *((scope.across_sessions(), fact) for fact in found[:3])]

    def _fitting(self, scope: Scope) -> None:
        crossing, visible = self.reach(scope)
        as_of, question = self._moment(), self.town.question(self.rng)
        found = self.memory.facts(scope, question, as_of=as_of, allow_cross_session=crossing, limit=20)
        self._judge_facts(found, visible, as_of)

    def _fact_foreign(self, scope: Scope) -> None:
        """A fact of which no telling is in sight cannot be read, changed or followed."""
        for _, fact in self.rng.sample(self._facts_seen, min(4, len(self._facts_seen))):
            visible = self.town.visible(scope)
            if any(evidence.event_id in visible for evidence in fact.evidence):
                self.judge.shows(self.memory.get(fact.id, scope=scope), visible)
                continue
            self.judge.not_found(partial(self.memory.get, fact.id, scope=scope), fact.id)
            self.judge.not_found(partial(self.memory.correct, fact.id, scope, object="elsewhere"), fact.id)
            self.judge.not_found(partial(self.memory.retract, fact.id, scope), fact.id)
            self.judge.shows(self.memory.compare_events(fact.id, fact.id, scope), visible)

    def _timeline(self, scope: Scope) -> None:
        crossing, visible = self.reach(scope)
        as_of = self._moment()
        entity = self._anybody(scope) if self.rng.random() < 0.5 else None
        found = self.memory.timeline(entity, scope, allow_cross_session=crossing, as_of=as_of)
        self._judge_facts([entry.fact for entry in found], visible, as_of)

    def _compare(self, scope: Scope) -> None:
        first, second = self.town.question(self.rng), self._anybody(scope)
        self.judge.shows(self.memory.compare_events(first, second, scope), self.town.visible(scope))

    def _views(self, scope: Scope) -> None:
        crossing, visible = self.reach(scope)
        as_of, name = self._moment(), self.rng.choice((None, *VIEW_TYPES))
        found = self.memory.get_current_views(scope, name, crossing, as_of=as_of)
        self._judge_facts([fact for view in found for fact in view.facts], visible, as_of)

    def _profiles(self, scope: Scope) -> None:
        crossing, visible = self.reach(scope)
        as_of = self._moment()
        kind = self.rng.choice((None, None, "communication_style"))
        found = self.memory.get_entity_profile(self._anybody(scope), scope, kind, crossing, as_of=as_of)
        self.judge.shows(found, visible, ECHOES | {"entity"})
        self._judge_facts([fact for profile in found for fact in profile.facts], visible, as_of)
        if any(profile.evidence > len(visible) for profile in found):
            raise Leak("a profile rests on more than can be seen")

    def _entities(self, scope: Scope) -> None:
        crossing, visible = self.reach(scope)
        as_of = self._moment()
        found = self.memory.entities(scope, as_of=as_of, allow_cross_session=crossing, limit=1_000)
        self._judge_entities(found, visible, as_of)
        here = scope.across_sessions() if crossing else scope
        self._entities_seen = [*self._entities_seen[-KEPT:], *((here, entity) for entity in found[:3])]

    def _entity(self, scope: Scope) -> None:
        crossing, visible = self.reach(scope)
        with suppress(NotFound):  # not everybody is known here
            found = self.memory.entity(self._anybody(scope), scope, allow_cross_session=crossing)
            self._judge_entities([found], visible, None)

    def _graph(self, scope: Scope) -> None:
        as_of, visible = self._moment(), self.town.visible(scope)
        with suppress(NotFound):
            found = self.memory.entity_graph(self._anybody(scope), scope, hops=self.rng.choice((1, 2)), as_of=as_of)
            named = [found.centre, *(neighbour.entity for neighbour in found.neighbours)]
            self._judge_entities(named, visible, as_of)
            self.judge.shows(found, visible)
            if any(one.together > len(visible) for one in found.neighbours):
                raise Leak("two were named together more often than can be seen")

    def _entity_foreign(self, scope: Scope) -> None:
        """The entity of an id of another owner cannot be read, joined with another, split or renamed."""
        for asked_in, entity in self.rng.sample(self._entities_seen, min(4, len(self._entities_seen))):
            if asked_in.owner == scope.owner:
                continue
            mine = self.town.name(self.rng, scope.owner)
            for reading in (
                partial(self.memory.get, entity.id, scope=scope),
                partial(self.memory.entity_graph, entity.id, scope),
                partial(self.memory.merge_entities, scope, mine, entity.id),
                partial(self.memory.split_entity, scope, entity.id),
                partial(self.memory.add_alias, scope, entity.id, "elsewhere"),
                partial(self.memory.remove_alias, scope, entity.id, mine),
            ):
                self.judge.not_found(reading, f"{entity.id} {mine}")

    def _suggestions(self, scope: Scope) -> None:
        """Both sides of a suggestion are entities in sight."""
        crossing, visible = self.reach(scope)
        as_of = self._moment()
        found = self.memory.merge_suggestions(scope, as_of=as_of, allow_cross_session=crossing, limit=200)
        self._judge_entities([entity for one in found for entity in (one.keep, one.other)], visible, as_of)

    def _conflicts(self, scope: Scope) -> None:
        crossing, visible = self.reach(scope)
        as_of = self._moment()
        found = self.memory.conflicts(scope, as_of=as_of, allow_cross_session=crossing)
        self._judge_facts([fact for clash in found for fact in (clash.older, clash.newer)], visible, as_of)

    def _encodings(self, scope: Scope) -> None:
        visible, report = self.town.visible(scope), self.memory.encoding_report(scope)
        self.judge.shows(report, visible)
        if report.accepted != len(visible) or not report.balanced:
            raise Leak(f"{report.accepted} were taken in of {len(visible)} visible ones: {report!r}")
        foreign = self.foreign(scope, 3)
        labels = self.memory.encoding_report(scope, dict.fromkeys(foreign, "accept")).labels
        if foreign and labels["agreed"]:
            raise Leak("the report tells what was decided about others")

    def _profile_report(self, scope: Scope) -> None:
        visible, report = self.town.visible(scope), self.memory.profile_report(scope)
        if report.profiles and report.sources > len(visible) * report.profiles:
            raise Leak(f"profiles rest on {report.sources} sources of {len(visible)} visible ones")

    def _judge_facts(self, found: Sequence[Fact], visible: Visible, as_of: datetime | None) -> None:
        self.judge.shows(found, visible)
        for fact in found:
            if as_of is not None and as_of < NOW:
                raise Leak(f"{fact.id} was told before it was recorded")
            if not fact.evidence or fact.times_seen > len(visible):
                raise Leak(f"{fact.id} rests on what cannot be seen")

    def _judge_entities(self, found: Sequence[Entity], visible: Visible, as_of: datetime | None) -> None:
        """An entity was named no more often than the visible sayings that have one of its names."""
        self.judge.shows(found, visible)
        for entity in found:
            names = (entity.name, *entity.aliases)
            saying = [truth for truth in visible.values() if any(name in truth.text for name in names)]
            if entity.mentions > sum(truth.text.count(name) for truth in saying for name in names):
                raise Leak(f"{entity!r} was named only {len(saying)} times in sight")
            if as_of is not None and as_of < NOW:
                raise Leak(f"{entity!r} was told before it was recorded")
            if saying and entity.last_seen_at > max(truth.said_at for truth in saying):
                raise Leak(f"{entity!r} was seen later than can be seen")

    def _closed(self, found: Sequence[Fact]) -> None:
        ids = {fact.id for fact in found}
        named = {other for fact in found for other in (fact.supersedes, fact.superseded_by) if other}
        if not named <= ids:
            raise Leak(f"facts name others that are not in sight: {named - ids}")

    def _moment(self) -> datetime | None:
        """No moment, the present, or one before anything was recorded."""
        return self.rng.choice((None, None, NOW, NOW - timedelta(days=1)))

    def _anybody(self, scope: Scope) -> str:
        """A name: one of all, one of the owner's own, or anybody's in town."""
        draw = self.rng.random()
        if draw < 0.4:
            return self.rng.choice(NAMED)
        return self.town.name(self.rng, scope.owner if draw < 0.7 else None)
