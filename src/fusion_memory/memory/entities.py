"""The registry's write side: names become entities, aliases and merges point, erasure takes what nothing holds.

Every name has its own row and keeps its own mentions; that two names are one entity is a pointer with its reason
(an event that says so, or a person), so a merge can be undone exactly and an erased event takes its alias with it.
This file finds no names in texts. What is kept here is read by ``entity_views`` and ``entity_graph``, whose doors
stand here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fusion_memory.core.clock import to_ms
from fusion_memory.core.errors import InvalidInput, NotFound
from fusion_memory.core.graph import EntityGraph
from fusion_memory.core.knowledge import Entity, EntityKind, Mention
from fusion_memory.core.scope import Access
from fusion_memory.memory import audit, owners
from fusion_memory.memory.entity_graph import graph
from fusion_memory.memory.entity_views import entities, find
from fusion_memory.memory.name_keys import entity_id, name_key
from fusion_memory.storage.interface import Transaction, Value

__all__ = [
    "EntityGraph",
    "add_alias",
    "entities",
    "find",
    "forget_events",
    "forget_owner",
    "graph",
    "merge",
    "record",
    "split",
]

SAID: Final = "said"
SET: Final = "set"
_SURFACES: Final = 20
"""Mentions that are looked at for the best writing of a name."""


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    id: str
    name: str
    kind: str
    by_hand: bool
    merged_into: int | None
    root: int


def record(
    tx: Transaction,
    access: Access,  # noqa: ARG001 (the writer's ticket, as every store method has it)
    owner_no: int,
    event_no: int,
    mentions: Sequence[Mention],
    at: datetime,
) -> None:
    """Keep the names of one event, and nothing else of it: a second reading replaces the first.

    Args:
        tx: the transaction of the event's facts.
        access: the right to write.
        owner_no: whose event.
        event_no: the event.
        mentions: its names; one with ``alias_of`` makes two names one entity.
        at: now.
    """
    found = tx.rows("entity_mentions_of_event", event_no=event_no)
    if not mentions and not found:
        return
    seen: dict[str, int] = {}
    doubted: set[int] = set()
    wanted: set[tuple[int, int, int, str]] = set()
    for mention in mentions:
        if number := _known_or_new(tx, owner_no, event_no, mention, seen, doubted):
            wanted.add((number, mention.first, mention.last, mention.kind.value))
    before = {tuple(row) for row in found}
    for number, first, _, _ in before - wanted:
        tx.run("entity_mention_drop", entity_no=number, event_no=event_no, first=first)
    for number, first, last, kind in sorted(wanted - before):
        tx.run("entity_mention_add", entity_no=number, event_no=event_no, first=first, last=last, kind=kind)
    old = _drop_links(tx, event_no)
    for mention in mentions:
        if mention.alias_of and (keep := seen.get(name_key(mention.alias_of))):
            _link(tx, owner_no, seen[name_key(mention.name)], keep, event_no, SAID, at)
    _refresh_kinds(tx, doubted)
    gone = {row[0] for row in before} - {row[0] for row in wanted}
    if gone or old:
        _sweep(tx, gone | old)


def add_alias(tx: Transaction, access: Access, name: str, alias: str, at: datetime) -> Entity:
    """Let an entity have another name, set by a person.

    Raises:
        NotFound: there is no entity of that name.
        InvalidInput: the alias is empty, or names another entity already; merge them instead.
    """
    keep, owner_no = _existing(tx, access, name), owners.find(tx, access)
    key = name_key(alias)
    if not key:
        raise InvalidInput("The alias is empty.")
    row = _by_key(tx, owner_no, key)
    if row is None:
        number = _create(tx, owner_no, entity_id(keep.id, key), key, alias.strip(), keep.kind, by_hand=True)
    elif row.root == keep.root:
        number = row.number
        tx.run("entity_set_by_hand", entity_no=number)
    else:
        raise InvalidInput(
            f"{alias!r} names another entity.", why="Both have their own history.", fix="merge the two entities"
        )
    if number != keep.number:
        tx.run("entity_links_by_hand_drop", left_no=number, right_no=keep.number)
        _link(tx, owner_no, number, keep.number, None, SET, at)
    audit.record(tx, access, "alias", [keep.id], {}, at)
    return _seen(tx, access, keep.id)


def merge(tx: Transaction, access: Access, keep: str, other: str, reason: str, at: datetime) -> Entity:
    """Let two entities be one from now on. The other keeps its row and its mentions, and points on.

    Args:
        tx: a writing transaction.
        access: whose entities.
        keep: the one that stays, by id or by any of its names.
        other: the one that points at it from now on, likewise.
        reason: why, for whoever looks later.
        at: now.

    Raises:
        NotFound: one of them does not exist.
        InvalidInput: they are one already.
    """
    owner_no = owners.find(tx, access)
    into, gone = _root(tx, owner_no, _existing(tx, access, keep)), _root(tx, owner_no, _existing(tx, access, other))
    if into.number == gone.number:
        raise InvalidInput(f"{keep!r} and {other!r} are one entity already.")
    tx.run("entity_links_by_hand_drop", left_no=gone.number, right_no=into.number)
    _link(tx, owner_no, gone.number, into.number, None, reason or "merged", at)
    audit.record(tx, access, "merge", [into.id, gone.id], {}, at)
    return _seen(tx, access, into.id)


def split(tx: Transaction, access: Access, name: str, reason: str, at: datetime) -> Entity:
    """Undo a merge or an alias: the entity of that id or name stands alone again, with its own mentions.

    No event that says otherwise joins the two again; only :func:`merge` does.

    Raises:
        NotFound: there is no such entity.
        InvalidInput: it was not merged into another one.
    """
    owner_no, row = owners.find(tx, access), _existing(tx, access, name)
    if row.merged_into is None:
        raise InvalidInput(f"{name!r} is not merged into another entity.")
    into = row.merged_into
    tx.run("entity_links_by_hand_drop", left_no=row.number, right_no=into)
    tx.run("entity_is_root", entity_no=row.number)
    tx.run("entity_root_below", entity_no=row.number, root_no=row.number)
    tx.run(
        "entity_link_add",
        owner_no=owner_no,
        entity_no=row.number,
        into_no=into,
        event_no=None,
        apart=1,
        reason=reason or "split",
        recorded_at=to_ms(at),
    )
    audit.record(tx, access, "split", [row.id], {}, at)
    return _seen(tx, access, row.id)


def forget_events(tx: Transaction, owner_no: int, event_nos: Sequence[int]) -> int:
    """Take back what some events of the owner said of entities; call it before the events go.

    Entities without a mention go, unless a person gave them a name; an alias goes with the last event that
    said it; names and kinds of the others come from what is left.

    Returns:
        How many entities went.
    """
    touched = {
        number
        for statement in ("entities_mentioned_in", "entities_linked_in")
        for row in tx.rows(statement, owner_no=owner_no, event_nos=list(event_nos))
        for number in row
    }
    if not touched:
        return 0
    tx.run("entity_mentions_of_events_drop", event_nos=list(event_nos))
    tx.run("entity_links_of_events_drop", event_nos=list(event_nos))
    return _sweep(tx, touched)


def forget_owner(tx: Transaction, owner_no: int) -> int:
    """Take back everything about the owner's entities, what a person set included; how many there were."""
    tx.run("entity_links_of_owner_drop", owner_no=owner_no)
    tx.run("entity_mentions_of_owner_drop", owner_no=owner_no)
    tx.run("entity_pointers_of_owner_drop", owner_no=owner_no)
    return tx.run("entities_of_owner_drop", owner_no=owner_no)


def _known_or_new(
    tx: Transaction, owner_no: int, event_no: int, mention: Mention, seen: dict[str, int], doubted: set[int]
) -> int | None:
    """The row of a name; ``doubted`` gathers the rows that are of another kind than the mention."""
    key = name_key(mention.name)
    if not key or key in seen:
        return seen.get(key)
    row = _by_key(tx, owner_no, key)
    if row is None:
        origin = tx.one("entity_event_id", event_no=event_no, owner_no=owner_no)
        if origin is None:
            return None
        seen[key] = _create(tx, owner_no, entity_id(origin[0], key), key, mention.name, mention.kind, by_hand=False)
    else:
        seen[key] = row.number
        if row.kind != mention.kind:
            doubted.add(row.number)
        if row.name == row.name.lower() and mention.name != mention.name.lower() and not row.by_hand:
            tx.run("entity_rename", entity_no=row.number, name=mention.name)
    return seen[key]


def _create(
    tx: Transaction, owner_no: int, new_id: str, key: str, name: str, kind: EntityKind | str, *, by_hand: bool
) -> int:
    columns: dict[str, Value] = {
        "entity_id": new_id,
        "key": key,
        "name": name,
        "kind": str(kind),
        "by_hand": int(by_hand),
    }
    row = tx.one("entity_create", owner_no=owner_no, **columns)
    if row is None:
        raise RuntimeError("an insert returned no row")
    tx.run("entity_is_root", entity_no=row[0])
    return int(row[0])


def _link(
    tx: Transaction, owner_no: int, other: int, keep: int, event_no: int | None, reason: str, at: datetime
) -> None:
    """Point one name at another with a reason; what would make a circle, or a person forbade, is left out."""
    row = tx.one("entity_pointers", entity_no=other)
    target = tx.one("entity_pointers", entity_no=keep)
    if row is None or target is None or other == keep:
        return
    merged_into, root = row
    if merged_into is None and (root == target[1] or (event_no is not None and _forbidden(tx, other, keep))):
        return
    if merged_into not in {None, keep}:
        return
    tx.run(
        "entity_link_add",
        owner_no=owner_no,
        entity_no=other,
        into_no=keep,
        event_no=event_no,
        apart=0,
        reason=reason,
        recorded_at=to_ms(at),
    )
    if merged_into is None:
        tx.run("entity_point", entity_no=other, into_no=keep)
        tx.run("entity_root_below", entity_no=other, root_no=target[1])


def _forbidden(tx: Transaction, left: int, right: int) -> bool:
    return tx.one("entity_apart", left_no=left, right_no=right) is not None


def _drop_links(tx: Transaction, event_no: int) -> set[int]:
    """Drop what an earlier reading of the event said of aliases; whom it concerned."""
    touched: set[int] = set()
    for link_no, entity_no, into_no in tx.rows("entity_links_of_event", event_no=event_no):
        tx.run("entity_link_drop", link_no=link_no)
        touched |= {entity_no, into_no}
    return touched


def _sweep(tx: Transaction, touched: Iterable[int]) -> int:
    """Undo pointers without a reason, drop entities that nothing holds, refresh the others; how many went."""
    waiting, gone, left = set(touched), 0, set()
    while waiting:
        number = waiting.pop()
        row = tx.one("entity_standing", entity_no=number)
        if row is None:
            continue
        merged_into, by_hand, mentioned, named_by_hand = row
        if merged_into is not None and tx.one("entity_link_holds", entity_no=number, into_no=merged_into) is None:
            _stand_alone(tx, number)
            waiting.add(merged_into)
            left.discard(merged_into)
        if by_hand or mentioned or named_by_hand:
            left.add(number)
            continue
        for (child,) in tx.rows("entity_merged_here", entity_no=number):
            _stand_alone(tx, child)
            waiting.add(child)
        tx.run("entity_is_root", entity_no=number)
        tx.run("entity_drop", entity_no=number)
        left.discard(number)
        gone += 1
    for number in left:
        _rename(tx, number)
    _refresh_kinds(tx, left)
    return gone


def _stand_alone(tx: Transaction, number: int) -> None:
    tx.run("entity_is_root", entity_no=number)
    tx.run("entity_root_below", entity_no=number, root_no=number)


def _rename(tx: Transaction, number: int) -> None:
    """The name as the first of the remaining mentions writes it, capitals before none."""
    row = tx.one("entity_standing", entity_no=number)
    if row is None or row[1]:
        return
    surfaces = [row[0] for row in tx.rows("entity_surfaces", entity_no=number, count=_SURFACES)]
    if surfaces:
        best = next((name for name in surfaces if name != name.lower()), surfaces[0])
        tx.run("entity_rename", entity_no=number, name=best)


def _refresh_kinds(tx: Transaction, numbers: Iterable[int]) -> None:
    """The kind that most mentions tell; an unspecific one counts last."""
    for number in numbers:
        kinds = tx.rows("entity_kinds", entity_no=number)
        if kinds:
            tx.run("entity_set_kind", entity_no=number, kind=kinds[0][0])


def _by_key(tx: Transaction, owner_no: int, key: str) -> _Row | None:
    row = tx.one("entity_by_key", owner_no=owner_no, key=key)
    return _Row(*row) if row else None


def _existing(tx: Transaction, access: Access, name: str) -> _Row:
    owner_no = owners.find(tx, access)
    row = tx.one("entity_by_id", owner_no=owner_no, entity_id=name) or tx.one(
        "entity_by_key", owner_no=owner_no, key=name_key(name)
    )
    if row is None or find(tx, access, row[1]) is None:
        raise NotFound(f"There is no entity {name!r} in this scope.")
    return _Row(*row)


def _root(tx: Transaction, owner_no: int, row: _Row) -> _Row:
    if row.root == row.number:
        return row
    found = tx.one("entity_by_number", owner_no=owner_no, entity_no=row.root)
    return _Row(*found) if found else row


def _seen(tx: Transaction, access: Access, wanted: str) -> Entity:
    found = find(tx, access, wanted)
    if found is None:
        raise NotFound
    return found
