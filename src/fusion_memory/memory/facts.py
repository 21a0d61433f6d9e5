"""The ledger's read side: facts with their evidence, as they stand now or as they stood at a moment.

What is derived is stored for the whole owner. A read that is narrowed (to a session, an agent ...) or asks for the
past sees only some tellings, and derives the facts from these alone: no word, id or date of what it may not see
gets through, and what was recorded later has not happened. This file ranks nothing and knows no query language.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from fusion_memory.core.clock import to_ms
from fusion_memory.core.knowledge import Fact, FactState, FactType, Polarity
from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.memory.chains import Run, derive, superseded
from fusion_memory.memory.claim_keys import key
from fusion_memory.memory.settling import as_telling
from fusion_memory.memory.standing import Standing, as_fact
from fusion_memory.storage.interface import Row, Transaction, Value

PAGE_FACTS: Final = 200
_FAR: Final = 2**62


@dataclass(frozen=True, slots=True)
class FactQuery:
    """Which facts; an empty field restricts nothing.

    Attributes:
        subjects: names of whom it is about, in any spelling.
        entities: names that are the subject or the object.
        types, predicates, slots, states: any of these.
        object_text: words that the object or the text holds.
        event_ids: told in one of these events.
        ids: these facts, by the id of any of their tellings.
        as_of: as known at that moment: what was recorded later does not exist.
        valid_at: true at that moment.
    """

    subjects: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    types: tuple[FactType, ...] = ()
    predicates: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    states: tuple[FactState, ...] = ()
    object_text: str | None = None
    event_ids: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    as_of: datetime | None = None
    valid_at: datetime | None = None


EVERYTHING: Final = FactQuery()
CURRENT: Final = (FactState.CURRENT,)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of facts, the latest validity first; ``next`` continues it, None at the end."""

    facts: tuple[Fact, ...]
    next: str | None = None


def get(tx: Transaction, access: Access, fact_id: str, at: datetime) -> Fact | None:
    """The fact that has a telling of this id, or None."""
    found = read(tx, access, FactQuery(ids=(fact_id,)), at, limit=1).facts
    return found[0] if found else None


def read(
    tx: Transaction,
    access: Access,
    query: FactQuery,
    at: datetime,
    *,
    limit: int = PAGE_FACTS,
    after: str | None = None,
) -> Page:
    """A page of facts with their evidence, the latest validity first.

    Args:
        tx: a transaction.
        access: whose facts, and what of them may be seen.
        query: which.
        at: the present; states are as of then, or as of the moment the query names.
        limit: so many facts.
        after: the id of the last fact of the page before; one that is gone since begins anew.
    """
    found = standings(tx, access, query, at)
    if after is not None:
        place = _place(tx, access, found, replace(EVERYTHING, ids=(after,), as_of=query.as_of), at)
        found = [standing for standing in found if place is None or _rank(standing) < place]
    page = found[:limit]
    last = page[-1].id if len(found) > len(page) and page else None
    return Page(tuple(load(tx, access, page, query.as_of or at)), last)


def pages(tx: Transaction, access: Access, query: FactQuery, at: datetime) -> Iterator[Fact]:
    """All facts that fit, one by one, the latest validity first."""
    found = standings(tx, access, query, at)
    for start in range(0, len(found), PAGE_FACTS):
        yield from load(tx, access, found[start : start + PAGE_FACTS], query.as_of or at)


def count(tx: Transaction, access: Access, query: FactQuery, at: datetime) -> int:
    """How many facts fit."""
    return len(standings(tx, access, query, at))


def standings(tx: Transaction, access: Access, query: FactQuery, at: datetime) -> list[Standing]:
    """All facts that fit, without their words, the latest validity first: cheap, and never cut short."""
    owner_no = owners.find(tx, access)
    if query.as_of is None and not access.scope.narrowing:
        found = _stored(tx, owner_no, query)
    else:
        found = _derived(tx, access, owner_no, query)
    moment = to_ms(query.as_of or at)
    states, valid_at = set(query.states), to_ms(query.valid_at) if query.valid_at else None
    found = [s for s in found if (not states or s.state(moment) in states) and _holds(s, valid_at)]
    if query.object_text:
        found = _holding(tx, owner_no, found, query.object_text)
    return sorted(found, key=_rank, reverse=True)


def standings_of(tx: Transaction, access: Access, heads: Collection[int]) -> list[Standing]:
    """How some facts stand now, by the numbers of their heads; for reads of the whole owner's present only."""
    return _standings(
        tx.rows("fact_standings_of", owner_no=owners.find(tx, access), heads=sorted(heads), **_filters(EVERYTHING))
    )


def load(tx: Transaction, access: Access, found: Sequence[Standing], at: datetime) -> list[Fact]:
    """The facts of some standings with words and evidence, in their order."""
    owner_no, moment = owners.find(tx, access), to_ms(at)
    members = _members(tx, owner_no, found)
    supersedes = _supersedes(tx, owner_no, found)
    rows = {row[0]: row for row in tx.rows("facts_by_numbers", owner_no=owner_no, fact_nos=[s.no for s in found])}
    numbers = [number for standing in found for number in members[standing.no]]
    evidence = {row[0]: row for row in tx.rows("fact_evidence", owner_no=owner_no, fact_nos=numbers)}
    return [
        as_fact(
            replace(standing, supersedes=standing.supersedes or supersedes.get(standing.no)),
            rows[standing.no],
            [evidence[number] for number in members[standing.no]],
            moment,
        )
        for standing in found
        if standing.no in rows
    ]


def _rank(standing: Standing) -> tuple[int, str]:
    return standing.valid_from, standing.id


def _place(
    tx: Transaction, access: Access, found: Sequence[Standing], query: FactQuery, at: datetime
) -> tuple[int, str] | None:
    """Where the fact of a query stands in the order, also when it fits no longer what is listed."""
    wanted = query.ids[0]
    listed = next((standing for standing in found if standing.id == wanted), None)
    here = [listed] if listed else standings(tx, access, query, at)
    return _rank(here[0]) if here else None


def _stored(tx: Transaction, owner_no: int, query: FactQuery) -> list[Standing]:
    heads = _heads(tx, owner_no, query)
    if heads is None:
        rows = tx.rows("fact_standings", owner_no=owner_no, **_filters(query))
    else:
        rows = tx.rows("fact_standings_of", owner_no=owner_no, heads=sorted(heads), **_filters(query))
    return _standings(rows)


def _standings(rows: Sequence[Row]) -> list[Standing]:
    return [
        Standing(
            no=row[0],
            id=row[1],
            type=row[2],
            predicate=row[3],
            slot=row[4],
            subject_key=row[5],
            object_key=row[6],
            positive=row[7] == Polarity.POSITIVE.value,
            valid_from=row[8],
            valid_to=row[9],
            ended=bool(row[10]),
            held=bool(row[11]),
            retracted=row[12] is not None,
            times_seen=row[13],
            last_seen_at=row[14],
            superseded_by=row[15],
            corrected=bool(row[16]),
        )
        for row in rows
    ]


def _derived(tx: Transaction, access: Access, owner_no: int, query: FactQuery) -> list[Standing]:
    """Derive facts from the tellings that may be seen: recorded by then, said in the place of the scope."""
    as_of = to_ms(query.as_of) if query.as_of else _FAR
    rows = tx.rows("fact_tellings", owner_no=owner_no, as_of=as_of, **owners.narrowing(access))
    tellings = (
        replace(as_telling(row), retracted=row[19] is not None and row[19] <= as_of)
        if row[19] is not None
        else as_telling(row)
        for row in rows
    )
    runs = derive(tellings)
    heads = {telling.no: head.id for run in runs for head in (run.head,) for telling in run.tellings}
    corrected = {telling.corrects for run in runs for telling in run.tellings if not telling.retracted}
    before = superseded(runs)
    found = [_standing(run, heads, before.get(run.head.no), run.head.id in corrected) for run in runs]
    events = {row[0] for row in tx.rows("event_numbers_of", owner_no=owner_no, event_ids=list(query.event_ids))}
    return [standing for standing in found if _fits(standing, query, events)]


def _standing(run: Run, heads: Mapping[int, str], before: Run | None, corrected: bool) -> Standing:
    head = run.head
    ordered = sorted(run.tellings, key=lambda t: (t.said_at, t.event_no, t.first))
    return Standing(
        no=head.no,
        id=head.id,
        type=head.type,
        predicate=head.predicate,
        slot=head.slot,
        subject_key=head.subject_key,
        object_key=head.object_key,
        positive=head.positive,
        valid_from=run.valid_from,
        valid_to=run.valid_to,
        ended=run.ended,
        held=head.held,
        retracted=head.retracted,
        times_seen=run.times_seen,
        last_seen_at=run.last_seen_at,
        superseded_by=heads.get(run.closed_by) if run.closed_by is not None else None,
        corrected=corrected,
        supersedes=before.head.id if before else None,
        members=tuple(t.no for t in ordered),
        event_nos=frozenset(t.event_no for t in ordered),
        telling_ids=frozenset(t.id for t in ordered),
    )


def _heads(tx: Transaction, owner_no: int, query: FactQuery) -> set[int] | None:
    """The facts of the ids, events and names of a query, found by index; None when it names none of these."""
    subjects, entities = [key(name) for name in query.subjects], [key(name) for name in query.entities]
    asked: list[tuple[str, str, list[str]]] = [
        ("fact_heads_of_ids", "ids", list(query.ids)),
        ("fact_heads_of_events", "event_ids", list(query.event_ids)),
        ("fact_heads_of_subjects", "subjects", subjects),
    ]
    found = [
        {row[0] for row in tx.rows(statement, owner_no=owner_no, **{name: values})}
        for statement, name, values in asked
        if values
    ]
    if entities:
        rows = tx.rows("fact_heads_of_subjects", owner_no=owner_no, subjects=entities)
        rows += tx.rows("fact_heads_of_objects", owner_no=owner_no, objects=entities)
        found.append({row[0] for row in rows})
    return set.intersection(*found) if found else None


def _filters(query: FactQuery) -> dict[str, Value | Sequence[Value]]:
    sets: dict[str, tuple[str, list[str]]] = {
        "any_type": ("types", [kind.value for kind in query.types]),
        "any_predicate": ("predicates", list(query.predicates)),
        "any_slot": ("slots", list(query.slots)),
    }
    bound: dict[str, Value | Sequence[Value]] = {}
    for flag, (name, values) in sets.items():
        bound[flag], bound[name] = int(not values), values
    return bound


def _fits(standing: Standing, query: FactQuery, event_nos: set[int]) -> bool:
    """The filters of ``fact_standings``, on a fact that was derived here."""
    subjects, entities = {key(name) for name in query.subjects}, {key(name) for name in query.entities}
    return (
        (not subjects or standing.subject_key in subjects)
        and (not entities or bool(entities & {standing.subject_key, standing.object_key}))
        and (not query.types or standing.type in query.types)
        and (not query.predicates or standing.predicate in query.predicates)
        and (not query.slots or standing.slot in query.slots)
        and (not query.event_ids or bool(standing.event_nos & event_nos))
        and (not query.ids or bool(standing.telling_ids & set(query.ids)))
    )


def _holds(standing: Standing, at_ms: int | None) -> bool:
    if at_ms is None:
        return True
    return standing.valid_from <= at_ms and (standing.valid_to is None or at_ms < standing.valid_to)


def _holding(tx: Transaction, owner_no: int, found: list[Standing], words: str) -> list[Standing]:
    """Those whose object or text holds the words, in any spelling."""
    wanted = key(words)
    rows = tx.rows("fact_words", owner_no=owner_no, fact_nos=[standing.no for standing in found])
    holding = {row[0] for row in rows if wanted in row[1] or wanted in key(row[2])}
    return [standing for standing in found if standing.no in holding]


def _members(tx: Transaction, owner_no: int, found: Sequence[Standing]) -> dict[int, list[int]]:
    """The tellings of each fact in the order they were said."""
    members = {standing.no: list(standing.members) for standing in found}
    unknown = [number for number, known in members.items() if not known]
    for head_no, fact_no in tx.rows("fact_members", owner_no=owner_no, fact_nos=unknown):
        members[head_no].append(fact_no)
    return members


def _supersedes(tx: Transaction, owner_no: int, found: Sequence[Standing]) -> dict[int, str]:
    """What each stored fact superseded: the last row of a head is of its own slot, else the latest."""
    heads = [standing.no for standing in found if not standing.members]
    return {row[0]: row[1] for row in tx.rows("fact_superseded_by", owner_no=owner_no, fact_nos=heads)}
