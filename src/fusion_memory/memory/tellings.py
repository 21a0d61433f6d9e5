"""The ledger's rows: tellings of claims are looked up, appended and dropped; nothing is judged or derived here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fusion_memory.core.clock import to_ms
from fusion_memory.core.knowledge import Claim, Polarity
from fusion_memory.memory.chains import placed
from fusion_memory.memory.claim_keys import ClaimKeys, telling_id
from fusion_memory.storage.interface import Row, Transaction, Value

CLAIM: Final = "claim"
CORRECTION: Final = "correction"
RELATES: Final = "relates"
NEAR_ROWS: Final = 32
"""Candidates for sameness that are looked at, per way of finding them."""

LAST_EVENT: Final = 2**62


@dataclass(frozen=True, slots=True)
class Source:
    """The event a claim was read from, and when what it says was learned."""

    event_no: int
    event_id: str
    said_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """A telling in the ledger that a new claim may repeat."""

    fact_no: int
    group_no: int
    type: str
    predicate: str
    slot: str | None
    positive: bool
    object: str
    text: str
    fingerprint: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a telling goes that takes another one's place: that one's id and position."""

    corrects: str
    starts_at: int
    asserted_at: int


@dataclass(frozen=True, slots=True)
class NewTelling:
    """A claim on its way into the ledger.

    Attributes:
        claim, keys: what was told, and its :func:`~fusion_memory.memory.claim_keys.keys_of`.
        source: where it was told.
        group_no: the claim it repeats; None begins a new one.
        held: quarantined.
        place: given for a correction.
    """

    claim: Claim
    keys: ClaimKeys
    source: Source
    group_no: int | None = None
    held: bool = False
    place: Place | None = None

    @property
    def id(self) -> str:
        """The id it has in the ledger."""
        corrects = self.place.corrects if self.place else None
        return telling_id(self.source.event_id, self.source.recorded_at, self.keys.hash, corrects)


def same_claim(tx: Transaction, owner_no: int, keys: ClaimKeys, until: int | None = None) -> Known | None:
    """A telling of an equal claim, the earliest; with ``until`` only of events up to that one."""
    rows = tx.rows("fact_same_claim", owner_no=owner_no, claim_hash=keys.hash, until=until or LAST_EVENT)
    return _known(rows[0]) if rows else None


def alike(tx: Transaction, owner_no: int, keys: ClaimKeys, predicate: str, until: int) -> list[Known]:
    """Tellings of a subject that may say the same: near by fingerprint, or late and of the same predicate.

    Only events up to ``until`` are looked at, so that encoding everything again finds the same.
    """
    band_a, band_b, band_c = keys.bands
    where: dict[str, Value] = {
        "owner_no": owner_no,
        "subject_key": keys.subject,
        "until": until,
        "count": NEAR_ROWS,
    }
    rows = tx.rows("facts_near", **where, band_a=band_a, band_b=band_b, band_c=band_c)
    rows += tx.rows("facts_like", **where, predicate=predicate)
    return list({row[0]: _known(row) for row in rows}.values())


def append(tx: Transaction, owner_no: int, new: NewTelling) -> int | None:
    """Write one telling; its key, or None when it is there already."""
    row = tx.one(
        "fact_append",
        fact_id=new.id,
        owner_no=owner_no,
        event_no=new.source.event_no,
        group_no=new.group_no or 0,
        held=int(new.held),
        **_columns(new),
    )
    if row is None:
        return None
    if new.group_no is None:
        tx.run("fact_start_group", fact_no=row[0])
    return int(row[0])


def link(tx: Transaction, owner_no: int, fact_no: int, to_no: int, reason: str, at: datetime) -> None:
    """Note that a telling is close to another one."""
    tx.run(
        "fact_link",
        owner_no=owner_no,
        from_no=fact_no,
        to_no=to_no,
        kind=RELATES,
        reason=reason,
        recorded_at=to_ms(at),
    )


def lost_with(tx: Transaction, owner_no: int, event_nos: Sequence[int]) -> int:
    """How many facts were told in these events and in no other."""
    row = tx.one("facts_only_in_events", owner_no=owner_no, event_nos=list(event_nos))
    return int(row[0]) if row else 0


def drop(tx: Transaction, owner_no: int, event_nos: Sequence[int]) -> None:
    """Take out what was read from some events; corrections and what was taken back stay."""
    tx.run("facts_of_events_drop", owner_no=owner_no, event_nos=list(event_nos))


def _columns(new: NewTelling) -> dict[str, Value]:
    claim, keys, source, place = new.claim, new.keys, new.source, new.place
    starts_at, asserted_at, until_at = placed(claim, source.said_at)
    if place:
        starts_at, asserted_at, until_at = place.starts_at, place.asserted_at, None
    band_a, band_b, band_c = keys.bands
    return {
        "first": claim.first,
        "last": claim.last,
        "type": claim.type.value,
        "subject": claim.subject,
        "subject_key": keys.subject,
        "predicate": claim.predicate,
        "object": claim.object,
        "object_key": keys.object,
        "text": claim.text,
        "polarity": Polarity.POSITIVE.value if claim.ends else claim.polarity.value,
        "slot": claim.slot or None,
        "confidence": claim.confidence,
        "importance": claim.importance,
        "method": claim.method,
        "rule": claim.rule,
        "origin": CORRECTION if place else CLAIM,
        "said_at": to_ms(source.said_at),
        "recorded_at": to_ms(source.recorded_at),
        "starts_at": starts_at,
        "asserted_at": asserted_at,
        "until_at": until_at,
        "previous": claim.previous or None,
        "previous_key": keys.previous,
        "ends": int(claim.ends),
        "corrects": place.corrects if place else None,
        "claim_hash": keys.hash,
        "simhash": keys.fingerprint.to_bytes(8, "big"),
        "band_a": band_a,
        "band_b": band_b,
        "band_c": band_c,
        **_time_columns(claim),
    }


def _time_columns(claim: Claim) -> dict[str, Value]:
    when = claim.when
    return {
        "when_start": to_ms(when.start) if when else None,
        "when_end": to_ms(when.end) if when else None,
        "granularity": when.granularity.value if when else None,
        "time_role": when.role.value if when else None,
        "time_words": when.words if when else None,
        "time_first": when.first if when else None,
        "time_last": when.last if when else None,
        "certain": int(when.certain) if when else None,
        "recurrence": when.recurrence if when else None,
    }


def _known(row: Row) -> Known:
    return Known(
        fact_no=row[0],
        group_no=row[1],
        type=row[2],
        predicate=row[3],
        slot=row[4],
        positive=row[5] == Polarity.POSITIVE.value,
        object=row[6],
        text=row[7],
        fingerprint=int.from_bytes(row[8], "big"),
    )
