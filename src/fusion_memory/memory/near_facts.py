"""Facts of an owner that stand side by side and may say the same or clash, and what is done about two of them.

Nothing is overwritten: joining lets two claims count as one claim told more than once, answering one question lets
the later telling supersede the earlier one. Both are derived again when tellings come or go, and a rebuild of the
ledger undoes both. This file judges nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.knowledge import Claim, FactType, GateDecision, Polarity
from fusion_memory.core.records import Trust
from fusion_memory.core.scope import Access
from fusion_memory.memory import encodings, owners, settling
from fusion_memory.memory.encodings import Decision
from fusion_memory.memory.settling import Touched
from fusion_memory.memory.tellings import Known
from fusion_memory.storage.interface import Row, Transaction

RESOLVED: Final = "resolved "
"""How a question begins that two facts were found to answer; its number follows."""

MOST_OF_A_SUBJECT: Final = 1_000
"""So many facts of one subject are compared, those told last."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A fact that holds, as far as comparing goes; ``quote`` are the words of its event."""

    known: Known
    event_no: int
    subject: str
    subject_key: str
    id: str
    said_at: datetime
    trust: Trust
    quote: str

    @property
    def claim(self) -> Claim:
        """The fact as a claim, for the ladder of sameness."""
        known = self.known
        return Claim(
            FactType(known.type),
            self.subject,
            known.predicate,
            known.object,
            known.text,
            0,
            1,
            Polarity.POSITIVE if known.positive else Polarity.NEGATIVE,
            known.slot,
        )


def told_since(tx: Transaction, access: Access, after: int) -> tuple[int, int]:
    """How many tellings came after one, and the key of the last of all; 0 when there are none."""
    row = tx.one("care_told_since", owner_no=owners.find(tx, access), after=after)
    return (row[0], row[1]) if row else (0, 0)


def subjects_since(tx: Transaction, access: Access, after: int) -> list[str]:
    """Of whom something was told after a telling."""
    return [row[0] for row in tx.rows("care_subjects_since", owner_no=owners.find(tx, access), after=after)]


def current(tx: Transaction, access: Access, subject_key: str) -> list[Standing]:
    """What holds of a subject, what was asserted last first."""
    rows = tx.rows(
        "care_current_facts",
        owner_no=owners.find(tx, access),
        subject_key=subject_key,
        count=MOST_OF_A_SUBJECT,
    )
    return [_standing(row) for row in rows]


def still_holding(
    tx: Transaction, access: Access, older: Standing, newer: Standing
) -> tuple[Standing, Standing] | None:
    """Two facts as they are now; None when one was erased or superseded, or both are one since."""
    now = {one.known.fact_no: one for one in current(tx, access, older.subject_key)}
    left, right = now.get(older.known.fact_no), now.get(newer.known.fact_no)
    if left is None or right is None or left.known.group_no == right.known.group_no:
        return None
    return left, right


def join(tx: Transaction, access: Access, older: Standing, newer: Standing) -> int:
    """Let two claims be one from now on, told as often as both; derived rows that changed."""
    return _regrouped(tx, access, older, newer, "care_join_groups")


def supersede(tx: Transaction, access: Access, older: Standing, newer: Standing) -> int:
    """Let two claims answer one question: the later telling ends the earlier one, which stays as history."""
    return _regrouped(tx, access, older, newer, "care_give_slot")


def decided_by(tx: Transaction, access: Access, older: Standing, newer: Standing) -> str | None:
    """Who decided about two facts before: ``rules``, ``model`` or None."""
    found = tx.one(
        "resolution_known",
        owner_no=owners.find(tx, access),
        older_no=older.known.fact_no,
        newer_no=newer.known.fact_no,
    )
    return found[0] if found else None


def note(
    tx: Transaction,
    access: Access,
    pair: tuple[Standing, Standing],
    verdict: str,
    reason: str,
    method: str,
    at: datetime,
) -> None:
    """Keep what was decided about an older and a newer fact, also among the decisions on the newer one's event."""
    older, newer = pair
    owner_no = owners.find(tx, access)
    tx.run(
        "resolution_put",
        owner_no=owner_no,
        older_no=older.known.fact_no,
        newer_no=newer.known.fact_no,
        verdict=verdict,
        reason=reason,
        method=method,
        at=to_ms(at),
    )
    judged(tx, access, newer, f"resolved_{verdict.lower()}", f"resolver/{method}", at)


def judged(tx: Transaction, access: Access, one: Standing, reason: str, method: str, at: datetime) -> None:
    """Note a later judgement beside those of the gate."""
    same = reason in {"compacted", "resolved_noop", "resolved_update"}
    decision = GateDecision.MERGE if same else GateDecision.ACCEPT
    made = Decision(one.known.fact_no, decision, reason, FactType(one.known.type), one.known.text, method=method)
    encodings.decide(tx, owners.find(tx, access), one.event_no, [made], at)


def _regrouped(tx: Transaction, access: Access, older: Standing, newer: Standing, statement: str) -> int:
    owner_no = owners.find(tx, access)
    touched = Touched()
    groups = (older.known.group_no, newer.known.group_no)
    _touch(tx, owner_no, groups, touched)
    if statement == "care_join_groups":
        tx.run(statement, owner_no=owner_no, group_no=groups[1], into_no=groups[0])
    else:
        slot = older.known.slot or newer.known.slot or f"{RESOLVED}{groups[0]}"
        for group_no in groups:
            tx.run(statement, owner_no=owner_no, group_no=group_no, slot=slot)
    _touch(tx, owner_no, groups, touched)
    return settling.rederive(tx, owner_no, touched)


def _touch(tx: Transaction, owner_no: int, groups: Sequence[int], touched: Touched) -> None:
    for group_no in groups:
        for row in tx.rows("care_claim_keys", owner_no=owner_no, group_no=group_no):
            touched.add(row)


def _standing(row: Row) -> Standing:
    known = Known(
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
    return Standing(known, row[9], row[10], row[11], row[12], from_ms(row[13]), Trust(row[14]), row[15])
