"""The facts that a question may need, found by index: a pack reads these instead of the whole ledger.

They are what was told in given memories, in passages that share words with the question, in relations whose words
the question has, and the latest of every kind. For the present of a whole owner only: a read that is narrowed or
asks for the past derives its facts and reads them all (:mod:`facts`). This file knows no ranking.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fusion_memory.core.clock import to_ms
from fusion_memory.core.knowledge import VIEW_TYPES, Conflict, Fact, FactState, FactType, View
from fusion_memory.core.scope import Access
from fusion_memory.memory import facts, owners, views
from fusion_memory.memory.standing import Standing
from fusion_memory.storage.interface import Transaction, Value

LATEST: Final = 8
"""So many of each kind are at hand whatever is asked."""

OF_A_RELATION: Final = 8
"""So many of each relation that the question has words of."""

_STANDING: Final = (FactState.CURRENT, FactState.UPCOMING)


@dataclass(frozen=True, slots=True)
class AtHand:
    """What was found of so many facts: some as they stand, and the latest of every kind as views."""

    facts: tuple[Fact, ...]
    of: int
    views: tuple[View, ...]


def covers(access: Access) -> bool:
    """Whether a scope sees its whole owner, so that what is stored of facts holds for it."""
    return not access.scope.narrowing


def find(
    tx: Transaction,
    access: Access,
    at: datetime,
    *,
    event_ids: Sequence[str],
    span_nos: Sequence[int],
    asked_for: Callable[[str, str | None], bool],
) -> AtHand:
    """The facts at hand.

    Args:
        tx: a transaction.
        access: whose; of a whole owner, see :func:`covers`.
        at: the present.
        event_ids: memories whose facts count in any state.
        span_nos: passages whose facts count as far as they are true now.
        asked_for: whether a question has words of a relation: its predicate and its slot.
    """
    owner_no, moment = owners.find(tx, access), to_ms(at)
    told = (
        _numbers(tx, "fact_heads_of_events", owner_no=owner_no, event_ids=list(event_ids)) if event_ids else set()
    )
    near = _numbers(tx, "fact_heads_of_spans", owner_no=owner_no, span_nos=list(span_nos)) if span_nos else set()
    relations = [row for row in tx.rows("fact_relations", owner_no=owner_no) if asked_for(*row)]
    asked = _of_relations(tx, owner_no, moment, relations, OF_A_RELATION)
    latest = _latest(tx, owner_no, moment)
    found = facts.standings_of(tx, access, told | near | asked | latest)
    wanted = [s for s in found if s.no in told or s.state(moment) in _STANDING]
    wanted.sort(key=lambda s: (s.valid_from, s.id), reverse=True)
    loaded = {fact.id: fact for fact in facts.load(tx, access, wanted, at)}
    return AtHand(
        tuple(loaded.values()),
        sum(_numbers(tx, "fact_heads_count", owner_no=owner_no)),
        tuple(_view(name, wanted, loaded, latest, at) for name in VIEW_TYPES),
    )


def conflicts_of(tx: Transaction, access: Access, ids: Sequence[str], at: datetime) -> tuple[Conflict, ...]:
    """What clashes with some facts, on either side."""
    owner_no = owners.find(tx, access)
    heads = _numbers(tx, "fact_heads_of_ids", owner_no=owner_no, ids=list(ids))
    older = _numbers(tx, "fact_heads_superseded_by", owner_no=owner_no, heads=sorted(heads))
    among = facts.standings_of(tx, access, heads | older)
    known = {standing.id for standing in among}
    newer = [s.superseded_by for s in among if s.superseded_by and s.superseded_by not in known]
    if newer:
        beyond = _numbers(tx, "fact_heads_of_ids", owner_no=owner_no, ids=newer)
        among += facts.standings_of(tx, access, beyond)
    return views.clashes_among(tx, access, among, at)


def _latest(tx: Transaction, owner_no: int, moment: int) -> set[int]:
    """The latest of every type, and of what says that somebody is at work on something."""
    types = [kind.value for kind in FactType]
    found = _numbers(tx, "fact_latest_of_types", owner_no=owner_no, types=types, at=moment, count=LATEST)
    works = [(predicate, None) for predicate in sorted(views.PROJECT_PREDICATES)]
    return found | _of_relations(tx, owner_no, moment, works, LATEST)


def _of_relations(
    tx: Transaction, owner_no: int, moment: int, relations: Sequence[tuple[str, str | None]], count: int
) -> set[int]:
    """The latest of some relations, each a predicate and a slot."""
    given = json.dumps(relations, ensure_ascii=False)
    return _numbers(tx, "fact_latest_of_relations", owner_no=owner_no, relations=given, at=moment, count=count)


def _view(
    name: str, found: Sequence[Standing], loaded: dict[str, Fact], latest: Collection[int], at: datetime
) -> View:
    """The latest facts of a view, among those that were looked for as the latest."""
    members = [s for s in found if s.no in latest and views.belongs(s, name) and s.id in loaded]
    current = [loaded[s.id] for s in members if loaded[s.id].state is FactState.CURRENT]
    return View(name, tuple(current[:LATEST]), at)


def _numbers(tx: Transaction, statement: str, **parameters: Value | Sequence[Value]) -> set[int]:
    return {row[0] for row in tx.rows(statement, **parameters)}
