"""Facts are brought up to date when tellings come or go; what they amount to, ``chains`` decides.

What is derived is derived again for the claims that a new, erased or retracted telling can touch, from all tellings
that bear on them. Two plain cases need no look at the others: what holds is said again, and a question gets an
answer after all others. This file loads and writes, it judges nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from fusion_memory.core.knowledge import Polarity
from fusion_memory.memory.chains import Run, Telling, derive
from fusion_memory.storage.interface import Row, Transaction, Value


@dataclass(slots=True)
class Touched:
    """What may change when tellings come or go: claims, questions and values by subject."""

    subjects: dict[str, _Touch] = field(default_factory=lambda: defaultdict(_Touch))

    def add(self, row: Row) -> None:
        """Note one telling: subject_key, group_no, slot, object_key, previous_key, corrects."""
        touch = self.subjects[row[0]]
        touch.groups.add(row[1])
        touch.slots.update(slot for slot in (row[2],) if slot is not None)
        touch.values.update(value for value in (row[3], row[4]) if value is not None)
        touch.corrected.update(id_ for id_ in (row[5],) if id_ is not None)

    def joined(self, other: Touched) -> Touched:
        """What either of two bears on."""
        both = Touched()
        for source in (self, other):
            for subject, touch in source.subjects.items():
                both.subjects[subject].update(touch)
        return both


@dataclass(slots=True)
class _Touch:
    groups: set[int] = field(default_factory=set)
    slots: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    corrected: set[str] = field(default_factory=set)

    def update(self, other: _Touch) -> None:
        self.groups |= other.groups
        self.slots |= other.slots
        self.values |= other.values
        self.corrected |= other.corrected


def touched_by(tx: Transaction, owner_no: int, event_nos: Sequence[int]) -> Touched:
    """What the tellings of some events bear on; asked before they go or after they came."""
    touched = Touched()
    for row in tx.rows("facts_touched_by_events", owner_no=owner_no, event_nos=list(event_nos)):
        touched.add(row)
    return touched


def regroup_kept(tx: Transaction, owner_no: int) -> None:
    """After encoding anew: tellings that stayed join the claims that were written again."""
    touched = Touched()
    for row in tx.rows("facts_kept_by_hand", owner_no=owner_no):
        twin = tx.one("fact_twin", owner_no=owner_no, claim_hash=row[6])
        if twin and twin[0] != row[1]:
            touched.add(row)
            tx.run("fact_set_group", fact_no=row[7], group_no=twin[0])
            touched.add((row[0], twin[0], *row[2:6]))
    rederive(tx, owner_no, touched)


def settle(tx: Transaction, owner_no: int, event_no: int) -> None:
    """Bring the facts up to date after an event was told.

    A plain repetition of what holds, later than all of it, only counts; a plain new answer after all others only
    ends the one before. So neither what is said a thousand times nor a question with a thousand answers makes
    adding slow.
    """
    rows = tx.rows("facts_touched_by_events", owner_no=owner_no, event_nos=[event_no])
    touched = Touched()
    for row in rows:
        simple = _plain(row) and _alone(row, rows)
        if not (simple and (_extends(tx, owner_no, row) or _follows(tx, owner_no, row))):
            touched.add(row)
    rederive(tx, owner_no, touched)


def rederive(tx: Transaction, owner_no: int, touched: Touched) -> int:
    """Bring the facts of the touched claims up to date; what does not change is not written. Rows that changed."""
    changed = 0
    for subject_key, touch in touched.subjects.items():
        groups = [
            row[0]
            for row in tx.rows(
                "fact_groups_touched",
                owner_no=owner_no,
                subject_key=subject_key,
                groups=sorted(touch.groups),
                slots=sorted(touch.slots),
                values=sorted(touch.values),
                corrected=sorted(touch.corrected),
            )
        ]
        if groups:
            changed += _derive_groups(tx, owner_no, subject_key, groups)
    return changed


def as_telling(row: Row) -> Telling:
    """The telling of a row that begins with the columns of ``fact_neighbourhood``."""
    return Telling(
        no=row[0],
        id=row[1],
        event_no=row[2],
        first=row[3],
        subject_key=row[4],
        group=row[5],
        type=row[6],
        predicate=row[7],
        slot=row[8],
        object_key=row[9],
        positive=row[10] == Polarity.POSITIVE.value,
        starts_at=row[11],
        asserted_at=row[12],
        until_at=row[13],
        said_at=row[14],
        previous_key=row[15],
        ends=bool(row[16]),
        corrects=row[17],
        held=bool(row[18]),
        retracted=row[19] is not None,
    )


def _plain(row: Row) -> bool:
    """Whether a telling only affirms: it leaves nothing, ends nothing, corrects nothing and is sure."""
    return row[4] is None and row[5] is None and row[11] is None and not (row[12] or row[13])


def _alone(row: Row, rows: Sequence[Row]) -> bool:
    """Whether no other telling of the event bears on the same claim, question or value."""
    others = (other for other in rows if other is not row and other[0] == row[0])
    return not any(
        other[1] == row[1] or (row[2] is not None and other[2] == row[2]) or row[3] in (other[3], other[4])
        for other in others
    )


def _extends(tx: Transaction, owner_no: int, row: Row) -> bool:
    """Let a telling join the fact that holds, if there is one and it comes after everything told of it."""
    found = tx.rows(
        "fact_extend",
        owner_no=owner_no,
        group_no=row[1],
        event_no=row[7],
        said_at=row[8],
        starts_at=row[9],
        asserted_at=row[10],
    )
    if not found:
        return False
    tx.run("fact_join", fact_no=row[6], head_no=found[0][0])
    return True


def _follows(tx: Transaction, owner_no: int, row: Row) -> bool:
    """Let a new answer end the one that holds, if it comes after all others and nothing else bears on it."""
    if row[2] is None or row[1] != row[6] or row[14] != Polarity.POSITIVE.value:
        return False
    here: dict[str, Value] = {
        "owner_no": owner_no,
        "fact_no": row[6],
        "subject_key": row[0],
        "slot": row[2],
        "object_key": row[3],
        "starts_at": row[9],
        "asserted_at": row[10],
    }
    last = tx.one("fact_answer_before", **here)
    if last is None:
        return False
    tx.run("fact_close", fact_no=last[0], valid_to=row[9], closed_by=row[6])
    new = (row[6], row[6], row[9], None, None, 0, 1, row[8])
    tx.run("fact_derive", **dict(zip(_DERIVED, new, strict=True)))
    return True


def _derive_groups(tx: Transaction, owner_no: int, subject_key: str, groups: list[int]) -> int:
    keys = tx.rows("fact_group_keys", owner_no=owner_no, groups=groups)
    rows = tx.rows(
        "fact_neighbourhood",
        owner_no=owner_no,
        subject_key=subject_key,
        groups=groups,
        slots=sorted({row[0] for row in keys if row[0] is not None}),
        values=sorted({row[1] for row in keys}),
    )
    stored = {row[0]: row[21:28] for row in rows}
    wanted = set(groups)
    changes: list[Mapping[str, Value]] = []
    for run in derive(map(as_telling, rows)):
        if run.tellings[0].group in wanted:
            changes += _changes(run, stored)
    tx.run_many("fact_derive", changes)
    return len(changes)


def _changes(run: Run, stored: Mapping[int, Row]) -> Iterable[Mapping[str, Value]]:
    head = run.head
    whole = (
        head.no,
        run.valid_from,
        run.valid_to,
        run.closed_by,
        int(run.ended),
        run.times_seen,
        run.last_seen_at,
    )
    for telling in run.tellings:
        now = whole if telling is head else (head.no, None, None, None, 0, 1, None)
        if now != stored[telling.no]:
            yield dict(zip(_DERIVED, (telling.no, *now), strict=True))


_DERIVED: Final = (
    "fact_no",
    "head_no",
    "valid_from",
    "valid_to",
    "closed_by",
    "ended",
    "times_seen",
    "last_seen_at",
)
