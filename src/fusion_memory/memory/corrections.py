"""What a person sets right: a fact is given other words or taken back. Nothing is overwritten.

A correction takes the place of every telling it corrects, with that telling's event as its source: it stands where
that stood in time, and goes when that event is forgotten. What is taken back stays readable and interrupts nothing.
Encoding everything anew leaves both alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.errors import InvalidInput, NotFound
from fusion_memory.core.knowledge import Claim, Fact, FactType, Granularity, Polarity, TimeMention, TimeRole
from fusion_memory.core.scope import Access
from fusion_memory.memory import audit, facts, owners, settling, tellings
from fusion_memory.memory.claim_keys import keys_of
from fusion_memory.memory.settling import Touched
from fusion_memory.memory.tellings import NewTelling, Place, Source
from fusion_memory.storage.interface import Row, Transaction

BY_HAND: Final = "correction"
"""The method of a correction."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What is right instead; None leaves a part as it was.

    Without ``text`` the former text is used with the former object replaced.
    """

    object: str | None = None
    text: str | None = None
    predicate: str | None = None
    type: FactType | None = None
    polarity: Polarity | None = None


def correct(tx: Transaction, access: Access, fact_id: str, correction: Correction, at: datetime) -> Fact:
    """Give a fact other words; the new version, whose ``supersedes`` is the corrected one.

    Raises:
        NotFound: there is no such fact in the scope.
        InvalidInput: nothing would change, or the new value is empty.
    """
    rows, owner_no = _run(tx, access, fact_id, at), owners.find(tx, access)
    touched, new_ids, group_no = Touched(), [], None
    for row in rows:
        claim = _corrected(row, correction)
        keys = keys_of(claim)
        if group_no is None:
            known = tellings.same_claim(tx, owner_no, keys)
            group_no = known.group_no if known else None
        source = Source(row[2], row[3], from_ms(row[14]), at)
        new = NewTelling(claim, keys, source, group_no, place=Place(row[1], row[15], row[16]))
        number = tellings.append(tx, owner_no, new)
        group_no = group_no or number
        new_ids.append(new.id)
        _touch(touched, row)
        touched.add((keys.subject, group_no, claim.slot, keys.object, keys.previous, row[1]))
    settling.rederive(tx, owner_no, touched)
    audit.record(tx, access, "correct", [fact_id, new_ids[0]], {"tellings": len(rows)}, at)
    here = [found for id_ in new_ids if (found := facts.get(tx, access, id_, at))]
    return here[0] if here else _found(tx, access, fact_id, at)


def retract(tx: Transaction, access: Access, fact_id: str, at: datetime) -> Fact:
    """Take a fact back, with what it corrected; the fact as it stands then.

    Raises:
        NotFound: there is no such fact in the scope.
    """
    rows, owner_no = _run(tx, access, fact_id, at), owners.find(tx, access)
    touched = Touched()
    gone = tx.rows("facts_retract", owner_no=owner_no, fact_nos=[row[0] for row in rows], at=to_ms(at))
    for row in gone:
        touched.add(row)
    settling.rederive(tx, owner_no, touched)
    audit.record(tx, access, "retract", [fact_id], {"tellings": len(gone)}, at)
    return _found(tx, access, fact_id, at)


def _run(tx: Transaction, access: Access, fact_id: str, at: datetime) -> Sequence[Row]:
    """The tellings of a fact that can be seen, all of them, also those said elsewhere in the owner's memory.

    Of a fact that was corrected, those of its latest correction.
    """
    latest = _found(tx, access, fact_id, at).id
    while correction := tx.one("fact_correction_of", fact_id=latest, owner_no=owners.find(tx, access)):
        latest = correction[0]
    return tx.rows("fact_rows_of_run", fact_id=latest, owner_no=owners.find(tx, access))


def _found(tx: Transaction, access: Access, fact_id: str, at: datetime) -> Fact:
    found = facts.get(tx, access, fact_id, at)
    if found is None:
        raise NotFound(f"There is no fact {fact_id!r} in this scope.")
    return found


def _touch(touched: Touched, row: Row) -> None:
    touched.add((row[28], row[29], row[12], row[30], row[31], row[32]))


def _corrected(row: Row, correction: Correction) -> Claim:
    value = row[9] if correction.object is None else correction.object.strip()
    if not value:
        raise InvalidInput("The new value is empty.", fix="pass the value that is right, or take the fact back")
    text = correction.text or _reworded(row[10], row[7], row[8], row[9], value)
    claim = Claim(
        type=correction.type or FactType(row[6]),
        subject=row[7],
        predicate=correction.predicate or row[8],
        object=value,
        text=text,
        first=row[4],
        last=row[5],
        polarity=correction.polarity or Polarity(row[11]),
        slot=row[12],
        confidence=1.0,
        importance=row[13],
        when=_time(row),
        previous=row[26],
        ends=bool(row[27]),
        method=BY_HAND,
    )
    before = (row[6], row[8], row[9], row[10], row[11])
    if (claim.type.value, claim.predicate, claim.object, claim.text, claim.polarity.value) == before:
        raise InvalidInput("The correction changes nothing.", fix="pass what is right instead")
    return claim


def _reworded(text: str, subject: str, predicate: str, old: str, new: str) -> str:
    """The former text with the new value, or a plain sentence when the old value does not stand in it."""
    if old and old in text:
        return text.replace(old, new)
    return f"{subject} {predicate.replace('_', ' ')} {new}"


def _time(row: Row) -> TimeMention | None:
    if row[17] is None:
        return None
    return TimeMention(
        start=from_ms(row[17]),
        end=from_ms(row[18]),
        granularity=Granularity(row[19]),
        role=TimeRole(row[20]),
        words=row[21],
        first=row[22],
        last=row[23],
        certain=bool(row[24]),
        recurrence=row[25],
    )
