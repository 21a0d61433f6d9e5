"""What a person says of names: this is another name of that one, these two are one, those are not.

Why it exists: names in texts are read by rules, and a person knows better. Everything here is a link without an
event, so it outlives what was said, and can be taken back. Must not know: how names are found in texts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from fusion_memory.core.clock import to_ms
from fusion_memory.core.errors import InvalidInput
from fusion_memory.core.graph import MergeSuggestion
from fusion_memory.core.knowledge import Entity
from fusion_memory.core.scope import Access
from fusion_memory.memory import audit, entity_likeness, entity_rows, entity_views, owners
from fusion_memory.memory.entity_joining import settle, sweep
from fusion_memory.memory.entity_rows import NameRow
from fusion_memory.memory.name_keys import entity_id, name_key
from fusion_memory.storage.interface import Transaction, Value

SET: Final = "set"
"""The reason of a link that makes a name an alias by hand; any other reason without an event is a merge."""

MANY: Final = 1_000_000


def add_alias(tx: Transaction, access: Access, name: str, alias: str, at: datetime) -> Entity:
    """Let an entity have another name, set by a person.

    Raises:
        NotFound: there is no entity of that name.
        InvalidInput: the alias is empty, or names another entity already; merge them instead.
    """
    keep, owner_no = entity_rows.existing(tx, access, name), owners.find(tx, access)
    key = name_key(alias)
    if not key:
        raise InvalidInput("The alias is empty.", fix="give another name of the entity")
    row = entity_rows.by_key(tx, owner_no, key)
    if row is None:
        keep = _spoken(tx, owner_no, keep)
        made = entity_id(keep.id, key)
        number = entity_rows.create(tx, owner_no, made, key, alias.strip(), keep.kind, by_hand=True)
        link(tx, owner_no, number, keep.number, SET, at)
    elif row.root != keep.root:
        raise InvalidInput(
            f"{alias!r} names another entity.", why="Both have their own history.", fix="merge the two entities"
        )
    else:
        tx.run("entity_set_by_hand", entity_no=row.number, by_hand=1)
        below, above = (row.number, row.root) if row.number != row.root else (keep.number, row.number)
        if below != above:
            tx.run("entity_links_by_hand_drop", left_no=below, right_no=above)
            link(tx, owner_no, below, above, SET, at)
    audit.record(tx, access, "alias", [keep.id], {}, at)
    return entity_rows.seen(tx, access, keep.id)


def remove_alias(tx: Transaction, access: Access, name: str, alias: str, at: datetime) -> Entity:
    """Take a name away from an entity: one that was set goes, one that was spoken of stands alone from now on.

    Raises:
        NotFound: there is no entity of that name.
        InvalidInput: the alias is no other name of it.
    """
    keep, owner_no = entity_rows.existing(tx, access, name), owners.find(tx, access)
    row = entity_rows.by_key(tx, owner_no, name_key(alias))
    if row is None or row.root != keep.root:
        raise InvalidInput(f"{alias!r} is no other name of {name!r}.", fix="fusion-memory entities")
    if row.merged_into is None:
        raise InvalidInput(
            f"{alias!r} is the entity's own name.",
            why="Its other names point at it.",
            fix="remove one of the other names instead",
        )
    tx.run("entity_set_by_hand", entity_no=row.number, by_hand=0)
    if _has_mentions(tx, row):
        _set_apart(tx, owner_no, row, row.merged_into, "unalias", at)
    else:
        tx.run("entity_links_by_hand_drop", left_no=row.number, right_no=row.merged_into)
    audit.record(tx, access, "unalias", [keep.id], {}, at)
    sweep(tx, {row.number, row.merged_into})
    rest = keep.id if keep.number != row.number else entity_rows.by_number(tx, owner_no, row.merged_into).id
    return entity_rows.seen(tx, access, rest)


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
    into, gone = (
        entity_rows.by_number(tx, owner_no, entity_rows.existing(tx, access, name).root) for name in (keep, other)
    )
    if into.number == gone.number:
        raise InvalidInput(f"{keep!r} and {other!r} are one entity already.", fix="fusion-memory entities")
    tx.run("entity_links_by_hand_drop", left_no=gone.number, right_no=into.number)
    said = reason.strip()
    link(tx, owner_no, gone.number, into.number, said if said and said != SET else "merged", at)
    audit.record(tx, access, "merge", [into.id, gone.id], {}, at)
    return entity_rows.seen(tx, access, into.id)


def split(tx: Transaction, access: Access, name: str, reason: str, at: datetime) -> Entity:
    """Undo the last merge that joined this name with others: each stands as it stood, with its own mentions.

    Without a merge, a name that a text made an alias stands alone. No event that says otherwise joins the two
    again; only :func:`merge` does.

    Args:
        tx: a writing transaction.
        access: whose entities.
        name: the one that was merged into another, by id or by any of the names it had then.
        reason: why, for whoever looks later.
        at: now.

    Raises:
        NotFound: there is no such entity.
        InvalidInput: it was not merged into another one.
    """
    owner_no, row = owners.find(tx, access), entity_rows.existing(tx, access, name)
    if row.merged_into is None:
        raise _not_merged(entity_rows.seen(tx, access, row.id), name)
    merged = _last_merge(tx, owner_no, row)
    if merged is None and not _has_mentions(tx, row):
        raise InvalidInput(
            f"{name!r} was set as an alias, and nobody spoke of it.",
            why="There is nothing that could stand alone.",
            fix="remove the alias instead",
        )
    gone = merged or row
    if gone.merged_into is not None:
        _set_apart(tx, owner_no, gone, gone.merged_into, reason.strip() or "split", at)
    audit.record(tx, access, "split", [gone.id], {}, at)
    return entity_rows.seen(tx, access, row.id)


def suggestions(
    tx: Transaction, access: Access, limit: int = 50, as_of: datetime | None = None
) -> list[MergeSuggestion]:
    """Pairs that may be one by their names, the likeliest first; pairs that a person set apart are left out."""
    found = entity_views.entities(tx, access, limit=MANY, as_of=as_of)
    head = {key: entity.id for entity in found for key in (entity.id, *entity.merged_from)}
    known = None if as_of is None else to_ms(as_of)
    rows = tx.rows("entity_pairs_apart", owner_no=owners.find(tx, access), as_of=known)
    apart = {frozenset((head[left], head[right])) for left, right in rows if left in head and right in head}
    return entity_likeness.suggestions(found, limit, apart)


def link(tx: Transaction, owner_no: int, number: int, into: int, reason: str, at: datetime) -> None:
    """Point one name at another because a person said so."""
    _add_link(tx, owner_no, (number, into), 0, reason, at)
    settle(tx, {number, into})


def _set_apart(tx: Transaction, owner_no: int, row: NameRow, into: int, reason: str, at: datetime) -> None:
    tx.run("entity_links_by_hand_drop", left_no=row.number, right_no=into)
    _add_link(tx, owner_no, (row.number, into), 1, reason, at)
    settle(tx, {row.number, into})


def _add_link(tx: Transaction, owner_no: int, pair: tuple[int, int], apart: int, reason: str, at: datetime) -> None:
    columns: dict[str, Value] = {"owner_no": owner_no, "entity_no": pair[0], "into_no": pair[1], "event_no": None}
    tx.run("entity_link_add", **columns, apart=apart, reason=reason, recorded_at=to_ms(at))


def _last_merge(tx: Transaction, owner_no: int, row: NameRow) -> NameRow | None:
    """Of the names from this one up, the one that a person merged into another last."""
    last: tuple[int, NameRow] | None = None
    while row.merged_into is not None:
        by_hand = tx.one("entity_merged_by_hand", entity_no=row.number, into_no=row.merged_into, alias=SET)
        if by_hand and (last is None or by_hand[0] > last[0]):
            last = by_hand[0], row
        row = entity_rows.by_number(tx, owner_no, row.merged_into)
    return last[1] if last else None


def _spoken(tx: Transaction, owner_no: int, row: NameRow) -> NameRow:
    """The name itself, or when it is only an alias that a person set, the one it is an alias of."""
    while row.by_hand and row.merged_into is not None and not _has_mentions(tx, row):
        row = entity_rows.by_number(tx, owner_no, row.merged_into)
    return row


def _has_mentions(tx: Transaction, row: NameRow) -> bool:
    standing = tx.one("entity_standing", entity_no=row.number)
    return bool(standing and standing[1])


def _not_merged(entity: Entity, name: str) -> InvalidInput:
    others = ", ".join(repr(alias) for alias in entity.aliases)
    return InvalidInput(
        f"{name!r} is not merged into another entity.",
        why=f"Others point at it: {others}." if others else "It stands alone already.",
        fix=f"split {entity.aliases[0]!r} off instead" if others else "fusion-memory entities",
    )
