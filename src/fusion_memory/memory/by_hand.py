"""What a person said about memories: corrections, retractions, names, profile values, what is always at hand.

Why it exists: all of that is in no message, so no reading makes it again; it travels with an export and is put in
its place by an import. What is here already stays. Must not know: formats, files, who may do it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.knowledge import Claim, EntityKind, FactType, Granularity, Polarity, TimeMention, TimeRole
from fusion_memory.core.scope import Access
from fusion_memory.core.utility import Feedback
from fusion_memory.memory import audit, core_facts, entity_rows, feedback, owners, settling, tellings
from fusion_memory.memory.claim_keys import keys_of
from fusion_memory.memory.entity_joining import settle
from fusion_memory.memory.name_keys import entity_id, name_key
from fusion_memory.memory.profile_values import checked
from fusion_memory.memory.settling import Touched
from fusion_memory.memory.tellings import NewTelling, Place, Source
from fusion_memory.storage.interface import Row, Transaction, Value


@dataclass(frozen=True, slots=True)
class KeptTelling:
    """A correction, or a claim that was taken back: all of it, so that no reading is needed to have it again."""

    event_id: str
    claim: Claim
    said_at: datetime
    recorded_at: datetime
    held: bool = False
    place: Place | None = None
    retracted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptName:
    """A name with an id or a standing that does not follow from what was said."""

    id: str
    name: str
    kind: EntityKind
    by_hand: bool


@dataclass(frozen=True, slots=True)
class KeptLink:
    """That two names are one, or with ``apart`` that they are not, by the word of a person."""

    name: str
    into: str
    apart: bool
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptValue:
    """One profile value, as JSON."""

    key: str
    value: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptCore:
    """Since when a fact is always at hand."""

    fact_id: str
    importance: float
    promoted_at: datetime


Kept = KeptTelling | KeptName | KeptLink | KeptValue | KeptCore | Feedback


def of_scope(tx: Transaction, access: Access, at: datetime) -> Iterator[Kept]:
    """Everything a person said about the memories of a scope, and what is at hand of them at that moment.

    A scope that is narrowed within its owner has only what hangs on single memories: names, values and what is at
    hand belong to the whole owner.
    """
    owner_no = owners.find(tx, access)
    for row in tx.rows("tellings_by_hand", owner_no=owner_no, **owners.narrowing(access)):
        yield _as_telling(row)
    yield from feedback.of_scope(tx, access)
    if not owners.is_whole(access):
        return
    names: dict[str, str] = {}
    for id_, key, name, kind, by_hand, origin, linked in tx.rows("names_of_owner", owner_no=owner_no):
        names[key] = name
        if by_hand or linked or origin is None or id_ != entity_id(origin, key):
            yield KeptName(id_, name, EntityKind(kind), bool(by_hand))
    for left, right, apart, reason, since in tx.rows("name_links_by_hand", owner_no=owner_no):
        yield KeptLink(names[left], names[right], bool(apart), reason, from_ms(since))
    for key, value, since in tx.rows("profile_values_dated", owner_no=owner_no):
        yield KeptValue(key, value, from_ms(since))
    current = {core.fact.id for core in core_facts.listed(tx, access, at)}
    for fact_id, importance, promoted_at in tx.rows("core_facts_dated", owner_no=owner_no):
        if fact_id in current:
            yield KeptCore(fact_id, importance, from_ms(promoted_at))


def put(tx: Transaction, access: Access, kept: Sequence[Kept], at: datetime) -> int:
    """Put what a person said elsewhere in its place here; how much of it was new. Putting it again changes nothing.

    In a part of an owner only what hangs on single memories is put: :func:`of_scope` finds nothing else there.

    Raises:
        InvalidInput: a value cannot be kept.
    """
    owner_no, touched, new = owners.ensure(tx, access, at), Touched(), 0
    joined: set[int] = set()
    kept = _fitting(access, kept)
    for one in kept:
        match one:
            case KeptTelling():
                new += _put_telling(tx, access, owner_no, one, touched)
            case KeptName():
                new += _put_name(tx, owner_no, one)
            case KeptLink():
                new += _put_link(tx, owner_no, one, joined)
            case KeptValue():
                new += _put_value(tx, owner_no, one)
            case KeptCore() | Feedback():
                pass
    new += feedback.adopt(tx, access, [one for one in kept if isinstance(one, Feedback)])
    settle(tx, joined)
    settling.rederive(tx, owner_no, touched)
    settling.regroup_kept(tx, owner_no)
    for one in kept:
        if isinstance(one, KeptCore):
            columns: dict[str, Value] = {"importance": one.importance, "promoted_at": to_ms(one.promoted_at)}
            tx.run("core_keep", owner_no=owner_no, fact_id=one.fact_id, **columns)
    if new:
        audit.record(tx, access, "import", [], {"by_hand": new}, at)
    return new


def _fitting(access: Access, kept: Sequence[Kept]) -> Sequence[Kept]:
    """What may be put in a scope: of the whole owner all, in a part of one what hangs on single memories."""
    return kept if owners.is_whole(access) else [one for one in kept if isinstance(one, KeptTelling | Feedback)]


def _put_telling(tx: Transaction, access: Access, owner_no: int, one: KeptTelling, touched: Touched) -> int:
    where = tx.rows("events_by_ids", owner_no=owner_no, event_ids=[one.event_id], **owners.narrowing(access))
    if not where:
        return 0  # the saying is here under another id, with its own corrections
    keys = keys_of(one.claim)
    source = Source(where[0][0], one.event_id, one.said_at, one.recorded_at)
    known = tellings.same_claim(tx, owner_no, keys)
    new = NewTelling(one.claim, keys, source, known.group_no if known else None, one.held, one.place)
    written = tellings.append(tx, owner_no, new) is not None
    changed: Sequence[Row] = ()
    if one.retracted_at is not None:
        changed = tx.rows("telling_retract", fact_id=new.id, owner_no=owner_no, at=to_ms(one.retracted_at))
    for row in tx.rows("telling_keys", fact_id=new.id, owner_no=owner_no) if written or changed else ():
        touched.add(row)
    return int(written or bool(changed))


def _put_name(tx: Transaction, owner_no: int, one: KeptName) -> int:
    key = name_key(one.name)
    row = entity_rows.by_key(tx, owner_no, key)
    free = tx.one("name_id_taken", entity_id=one.id) is None
    if row is None:
        made = one.id if free else entity_id(f"{owner_no} {one.id}", key)
        entity_rows.create(tx, owner_no, made, key, one.name, one.kind, by_hand=one.by_hand)
        return 1
    changed = 0
    if row.id != one.id and free:
        changed = tx.run("name_set_id", entity_no=row.number, entity_id=one.id)
    if one.by_hand and not row.by_hand:
        changed = tx.run("entity_set_by_hand", entity_no=row.number, by_hand=1)
    return min(changed, 1)


def _put_link(tx: Transaction, owner_no: int, one: KeptLink, joined: set[int]) -> int:
    left, right = (entity_rows.by_key(tx, owner_no, name_key(name)) for name in (one.name, one.into))
    if left is None or right is None or left.number == right.number:
        return 0
    pair: dict[str, Value] = {"entity_no": left.number, "into_no": right.number, "apart": int(one.apart)}
    if tx.one("name_link_known", **pair):
        return 0
    tx.run(
        "entity_link_add", owner_no=owner_no, event_no=None, reason=one.reason, recorded_at=to_ms(one.at), **pair
    )
    joined |= {left.number, right.number}
    return 1


def _put_value(tx: Transaction, owner_no: int, one: KeptValue) -> int:
    """The value that was set last stays."""
    key, value = checked(one.key, one.value)
    here = {row[0]: (row[1], row[2]) for row in tx.rows("profile_values_dated", owner_no=owner_no)}
    if key in here and (here[key][1] >= to_ms(one.at) or here[key][0] == value):
        return 0
    tx.run("profile_value_set", owner_no=owner_no, key=key, value=value, at=to_ms(one.at))
    return 1


def _as_telling(row: Row) -> KeptTelling:
    when = None
    if row[19] is not None:
        when = TimeMention(
            start=from_ms(row[19]),
            end=from_ms(row[20]),
            granularity=Granularity(row[21]),
            role=TimeRole(row[22]),
            words=row[23],
            first=row[24],
            last=row[25],
            certain=bool(row[26]),
            recurrence=row[27],
        )
    claim = Claim(
        type=FactType(row[4]),
        subject=row[5],
        predicate=row[6],
        object=row[7],
        text=row[8],
        first=row[2],
        last=row[3],
        polarity=Polarity(row[9]),
        slot=row[10],
        confidence=row[11],
        importance=row[12],
        when=when,
        previous=row[28],
        ends=bool(row[29]),
        method=row[13],
        rule=row[14],
    )
    return KeptTelling(
        event_id=row[0],
        claim=claim,
        said_at=from_ms(row[15]),
        recorded_at=from_ms(row[16]),
        held=bool(row[30]),
        place=Place(row[32], row[17], row[18]) if row[32] is not None else None,
        retracted_at=from_ms(row[31]) if row[31] is not None else None,
    )
