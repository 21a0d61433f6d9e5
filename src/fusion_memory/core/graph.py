"""The neighbourhood of an entity: who and what is spoken of with it, and which facts connect them.

Why it exists: a caller draws it, a search walks it. Must not know: how neighbours are found.
"""

from __future__ import annotations

from dataclasses import dataclass

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
