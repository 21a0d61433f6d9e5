"""Neighbourhoods: of an entity, who and what is spoken of with it; of a memory, what lies beside it and why.

Why it exists: a caller draws it, a search walks it. Must not know: how neighbours are found.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fusion_memory.core.knowledge import Entity, Relation


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An entity reached from another one.

    Attributes:
        entity: the neighbour.
        hops: how many steps it is away from the centre, 1 at least.
        through: the id of the entity it was reached from.
        together: how often both are named in one event.
        relations: how many facts connect the two.
    """

    entity: Entity
    hops: int
    through: str
    together: int
    relations: int


@dataclass(frozen=True, slots=True)
class EntityGraph:
    """An entity with its neighbours, nearest and strongest first, and the facts between all of them."""

    centre: Entity
    neighbours: tuple[Neighbour, ...]
    relations: tuple[Relation, ...]

    def __repr__(self) -> str:
        lines = [f"EntityGraph({self.centre.name!r}, {len(self.neighbours)} neighbours)"]
        lines += [f"  {n.hops} {n.entity.name} ({n.together} times together)" for n in self.neighbours[:10]]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class MergeSuggestion:
    """Two entities that may be one, for a person to decide: ``reason`` is short_form, initials, spelling or title.

    ``keep`` is the fuller name; ``likeness`` (0 to 1) orders suggestions and is no probability.
    """

    keep: Entity
    other: Entity
    reason: str
    likeness: float

    def __repr__(self) -> str:
        return f"MergeSuggestion({self.keep.name!r} <- {self.other.name!r}, {self.reason}, {self.likeness:.1f})"


class EdgeKind(StrEnum):
    """What connects two memories: they stand side by side, share words or an entity, or a third lies between."""

    BESIDE = "beside"
    WORDS = "words"
    ENTITY = "entity"
    DERIVED = "derived"


class Tier(StrEnum):
    """How fresh a memory is: said within a week of the present, within a quarter of a year, or before."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"


@dataclass(frozen=True, slots=True)
class MemoryNode:
    """A memory as a node of the associative graph.

    Attributes:
        id: of the memory.
        text: what was said, word for word.
        kind: what sort of saying it is.
        role: who said it.
        speaker: their name, when known.
        said_at: when.
        session_id: where, when in a session.
        priority: 3, and 2 more when later turns of its session came back to it three times.
        tier: how fresh it is.
    """

    id: str
    text: str
    kind: str
    role: str
    speaker: str | None
    said_at: datetime
    session_id: str | None
    priority: int
    tier: Tier


@dataclass(frozen=True, slots=True)
class EdgeReason:
    """Why two memories are connected.

    Attributes:
        kind: what connects them.
        weight: how strongly by itself, above 0 and up to 1.
        count: turns from one to the other, words in both, memories that name the entity; 2 edges of a derived one.
        name: of the entity; of a derived edge the id of the memory that lies between; else None.
    """

    kind: EdgeKind
    weight: float
    count: int
    name: str | None = None


@dataclass(frozen=True, slots=True)
class RelatedMemory:
    """A memory beside another one, all that connects the two, and the weight of it all, above 0 and up to 1."""

    memory: MemoryNode
    weight: float
    reasons: tuple[EdgeReason, ...]


@dataclass(frozen=True, slots=True)
class RelatedMemories:
    """A memory with those beside it, the strongest connection first."""

    centre: MemoryNode
    neighbours: tuple[RelatedMemory, ...]

    def __repr__(self) -> str:
        lines = [f"RelatedMemories({self.centre.id}, {len(self.neighbours)} neighbours)"]
        for near in self.neighbours[:10]:
            why = ", ".join(reason.kind.value for reason in near.reasons)
            lines.append(f"  {near.weight:.2f} {near.memory.id} ({why})")
        return "\n".join(lines)
