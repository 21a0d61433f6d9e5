"""Which names are one: pointers between the rows of names, derived from the links that say so.

Why it exists: links come from events and from people, in any order, and go again; where a name points must follow
from the links that stand, so that a split undoes a merge exactly and an import gives what a rebuild gives. What a
person joined counts before what an event says; among events the earliest wins; what a person set apart no event
joins, not even through a third name. Must not know: how names are found in texts, or who may see them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from fusion_memory.storage.interface import Transaction

SURFACES: Final = 20
"""Mentions that are looked at for the best writing of a name."""

Join = tuple[int, int, bool]
"""A name, the one it points at, and whether a person said so."""


def pointing(joins: Sequence[Join], apart: Collection[tuple[int, int]]) -> dict[int, int]:
    """Where each name points, by links in the order in which they count. Pure.

    A link is left out when its name points already, when it would close a circle, or when an event would join names
    that are apart.
    """
    pointers: dict[int, int] = {}
    members: dict[int, set[int]] = {}
    for number, into, by_hand in joins:
        head = _end(into, pointers)
        if number in pointers or head == number:
            continue
        below, above = members.get(number, {number}), members.get(head, {head})
        if not by_hand and any(_between(pair, below, above) for pair in apart):
            continue
        pointers[number] = into
        members[head] = above | below
    return pointers


def settle(tx: Transaction, touched: Iterable[int]) -> set[int]:
    """Point the names anew that any link connects with these.

    Args:
        tx: a writing transaction.
        touched: rows of one owner whose links came or went.

    Returns:
        The rows whose pointer changed, and where it went to and came from.
    """
    seeds = sorted(set(touched))
    if not seeds:
        return set()
    rows = {row[0]: (row[1], row[2]) for row in tx.rows("entity_component", entity_nos=seeds)}
    links = tx.rows("entity_links_among", entity_nos=sorted(rows))
    joins = [(number, into, bool(by_hand)) for number, into, apart, by_hand in links if not apart]
    pointers = pointing(joins, [(number, into) for number, into, apart, _ in links if apart])
    changed: set[int] = set()
    for number, (before, root) in rows.items():
        into, end = pointers.get(number), _end(number, pointers)
        if (before, root) != (into, end):
            tx.run("entity_point", entity_no=number, into_no=into, root_no=end)
        if before != into:
            changed |= {one for one in (number, before, into) if one is not None}
    return changed


def sweep(tx: Transaction, touched: Iterable[int]) -> int:
    """Drop the names that nothing holds, point the others anew, and refresh how they are written; how many went."""
    waiting, gone = set(touched), 0
    left = waiting | settle(tx, waiting)
    waiting |= left
    while waiting:
        number = waiting.pop()
        row = tx.one("entity_standing", entity_no=number)
        if row is None:
            left.discard(number)
        elif not any(row):
            near = {one for pair in tx.rows("entity_linked_with", entity_no=number) for one in pair} - {number}
            tx.run("entity_links_of_drop", entity_no=number)
            near |= settle(tx, {number, *near}) - {number}
            tx.run("entity_drop", entity_no=number)
            gone += 1
            waiting |= near
            left |= near
            left.discard(number)
    for number in left:
        _rename(tx, number)
    refresh_kinds(tx, left)
    return gone


def refresh_kinds(tx: Transaction, numbers: Iterable[int]) -> None:
    """The kind that most mentions tell; an unspecific one counts last."""
    for number in numbers:
        kinds = tx.rows("entity_kinds", entity_no=number)
        if kinds:
            tx.run("entity_set_kind", entity_no=number, kind=kinds[0][0])


def _rename(tx: Transaction, number: int) -> None:
    """The name as the first of the remaining mentions writes it, capitals before none; one set by hand stays."""
    row = tx.one("entity_standing", entity_no=number)
    if row is None or row[0]:
        return
    surfaces = [row[0] for row in tx.rows("entity_surfaces", entity_no=number, count=SURFACES)]
    if surfaces:
        best = next((name for name in surfaces if name != name.lower()), surfaces[0])
        tx.run("entity_rename", entity_no=number, name=best)


def _end(number: int, pointers: dict[int, int]) -> int:
    while number in pointers:
        number = pointers[number]
    return number


def _between(pair: tuple[int, int], below: set[int], above: set[int]) -> bool:
    left, right = pair
    return (left in below and right in above) or (left in above and right in below)
