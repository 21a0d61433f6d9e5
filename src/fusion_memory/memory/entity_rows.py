"""The rows of names: found by key, id or any name, and made. What they mean together is settled elsewhere.

Why it exists: recording, joining by hand and importing write the same rows. Must not know: texts, links' meaning.
"""

from __future__ import annotations

from dataclasses import dataclass

from fusion_memory.core.errors import NotFound
from fusion_memory.core.knowledge import Entity, EntityKind
from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.memory.entity_views import find
from fusion_memory.memory.name_keys import name_key
from fusion_memory.storage.interface import Transaction, Value


@dataclass(frozen=True, slots=True)
class NameRow:
    """One name of an owner: where it points, and the row at the end of the pointers."""

    number: int
    id: str
    name: str
    kind: str
    by_hand: bool
    merged_into: int | None
    root: int


def by_key(tx: Transaction, owner_no: int, key: str) -> NameRow | None:
    """The row of a name's key."""
    row = tx.one("entity_by_key", owner_no=owner_no, key=key)
    return NameRow(*row) if row else None


def by_number(tx: Transaction, owner_no: int, number: int) -> NameRow:
    """The row of a number that stands in another row.

    Raises:
        NotFound: it is gone.
    """
    row = tx.one("entity_by_number", owner_no=owner_no, entity_no=number)
    if row is None:
        raise NotFound
    return NameRow(*row)


def existing(tx: Transaction, access: Access, name: str) -> NameRow:
    """The row of an id or a name, in any spelling, that the scope can see.

    Raises:
        NotFound: there is none.
    """
    owner_no = owners.find(tx, access)
    row = tx.one("entity_by_id", owner_no=owner_no, entity_id=name) or tx.one(
        "entity_by_key", owner_no=owner_no, key=name_key(name)
    )
    if row is None or find(tx, access, row[1]) is None:
        raise NotFound(f"There is no entity {name!r} in this scope.", fix="fusion-memory entities")
    return NameRow(*row)


def create(
    tx: Transaction, owner_no: int, new_id: str, key: str, name: str, kind: EntityKind | str, *, by_hand: bool
) -> int:
    """A new row that points nowhere; its number."""
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
    tx.run("entity_point", entity_no=row[0], into_no=None, root_no=row[0])
    return int(row[0])


def seen(tx: Transaction, access: Access, wanted: str) -> Entity:
    """The entity of an id, as the scope sees it.

    Raises:
        NotFound: it cannot be seen.
    """
    found = find(tx, access, wanted)
    if found is None:
        raise NotFound
    return found
