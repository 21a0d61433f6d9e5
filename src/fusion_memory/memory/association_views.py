"""The associative graph as a read may see it: which memories lie beside which, by what and how strongly.

Edges: turns side by side, words shared within a session (stored by ``associations``), and entities named in both,
read from the registry's mentions. Nothing is seen that the filter of the read hides, and what is hidden lends no
weight. Must not know: questions, scores, or how activation spreads.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fusion_memory.core.graph import EdgeKind
from fusion_memory.memory.name_keys import name_key
from fusion_memory.memory.spans import Place
from fusion_memory.storage.interface import SpanFilter, Transaction, Value

BESIDE: Final = (0.6, 0.3)
"""Weights of the next turn and the one after it."""

DIRECT: Final = (EdgeKind.BESIDE, EdgeKind.WORDS, EdgeKind.ENTITY)
"""The kinds of edges that lead from one memory to another at once."""

HUB: Final = 24
"""An entity that more memories name connects nothing: it would connect everything."""

RAREST: Final = 0.8
"""The weight of an entity that two memories name and no other."""

HALF_SHARED: Final = 4.0
"""So many shared words weigh one half; more come near 1 (saturation as that of BM25's term frequency)."""

NAMES_OF_QUESTION: Final = 400


@dataclass(frozen=True, slots=True)
class Edge:
    """From one memory to another.

    Attributes:
        source, target: the keys of the two.
        kind: what connects them.
        weight: how strongly, above 0 and up to 1.
        count: turns from one to the other, words shared, or memories that name the entity.
        entity_no: the key of the entity, 0 where there is none.
    """

    source: int
    target: int
    kind: EdgeKind
    weight: float
    count: int
    entity_no: int = 0


def edges(
    tx: Transaction, where: SpanFilter, event_nos: Sequence[int], kinds: Sequence[EdgeKind] = DIRECT
) -> list[Edge]:
    """The edges that leave some memories, each to a memory of the scope; see :func:`places` for the other filters.

    Args:
        tx: a transaction.
        where: the scope and the filters of the read.
        event_nos: memories that the read may see.
        kinds: which edges.
    """
    readers = {EdgeKind.BESIDE: _beside, EdgeKind.WORDS: _by_words, EdgeKind.ENTITY: _by_entity}
    return [edge for kind in kinds for edge in readers[kind](tx, where, event_nos)]


def places(tx: Transaction, where: SpanFilter, event_nos: Iterable[int]) -> dict[int, Place]:
    """Where those of some memories stand that pass a filter, by event."""
    rows = tx.rows("association_places", event_nos=sorted(set(event_nos)), **_filters(where))
    return {row[1]: Place._make(row) for row in rows}


def naming(tx: Transaction, where: SpanFilter, names: Iterable[str]) -> dict[int, float]:
    """The memories that name an entity of one of these names, by how telling the name is, above 0 and up to 1."""
    keys = sorted({key for name in names if (key := name_key(name))})[:NAMES_OF_QUESTION]
    rows = tx.rows("association_named", keys=keys, owner_no=where.owner_no, joined=_joined(where)) if keys else []
    levels: dict[int, float] = {}
    for event_nos in _mentions(tx, where, [row[0] for row in rows]).values():
        for event_no in event_nos:
            levels[event_no] = max(rarity(len(event_nos)), levels.get(event_no, 0.0))
    return levels


def names(tx: Transaction, where: SpanFilter, entity_nos: Iterable[int]) -> dict[int, str]:
    """The names of entities by their keys."""
    found: dict[int, str] = {}
    for entity_no in sorted(set(entity_nos)):
        row = tx.one("entity_by_number", owner_no=where.owner_no, entity_no=entity_no)
        if row is not None:
            found[entity_no] = row[2]
    return found


def referenced(tx: Transaction, where: SpanFilter, event_nos: Sequence[int]) -> dict[int, int]:
    """How often later turns that the read may see come back to what some memories say; absent where none does."""
    return dict(tx.rows("association_degrees", event_nos=list(event_nos), **_filters(where)))


def rarity(count: int) -> float:
    """How telling an entity is that so many memories name: most for two of them, falling with the logarithm."""
    return RAREST / max(math.log2(count), 1.0)


def _beside(tx: Transaction, where: SpanFilter, event_nos: Sequence[int]) -> list[Edge]:
    rows = tx.rows("association_beside", event_nos=list(event_nos), reach=len(BESIDE), **_scope(where))
    return [Edge(source, target, EdgeKind.BESIDE, BESIDE[apart - 1], apart) for source, target, apart in rows]


def _by_words(tx: Transaction, where: SpanFilter, event_nos: Sequence[int]) -> list[Edge]:
    rows = tx.rows("association_words", event_nos=list(event_nos), **_scope(where))
    return [
        Edge(source, target, EdgeKind.WORDS, shared / (shared + HALF_SHARED), shared)
        for source, target, shared in rows
    ]


def _by_entity(tx: Transaction, where: SpanFilter, event_nos: Sequence[int]) -> list[Edge]:
    named = tx.rows(
        "association_entities", event_nos=list(event_nos), owner_no=where.owner_no, joined=_joined(where)
    )
    by_entity: defaultdict[int, list[int]] = defaultdict(list)
    for event_no, entity_no in named:
        by_entity[entity_no].append(event_no)
    return [
        Edge(source, target, EdgeKind.ENTITY, rarity(len(targets)), len(targets), entity_no)
        for entity_no, targets in _mentions(tx, where, sorted(by_entity)).items()
        for source in by_entity[entity_no]
        for target in targets
        if target != source
    ]


def _mentions(tx: Transaction, where: SpanFilter, entity_nos: Sequence[int]) -> dict[int, list[int]]:
    """The memories that name each of some entities, as far as it is no hub.

    Mentions that the filter hides are passed over one by one, some 0.15 us each: a bound on them would let what
    one agent says hide what another may see.
    """
    if not entity_nos:
        return {}
    rows = tx.rows(
        "association_mentions",
        entity_nos=list(entity_nos),
        joined=_joined(where),
        count=HUB + 1,
        **_filters(where),
    )
    named = {entity_no: json.loads(found) for entity_no, found in rows}
    return {number: found for number, found in named.items() if 0 < len(found) <= HUB}


def _joined(where: SpanFilter) -> int:
    """Whether names that are one count as one: a narrowed read may not know what joined them."""
    return int(where.as_of_ms is None and not (where.session_ids or where.agent_id or where.run_id or where.app_id))


def _scope(where: SpanFilter) -> dict[str, Value | Sequence[Value]]:
    return {
        "owner_no": where.owner_no,
        "session_ids": list(where.session_ids),
        "any_session": not where.session_ids,
        "agent_id": where.agent_id,
        "run_id": where.run_id,
        "app_id": where.app_id,
    }


def _filters(where: SpanFilter) -> dict[str, Value | Sequence[Value]]:
    return {
        **_scope(where),
        "roles": list(where.roles),
        "any_role": not where.roles,
        "since_ms": where.since_ms,
        "until_ms": where.until_ms,
        "as_of_ms": where.as_of_ms,
        "metadata": _json(where.metadata),
        "tiers": list(where.tiers),
        "any_tier": not where.tiers,
        "hide_archived": where.hide_archived,
    }


def _json(metadata: Mapping[str, object]) -> str | None:
    return json.dumps(dict(metadata), ensure_ascii=False) if metadata else None
