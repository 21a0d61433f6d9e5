"""The registry's write side: names become entities, aliases and merges point, erasure takes what nothing holds.

Every name has its own row and keeps its own mentions; that two names are one entity is a link with its reason
(an event that says so, or a person), so a merge can be undone exactly and an erased event takes its alias with it.
This file finds no names in texts, and joins none by hand (``entity_names``). What is kept here is read by
``entity_views`` and ``entity_graph``, whose doors stand here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from fusion_memory.core.clock import to_ms
from fusion_memory.core.graph import EntityGraph
from fusion_memory.core.knowledge import Mention
from fusion_memory.core.scope import Access
from fusion_memory.memory import entity_rows
from fusion_memory.memory.entity_graph import graph
from fusion_memory.memory.entity_joining import refresh_kinds, settle, sweep
from fusion_memory.memory.entity_views import entities, find
from fusion_memory.memory.name_keys import entity_id, name_key
from fusion_memory.storage.interface import Transaction, Value

__all__ = [
    "EntityGraph",
    "entities",
    "find",
    "forget_events",
    "forget_owner",
    "graph",
    "record",
]

SAID: Final = "said"


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
    joined = _relink(tx, owner_no, event_no, mentions, seen, at)
    refresh_kinds(tx, doubted)
    gone = {row[0] for row in before} - {row[0] for row in wanted}
    if gone or joined:
        sweep(tx, gone | joined)


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
    return sweep(tx, touched)


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
    row = entity_rows.by_key(tx, owner_no, key)
    if row is None:
        origin = tx.one("entity_event_id", event_no=event_no, owner_no=owner_no)
        if origin is None:
            return None
        made = entity_id(origin[0], key)
        seen[key] = entity_rows.create(tx, owner_no, made, key, mention.name, mention.kind, by_hand=False)
    else:
        seen[key] = row.number
        if row.kind != mention.kind:
            doubted.add(row.number)
        if row.name == row.name.lower() and mention.name != mention.name.lower() and not row.by_hand:
            tx.run("entity_rename", entity_no=row.number, name=mention.name)
    return seen[key]


def _relink(
    tx: Transaction, owner_no: int, event_no: int, mentions: Sequence[Mention], seen: dict[str, int], at: datetime
) -> set[int]:
    """Keep which names the event says are one, in place of what an earlier reading of it said; whom it concerns.

    Nothing is touched when both say the same.
    """
    said = {(seen.get(name_key(m.name)), seen.get(name_key(m.alias_of))): None for m in mentions if m.alias_of}
    pairs = [(number, into) for number, into in said if number and into and number != into]
    old = tx.rows("entity_links_of_event", event_no=event_no)
    if [(number, into) for _, number, into in old] == pairs:
        return set()
    for link_no, _, _ in old:
        tx.run("entity_link_drop", link_no=link_no)
    columns: dict[str, Value] = {"owner_no": owner_no, "event_no": event_no, "apart": 0, "reason": SAID}
    for number, into in pairs:
        tx.run("entity_link_add", **columns, entity_no=number, into_no=into, recorded_at=to_ms(at))
    touched = {one for _, number, into in old for one in (number, into)}
    fresh = [
        pair
        for pair in pairs
        if tx.one("entity_link_said_before", entity_no=pair[0], into_no=pair[1], event_no=event_no) is None
    ]
    settle(tx, {one for pair in fresh for one in pair})  # what was said before decides already
    return touched
