"""Legal holds: what one covers is neither archived nor erased until somebody who may releases it.

A hold covers the whole database, a workspace, an owner, a session, or single memories; the database itself refuses
to delete the last kind. Must not know: who wants to erase, or why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.errors import InvalidOption, NotFound, OnHold
from fusion_memory.core.policy import Hold
from fusion_memory.core.scope import Access, Scope
from fusion_memory.memory import audit, events, owners, policies
from fusion_memory.memory.policies import Level
from fusion_memory.storage.interface import Row, Transaction

MOST_REASON_CHARS: Final = 500
BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class Override:
    """Why holds are overridden, and which ones by id; None for whichever there are."""

    reason: str
    ids: frozenset[str] | None = None

    def allows(self, found: Iterable[str]) -> bool:
        """Whether all of these holds may be overridden."""
        return self.ids is None or self.ids.issuperset(found)


def place(
    tx: Transaction, level: Level, hold_id: str, reason: str, ids: Sequence[str] | None, at: datetime
) -> Hold:
    """Place a hold on everything at a level, or on some memories of it; audited.

    Raises:
        InvalidOption: there is no reason, or it is too long.
        NotFound: an id is not in the scope.
    """
    if not reason.strip() or len(reason) > MOST_REASON_CHARS or not reason.isprintable():
        raise InvalidOption(
            "A hold needs a reason.",
            why=f"One line of at most {MOST_REASON_CHARS} characters.",
            fix="name the matter",
        )
    access = level.access
    numbers = events.numbers(tx, access, ids) if ids else {}
    missing = set(ids or ()) - set(numbers.values())
    if missing:
        raise NotFound(f"There is no memory {min(missing)!r} in this scope; nothing was put on hold.")
    row = tx.one(
        "hold_place",
        hold_id=hold_id,
        owner_no=owners.ensure(tx, access, at),
        session_id=level.session_id,
        single=bool(ids),
        reason=reason,
        at=to_ms(at),
        by=access.principal.id,
    )
    if row is None:
        raise RuntimeError("placing a hold returned no row")
    tx.run_many("hold_memory", [{"hold_no": row[0], "event_no": number} for number in numbers])
    audit.record(tx, access, "hold", [hold_id], {"level": level.name, "memories": len(numbers)}, at)
    name = "memories" if ids else level.name
    return Hold(hold_id, name, reason, at, access.principal.id, tuple(numbers.values()))


def release(tx: Transaction, level: Level, hold_id: str, at: datetime) -> Hold:
    """End a hold of exactly this level; audited.

    Raises:
        NotFound: there is no such hold in force here.
    """
    known = {hold.id: hold for hold in listed(tx, level, everything=False)}
    if hold_id not in known:
        raise NotFound(
            f"There is no hold {hold_id!r} in force here.",
            why="It was released, or it stands at another level.",
            fix="fusion-memory policy show",
        )
    row = tx.one(
        "hold_release",
        hold_id=hold_id,
        owner_no=owners.find(tx, level.access),
        session_id=level.session_id,
        at=to_ms(at),
        by=level.access.principal.id,
    )
    if row is not None:
        tx.run("hold_free", hold_no=row[0])
    audit.record(tx, level.access, "release", [hold_id], {"level": level.name}, at)
    was = known[hold_id]
    return Hold(was.id, was.level, was.reason, was.placed_at, was.placed_by, was.ids, at, level.access.principal.id)


def listed(tx: Transaction, level: Level, *, everything: bool) -> tuple[Hold, ...]:
    """The holds that stand at a level itself, also released ones with ``everything``."""
    rows = tx.rows("holds_of_owner", owner_no=owners.find(tx, level.access), all=everything)
    return tuple(_hold(tx, level, row) for row in rows if row[2] == level.session_id)


def bearing(tx: Transaction, access: Access) -> tuple[Hold, ...]:
    """The holds in force that bear on a scope, of whatever level."""
    return tuple(hold for level in policies.chain(access) for hold in listed(tx, level, everything=False))


def on_events(tx: Transaction, access: Access, event_nos: Sequence[int]) -> dict[int, int]:
    """Which of an owner's memories are on hold: keys of holds by keys of events."""
    places = _places(tx, access)
    active = tx.one(
        "holds_active", owner=places["owner_no"], workspace=places["workspace"], everything=places["everything"]
    )
    if not active or not active[0]:
        return {}
    found: dict[int, int] = {}
    for start in range(0, len(event_nos), BATCH):
        found |= dict(tx.rows("holds_on_events", event_nos=list(event_nos[start : start + BATCH]), **places))
    return found


def require_free(tx: Transaction, access: Access, event_nos: Sequence[int]) -> None:
    """Refuse to go on when something is on hold.

    Raises:
        OnHold: names the holds.
    """
    held = on_events(tx, access, event_nos)
    if not held:
        return
    named = named_holds(tx, held)
    raise OnHold(f"{len(held)} of the memories are on legal hold {', '.join(key for key, _ in named)}.")


def over(tx: Transaction, access: Access, event_nos: Sequence[int]) -> dict[str, Scope]:
    """Every hold that covers some of an owner's memories: where it stands, by its id."""
    places, found = _places(tx, access), {}
    for start in range(0, len(event_nos), BATCH):
        for hold_id, *ids in tx.rows(
            "holds_over_events", event_nos=list(event_nos[start : start + BATCH]), **places
        ):
            workspace, user, agent, run, session = (part or None for part in ids)
            found[hold_id] = Scope(
                workspace_id=workspace, user_id=user, agent_id=agent, run_id=run, session_id=session
            )
    return found


def over_owner(tx: Transaction, access: Access) -> dict[str, Scope]:
    """Every hold that bears on a scope, also where nothing is kept: where it stands, by its id."""
    levels = policies.chain(access)
    return {hold.id: level.access.scope for level in levels for hold in listed(tx, level, everything=False)}


def named_holds(tx: Transaction, held: dict[int, int]) -> list[tuple[str, str]]:
    """The ids and reasons of holds by their keys."""
    return [(row[0], row[1]) for row in tx.rows("holds_by_numbers", hold_nos=sorted(set(held.values())))]


def override(tx: Transaction, event_nos: Sequence[int]) -> None:
    """Let memories go although they are held one by one; whoever calls has audited it."""
    tx.run("held_memories_free", event_nos=list(event_nos))


def _places(tx: Transaction, access: Access) -> dict[str, int]:
    owner = access.scope.owner
    levels = {"everything": Scope(workspace_id=policies.EVERYTHING)}
    if owner.workspace_id:
        levels["workspace"] = Scope(workspace_id=owner.workspace_id)
    found = {
        name: owners.find(tx, Access(access.principal, scope, access.action)) for name, scope in levels.items()
    }
    return {"workspace": owners.NOBODY, **found, "owner_no": owners.find(tx, access)}


def _hold(tx: Transaction, level: Level, row: Row) -> Hold:
    ids = tuple(one[0] for one in tx.rows("hold_memories", hold_no=row[0])) if row[3] else ()
    return Hold(
        id=row[1],
        level="memories" if row[3] else level.name,
        reason=row[4],
        placed_at=from_ms(row[5]),
        placed_by=row[6],
        ids=ids,
        released_at=None if row[7] is None else from_ms(row[7]),
        released_by=row[8],
    )
