"""The graph of entities: who is named together with whom, and which facts connect two of them.

Nodes are the registry's entities, typed edges are facts whose subject and object are entities (or the speaker),
plain edges count the events that name both. Nothing is stored: the graph follows the ledger. Ranks by counts only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fusion_memory.core.graph import EntityGraph, Neighbour
from fusion_memory.core.knowledge import USER, Fact, FactState, Polarity, Relation
from fusion_memory.core.scope import Access
from fusion_memory.memory import entity_views, facts, owners
from fusion_memory.memory.entity_views import Group
from fusion_memory.memory.facts import FactQuery
from fusion_memory.memory.name_keys import name_key
from fusion_memory.storage.interface import Row, Transaction

MOST_HOPS: Final = 3
WIDEST: Final = 200
"""Neighbours of one entity that are looked at; the strongest are kept."""

MOST_FACTS: Final = 1_000
"""Facts of one step that are looked at, the latest first."""

END_OF_TIME: Final = datetime(9999, 1, 1, tzinfo=UTC)
SPREADING: Final = 30
"""Entities of one step from which the next step is taken."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a read may see, and when: ``at`` is the present, for the state of facts."""

    tx: Transaction
    access: Access
    at: datetime = END_OF_TIME
    as_of: datetime | None = None


def graph(
    tx: Transaction,
    access: Access,
    name: str,
    *,
    hops: int = 1,
    limit: int = 50,
    at: datetime = END_OF_TIME,
    as_of: datetime | None = None,
) -> EntityGraph | None:
    """An entity and who is near it, or None when there is no such entity.

    Args:
        tx: a transaction.
        access: whose entities, and what of them may be seen.
        name: the centre, by id or by any of its names.
        hops: how far to go, 1 to 3.
        limit: so many neighbours, the nearest first, then those most often named together.
        at: the present, up to which facts have ended; by default all that is known of their end counts.
        as_of: from what was recorded by then.
    """
    sight = Sight(tx, access, at, as_of)
    centre = entity_views.group_of(sight.tx, sight.access, name, sight.as_of)
    if centre is None:
        return None
    walk, frontier = _Walk(sight), [centre]
    walk.add([centre])
    for step in range(1, max(1, min(hops, MOST_HOPS)) + 1):
        frontier = walk.step(frontier, centre, step)[:SPREADING]
    chosen = sorted(walk.reached.values(), key=lambda n: (n.hops, -n.together - n.relations, n.entity.id))[:limit]
    shown = {centre.head.id, *(neighbour.entity.id for neighbour in chosen)}
    return EntityGraph(entity_views.as_entity(centre), tuple(chosen), tuple(walk.among(shown)))


def relations(sight: Sight, name: str) -> tuple[Relation, ...]:
    """The facts that connect an entity, or the speaker, with entities, the latest validity first."""
    walk = _Walk(sight)
    sources: list[Group] = []
    if name != USER:
        centre = entity_views.group_of(sight.tx, sight.access, name, sight.as_of)
        if centre is None:
            return ()
        walk.add([centre])
        sources = [centre]
    walk.related(sources)
    return tuple(sorted(walk.relations.values(), key=lambda r: (r.valid_from, r.fact_id), reverse=True))


class _Walk:
    """What is known so far: groups by root and by key, how each was reached, and the facts between them."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._groups: dict[int, Group] = {}
        self._by_key: dict[str, Group | None] = {USER: None}
        self.reached: dict[str, Neighbour] = {}
        self.relations: dict[str, Relation] = {}

    def add(self, found: Iterable[Group]) -> None:
        for group in found:
            self._groups[group.root] = group
            self._by_key.update((member.key, group) for member in group.members)

    def step(self, frontier: Sequence[Group], centre: Group, step: int) -> list[Group]:
        """The entities beside some entities that were not met before, the strongest first."""
        met = {centre.root, *(group.root for group in frontier)}
        together: Counter[tuple[int, int]] = Counter()
        for source in frontier:
            together.update({(root, source.root): count for root, count in self._named_with(source)})
        unknown = {root for root, _ in together} - self._groups.keys()
        self.add(entity_views.groups(self._sight.tx, self._sight.access, sorted(unknown), self._sight.as_of))
        related = self.related(frontier)
        fresh: list[Group] = []
        for (root, through), _ in (together + related).most_common():
            group = self._groups.get(root)
            if group is None or root in met or group.head.id in self.reached:
                continue
            counts = together[root, through], related[root, through]
            entity, source_id = entity_views.as_entity(group), self._groups[through].head.id
            self.reached[entity.id] = Neighbour(entity, step, source_id, *counts)
            fresh.append(group)
        return fresh

    def related(self, sources: Sequence[Group]) -> Counter[tuple[int, int]]:
        """Read the facts about some entities, or about the speaker when there are none.

        Returns:
            How many connect an entity with one of the sources, by both their roots.
        """
        names = {name for group in sources for member in group.members for name in (member.name, member.key)}
        query = FactQuery(entities=tuple(sorted(names or {USER})), states=_TOLD, as_of=self._sight.as_of)
        roots = {group.root for group in sources}
        counts: Counter[tuple[int, int]] = Counter()
        for fact in facts.read(self._sight.tx, self._sight.access, query, self._sight.at, limit=MOST_FACTS).facts:
            ends = self._end(fact.subject), self._end(fact.object)
            if _UNKNOWN in ends or ends == (None, None) or fact.polarity is Polarity.NEGATIVE:
                continue
            self.relations.setdefault(fact.id, _relation(fact, ends))
            subject, value = ends
            if subject and value and subject.root != value.root:
                if subject.root in roots:
                    counts[value.root, subject.root] += 1
                if value.root in roots:
                    counts[subject.root, value.root] += 1
        return counts

    def among(self, shown: set[str]) -> list[Relation]:
        """The relations whose ends are all shown, the latest validity first."""
        names = {group.head.name for group in self._groups.values() if group.head.id in shown} | {USER}
        found = [r for r in self.relations.values() if r.subject in names and r.object in names]
        return sorted(found, key=lambda r: (r.valid_from, r.fact_id), reverse=True)

    def _named_with(self, source: Group) -> list[Row]:
        sight = self._sight
        return sight.tx.rows(
            "entity_neighbours",
            entity_nos=source.numbers,
            owner_no=owners.find(sight.tx, sight.access),
            count=WIDEST,
            **entity_views.seen_by(sight.access, sight.as_of),
        )

    def _end(self, name: str) -> Group | None:
        """The entity at one end of a fact; None for the speaker."""
        key = name_key(name)
        if key not in self._by_key:
            found = entity_views.group_of(self._sight.tx, self._sight.access, name, self._sight.as_of)
            self._by_key[key] = found or _UNKNOWN
            if found:
                self.add([found])
        return self._by_key[key]


_TOLD: Final = (FactState.CURRENT, FactState.SUPERSEDED, FactState.ENDED)
_UNKNOWN: Final = Group(0)
"""The end of a fact that is no entity."""


def _relation(fact: Fact, ends: tuple[Group | None, Group | None]) -> Relation:
    subject, value = (group.head.name if group else None for group in ends)
    return Relation(
        subject or fact.subject, fact.predicate, value or fact.object, fact.id, fact.valid_from, fact.valid_to
    )
