"""The registry's read side: entities under all of their names, as far as a scope and a moment can see.

An entity is seen through its mentions. A read that is narrowed or asks for the past joins two names only if it can
see what joined them, so it never shows a name, a date or a count of what it may not see. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.knowledge import Entity, EntityKind
from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.memory.name_keys import name_key
from fusion_memory.storage.interface import Transaction

BATCH: Final = 5_000


@dataclass(slots=True)
class Member:
    """One name: its row, and what of it can be seen: ``count`` mentions said between ``first`` and ``last``."""

    number: int
    id: str
    name: str
    kind: str
    by_hand: bool
    key: str
    count: int = 0
    first: int = 0
    last: int = 0


@dataclass(slots=True)
class Group:
    """Names that are one entity; the first is the head."""

    root: int
    members: list[Member] = field(default_factory=list)

    @property
    def numbers(self) -> list[int]:
        """The keys of all names."""
        return [member.number for member in self.members]

    @property
    def head(self) -> Member:
        """The name that the others point at, or the most frequent one that can be seen."""
        return self.members[0]


def find(tx: Transaction, access: Access, name: str, as_of: datetime | None = None) -> Entity | None:
    """The entity of this id, name or alias in any spelling, or None."""
    group = group_of(tx, access, name, as_of)
    return as_entity(group) if group else None


def entities(
    tx: Transaction,
    access: Access,
    kind: EntityKind | None = None,
    limit: int = 100,
    after: str | None = None,
    as_of: datetime | None = None,
) -> list[Entity]:
    """Who and what was spoken of, most often named first.

    Args:
        tx: a transaction.
        access: whose entities, and what of them may be seen.
        kind: only of this kind.
        limit: so many.
        after: the id of the last entity of the page before.
        as_of: from what was recorded by then.
    """
    owner_no = owners.find(tx, access)
    roots = [row[0] for row in tx.rows("entity_roots", owner_no=owner_no)]
    found = groups(tx, access, roots, as_of)
    found.sort(key=lambda group: (-sum(member.count for member in group.members), group.head.number))
    chosen = [entity for entity in map(as_entity, found) if kind is None or entity.kind is kind]
    if after is not None:
        at = next((index + 1 for index, entity in enumerate(chosen) if entity.id == after), len(chosen))
        chosen = chosen[at:]
    return chosen[:limit]


def group_of(tx: Transaction, access: Access, name: str, as_of: datetime | None = None) -> Group | None:
    """The names that are one with this one, as far as can be seen."""
    owner_no = owners.find(tx, access)
    row = tx.one("entity_by_id", owner_no=owner_no, entity_id=name)
    if row is None and (key := name_key(name)):
        row = tx.one("entity_by_key", owner_no=owner_no, key=key)
    if row is None:
        return None
    return next((group for group in groups(tx, access, [row[6]], as_of) if row[0] in group.numbers), None)


def groups(tx: Transaction, access: Access, roots: Sequence[int], as_of: datetime | None = None) -> list[Group]:
    """The entities below some roots, as far as can be seen."""
    found: list[Group] = []
    for start in range(0, len(roots), BATCH):
        found += _groups(tx, access, list(roots[start : start + BATCH]), as_of)
    return found


def as_entity(group: Group) -> Entity:
    """The record of some names that are one."""
    seen = [member for member in group.members if member.count]
    first = min((member.first for member in seen), default=0)
    last = max((member.last for member in seen), default=0)
    kind = group.head.kind
    if kind == EntityKind.THING:
        kind = next((member.kind for member in seen if member.kind != EntityKind.THING), kind)
    return Entity(
        id=group.head.id,
        name=group.head.name,
        kind=EntityKind(kind),
        aliases=tuple(member.name for member in group.members[1:]),
        mentions=sum(member.count for member in group.members),
        first_seen_at=from_ms(first),
        last_seen_at=from_ms(last),
        merged_from=tuple(member.id for member in group.members[1:]),
    )


def seen_by(access: Access, as_of: datetime | None) -> dict[str, str | int | None]:
    """The parameters of what a read may see."""
    return {**owners.narrowing(access), "as_of": None if as_of is None else to_ms(as_of)}


def _groups(tx: Transaction, access: Access, roots: list[int], as_of: datetime | None) -> list[Group]:
    owner_no, seen = owners.find(tx, access), seen_by(access, as_of)
    rows = tx.rows("entity_members", owner_no=owner_no, root_nos=roots)
    members = {row[1]: Member(row[1], row[2], row[3], row[4], bool(row[5]), row[7]) for row in rows}
    for number, count, first, last in tx.rows("entity_sightings", owner_no=owner_no, root_nos=roots, **seen):
        member = members[number]
        member.count, member.first, member.last = count, first, last
    pointers: dict[int, int] = dict(tx.rows("entity_links_seen", owner_no=owner_no, root_nos=roots, **seen))
    by_head: dict[int, Group] = {}
    everything = as_of is None and not access.scope.narrowing
    for row in rows:
        member, head = members[row[1]], _follow(row[1], pointers)
        group = by_head.setdefault(head, Group(row[0]))
        if member.count or member.by_hand or (everything and member.number == head):
            group.members.append(member)
    for head, group in by_head.items():
        group.members.sort(key=lambda member: (member.number != head, -member.count, member.number))
    return [
        group
        for group in by_head.values()
        if any(member.count or (everything and member.by_hand) for member in group.members)
    ]


def _follow(number: int, pointers: dict[int, int]) -> int:
    """The end of the pointers; they make no circle, and a damaged one ends here."""
    passed: set[int] = set()
    while number in pointers and number not in passed:
        passed.add(number)
        number = pointers[number]
    return number
