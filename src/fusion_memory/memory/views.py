"""What is true now about one matter, who an entity is by what was said repeatedly, and what contradicts what.

All of it is computed from the ledger when it is asked for, also as of a moment; nothing here is stored, so nothing
can be stale. This file knows no ranking.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from fusion_memory.core.errors import InvalidOption
from fusion_memory.core.knowledge import VIEW_TYPES, Conflict, Fact, Profile, View
from fusion_memory.core.scope import Access
from fusion_memory.memory import facts
from fusion_memory.memory.communication import COMMUNICATION_STYLE, about_communication
from fusion_memory.memory.facts import CURRENT, FactQuery
from fusion_memory.memory.standing import Standing
from fusion_memory.storage.interface import Transaction

PROJECTS: Final = "active_projects"
PROJECT_PREDICATES: Final = frozenset({"working_on", "project_is", "leads_project", "building", "maintains"})
"""What says that somebody is at work on something."""

SOURCES: Final = 2
"""A profile is made of what was said in at least so many events (S1.11)."""

SUMMARY_FACTS: Final = 5
CONFLICTS: Final = 100


def view(tx: Transaction, access: Access, name: str, at: datetime, *, as_of: datetime | None = None) -> View:
    """One view: the facts of a kind that are true now, the latest first.

    Raises:
        InvalidOption: there is no view of that name.
    """
    return views(tx, access, at, names=(name,), as_of=as_of)[0]


def views(
    tx: Transaction, access: Access, at: datetime, *, names: Sequence[str] = (), as_of: datetime | None = None
) -> tuple[View, ...]:
    """Views by name, all of them when none is named; from one look at the ledger.

    Args:
        tx: a transaction.
        access: whose.
        at: the present.
        names: of :data:`~fusion_memory.core.knowledge.VIEW_TYPES`.
        as_of: as known, and true, at that moment.

    Raises:
        InvalidOption: there is no view of one of the names.
    """
    wanted = tuple(names) or tuple(VIEW_TYPES)
    for name in wanted:
        if name not in VIEW_TYPES:
            raise InvalidOption(f"There is no view {name!r}.", fix=f"one of {', '.join(VIEW_TYPES)}")
    found = facts.standings(tx, access, FactQuery(states=CURRENT, as_of=as_of), at)
    moment = as_of or at
    return tuple(
        View(name, tuple(facts.load(tx, access, [s for s in found if belongs(s, name)], moment)), moment)
        for name in wanted
    )


def profiles(
    tx: Transaction,
    access: Access,
    names: Sequence[str],
    at: datetime,
    *,
    as_of: datetime | None = None,
    sources: int = SOURCES,
) -> tuple[Profile, ...]:
    """What repeated evidence says about an entity, one profile per type of fact, the best supported first.

    One more, ``communication_style``, gathers how the entity wants to be spoken to, of whatever type.

    Args:
        tx: a transaction.
        access: whose memory.
        names: of the entity; the first is the one it is called by.
        at: the present.
        as_of: as known at that moment.
        sources: events it takes; a side of the entity that was mentioned once makes no profile.
    """
    query = FactQuery(entities=tuple(names), states=CURRENT, as_of=as_of)
    by_type: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts.pages(tx, access, query, at):
        by_type[fact.type.value].append(fact)
        if about_communication(fact):
            by_type[COMMUNICATION_STYLE].append(fact)
    found = [_profile(names[0], kind, members) for kind, members in by_type.items()]
    return tuple(sorted((p for p in found if p.evidence >= sources), key=lambda p: (-p.evidence, p.type)))


def conflicts(
    tx: Transaction, access: Access, at: datetime, *, as_of: datetime | None = None, limit: int = CONFLICTS
) -> tuple[Conflict, ...]:
    """Pairs of facts that cannot both hold, the latest first: other answers to one question, claims and denials."""
    everything = facts.standings(tx, access, FactQuery(as_of=as_of), at)
    return clashes_among(tx, access, everything, as_of or at, limit)


def clashes_among(
    tx: Transaction, access: Access, everything: Sequence[Standing], at: datetime, limit: int = CONFLICTS
) -> tuple[Conflict, ...]:
    """The pairs among some facts that cannot both hold, the latest first."""
    by_id = {standing.id: standing for standing in everything}
    pairs = [
        (kind, older, by_id[older.superseded_by])
        for older in everything
        if older.superseded_by in by_id and (kind := _clash(older, by_id[older.superseded_by]))
    ]
    pairs.sort(key=lambda pair: (pair[2].valid_from, pair[2].id, pair[1].valid_from, pair[1].id), reverse=True)
    wanted = {standing.id: standing for pair in pairs[:limit] for standing in pair[1:]}
    loaded = {fact.id: fact for fact in facts.load(tx, access, list(wanted.values()), at)}
    return tuple(Conflict(kind, loaded[older.id], loaded[newer.id]) for kind, older, newer in pairs[:limit])


def belongs(standing: Standing, name: str) -> bool:
    """Whether a fact is of the kind that a view tells."""
    if name == PROJECTS:
        return standing.predicate in PROJECT_PREDICATES
    return standing.type in VIEW_TYPES[name]


def _profile(entity: str, kind: str, members: Sequence[Fact]) -> Profile:
    ordered = sorted(members, key=lambda f: (-f.times_seen, -f.importance, f.id))
    sources = {evidence.event_id for fact in ordered for evidence in fact.evidence}
    summary = "; ".join(fact.text.rstrip(".。") for fact in ordered[:SUMMARY_FACTS])
    return Profile(entity, kind, tuple(ordered), len(sources), summary)


def _clash(older: Standing, newer: Standing) -> str | None:
    """How two facts of which one superseded the other clash; None for a correction or a mere change."""
    if older.corrected:
        return None
    if older.slot and older.slot == newer.slot and older.object_key != newer.object_key:
        return "value"
    return "polarity" if older.object_key == newer.object_key else None
