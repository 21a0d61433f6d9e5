"""The memories beside one memory: direct edges, and those derived over one memory between, each with its reasons.

Why it exists: a person follows what belongs together without asking a question. Must not know: searches or scores.
A derived edge weighs half of the weaker of its two (S2.61), says through which memory it goes, and is shown only
where there is no direct one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from fusion_memory.core.clock import to_ms
from fusion_memory.core.graph import EdgeKind, EdgeReason, MemoryNode, RelatedMemories, RelatedMemory, Tier
from fusion_memory.core.records import Event
from fusion_memory.core.scope import Access
from fusion_memory.memory import association_views, events, owners
from fusion_memory.memory.association_views import Edge
from fusion_memory.storage.interface import SpanFilter, Transaction

CLOSURE_SHARE: Final = 0.5
DERIVED_THROUGH: Final = 20
"""So many of the strongest direct neighbours lend their own."""

PRIORITY: Final = 3
REFERENCED: Final = 3
PRIORITY_GAIN: Final = 2
"""A memory that later turns of its session come back to three times has two more (S2.61)."""

HOT: Final = timedelta(days=7)
WARM: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be shown: how many, of which tier (None: any), and whether derived edges count."""

    limit: int = 20
    tier: Tier | None = None
    derived: bool = True


@dataclass(slots=True)
class _Found:
    """What connects the centre with others, by their keys."""

    reasons: defaultdict[int, list[EdgeReason]] = field(default_factory=lambda: defaultdict(list))

    def weight(self, event_no: int) -> float:
        """All reasons as independent chances: 1 - Π(1 - weight)."""
        missed = 1.0
        for reason in self.reasons[event_no]:
            missed *= 1.0 - reason.weight
        return 1.0 - missed


def related(
    tx: Transaction, access: Access, memory_id: str, wanted: Wanted, at: datetime, as_of: datetime | None = None
) -> RelatedMemories | None:
    """A memory and those beside it, or None when the scope has no such memory.

    Args:
        tx: a transaction.
        access: whose, and what may be seen.
        memory_id: the centre.
        wanted: what is to be shown.
        at: the present, for tiers.
        as_of: from what was recorded by then.
    """
    where = replace(
        owners.span_filter(owners.find(tx, access), access), as_of_ms=None if as_of is None else to_ms(as_of)
    )
    centre = next(iter(events.numbers(tx, access, [memory_id])), None)
    if centre is None or not association_views.places(tx, where, [centre]):
        return None
    found = _direct(tx, where, centre)
    if wanted.derived:
        _derive(tx, where, centre, found)
    nodes = _nodes(tx, where, [centre, *found.reasons], as_of or at)
    near = [
        RelatedMemory(nodes[number], found.weight(number), tuple(sorted(reasons, key=lambda r: -r.weight)))
        for number, reasons in found.reasons.items()
        if wanted.tier is None or nodes[number].tier is wanted.tier
    ]
    near.sort(key=lambda one: (-one.weight, one.memory.said_at, one.memory.id))
    return RelatedMemories(nodes[centre], tuple(near[: wanted.limit]))


def _direct(tx: Transaction, where: SpanFilter, centre: int) -> _Found:
    edges = _seen(tx, where, association_views.edges(tx, where, [centre]))
    named = association_views.names(tx, where, [edge.entity_no for edge in edges])
    found = _Found()
    for edge in edges:
        reason = EdgeReason(edge.kind, edge.weight, edge.count, named.get(edge.entity_no))
        found.reasons[edge.target].append(reason)
    return found


def _derive(tx: Transaction, where: SpanFilter, centre: int, found: _Found) -> None:
    """Add those connected through a direct neighbour, each through the one that gives it most."""
    direct = {number: found.weight(number) for number in found.reasons}
    through = sorted(direct, key=lambda number: (-direct[number], number))[:DERIVED_THROUGH]
    further = _Pairs()
    for edge in association_views.edges(tx, where, through):
        if edge.target != centre and edge.target not in direct:
            further.add(edge)
    visible = association_views.places(tx, where, {target for _, target in further.missed})
    ids = {number: event.id for number, _, event in events.by_numbers(tx, through)}
    best: dict[int, EdgeReason] = {}
    for (between, target), missed in sorted(further.missed.items()):
        weight = CLOSURE_SHARE * min(direct[between], 1.0 - missed)
        if target in visible and (target not in best or weight > best[target].weight):
            best[target] = EdgeReason(EdgeKind.DERIVED, weight, 2, ids[between])
    for target, reason in best.items():
        found.reasons[target].append(reason)


@dataclass(slots=True)
class _Pairs:
    """The weight of all edges between two memories, as what is missing to 1."""

    missed: dict[tuple[int, int], float] = field(default_factory=dict)

    def add(self, edge: Edge) -> None:
        pair = edge.source, edge.target
        self.missed[pair] = self.missed.get(pair, 1.0) * (1.0 - edge.weight)


def _seen(tx: Transaction, where: SpanFilter, edges: Sequence[Edge]) -> list[Edge]:
    visible = association_views.places(tx, where, {edge.target for edge in edges})
    return [edge for edge in edges if edge.target in visible]


def _nodes(tx: Transaction, where: SpanFilter, numbers: Iterable[int], at: datetime) -> dict[int, MemoryNode]:
    wanted = list(numbers)
    referenced = association_views.referenced(tx, where, wanted)
    return {
        number: _node(event, PRIORITY + PRIORITY_GAIN * (referenced.get(number, 0) >= REFERENCED), at)
        for number, _, event in events.by_numbers(tx, wanted)
    }


def _node(event: Event, priority: int, at: datetime) -> MemoryNode:
    age = at - event.said_at
    return MemoryNode(
        id=event.id,
        text=event.content,
        kind=event.kind.value,
        role=event.role,
        speaker=event.speaker,
        said_at=event.said_at,
        session_id=event.session_id,
        priority=priority,
        tier=Tier.HOT if age <= HOT else Tier.WARM if age <= WARM else Tier.COLD,
    )
