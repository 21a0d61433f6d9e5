"""Erasure: a memory goes with everything derived from it, and a tombstone without content stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fusion_memory.core.scope import Access
from fusion_memory.memory import (
    audit,
    core_facts,
    entities,
    events,
    holds,
    once,
    owners,
    profile_values,
    receipts,
    second_readings,
    settling,
    spaces,
    spans,
    subjects,
    tellings,
    traces,
)
from fusion_memory.memory.receipts import Taken, Warrant
from fusion_memory.storage.interface import KeywordIndex, Transaction

AUDITED_IDS = 100
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Reach:
    """What an erasure touches: the memories by key and id, and counts of what hangs on them."""

    events: dict[int, str]
    spans: list[int]
    vectors: int
    facts: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """Rows by kind."""
        return {
            "memories": len(self.events),
            "spans": len(self.spans),
            "vectors": self.vectors,
            "facts": self.facts,
        }


def reach(tx: Transaction, access: Access, ids: Sequence[str] | None) -> Reach:
    """What erasing these ids (None: everything in the scope) would touch."""
    found = events.numbers(tx, access, ids)
    span_nos = spans.of_events(tx, access, list(found))
    owner_no = owners.find(tx, access)
    row = tx.one("vectors_of_spans", owner_no=owner_no, span_nos=span_nos)
    return Reach(found, span_nos, row[0] if row else 0, tellings.lost_with(tx, owner_no, list(found)))


def erase(
    tx: Transaction,
    access: Access,
    touched: Reach,
    keyword: KeywordIndex,
    at: datetime,
    warrant: Warrant | None = None,
) -> dict[str, int]:
    """Erase what :func:`reach` found; counts of what is gone, traces included. A warrant leaves a receipt.

    What was read right after an erased text gets a new vector. Tellings, judgements and names go with their events;
    the facts they bore on are derived anew from what is left. What a language model read from another event with
    words of an erased one goes too, and is read again.

    Raises:
        OnHold: a memory is on legal hold and the warrant overrides none; nothing was erased.
    """
    numbers, ids = list(touched.events), list(touched.events.values())
    owner_no = owners.find(tx, access)
    taken = Taken(ids, _lineage(tx, numbers) if warrant else {}, holds=_holds(tx, access, numbers, warrant))
    leaning = second_readings.leaning_on(tx, owner_no, numbers)
    bearing = settling.touched_by(tx, owner_no, [*numbers, *leaning])
    second_readings.read_anew(tx, owner_no, leaning, at)
    names = entities.forget_events(tx, owner_no, numbers)
    healed = {"facts": len(bearing.subjects), "second_readings": len(leaning)}
    if touched.vectors:
        healed["vectors"] = spaces.forget_context(tx, owner_no, numbers, at)
    keyword.remove(tx, touched.spans)
    for start in range(0, len(numbers), BATCH):
        events.erase(tx, access, numbers[start : start + BATCH])
    settling.rederive(tx, owner_no, bearing)
    whole_owner = not access.scope.narrowing and not events.latest(tx, access, 1)
    if whole_owner:
        names += entities.forget_owner(tx, owner_no)
        profile_values.erase_all(tx, access)
        core_facts.erase_all(tx, access)
    once.erase(tx, owner_no)
    gone = traces.erase_all(tx, access) if whole_owner else traces.erase_mentioning(tx, access, ids)
    counts = {**touched.counts, "entities": names, "traces": gone}
    taken.gone |= {"entities": names, "traces": gone}
    taken.healed |= healed
    if warrant is None or not warrant.whole_owner:
        _conclude(tx, access, taken, warrant, counts, at)
        return counts
    for table, rows in subjects.clear(tx, access).items():
        taken.gone[table] = taken.gone.get(table, 0) + rows
    _conclude(tx, access, taken, warrant, counts, at)
    subjects.remove(tx, access)
    return counts


def _conclude(
    tx: Transaction, access: Access, taken: Taken, warrant: Warrant | None, counts: dict[str, int], at: datetime
) -> None:
    """Write down what was done: in the audit trail, and in a receipt where there is a warrant."""
    despite = warrant.despite if warrant else None
    overridden = {"despite": taken.holds, "reason": despite.reason} if despite and taken.holds else {}
    audit.record(tx, access, "forget", taken.ids[:AUDITED_IDS], {**counts, **overridden}, at)
    if warrant is not None:
        receipts.issue(tx, access, warrant, taken, at)


def _holds(tx: Transaction, access: Access, numbers: list[int], warrant: Warrant | None) -> list[str]:
    """The holds that an erasure overrides.

    Raises:
        OnHold: there are some, and nobody overrides them.
    """
    found = holds.over(tx, access, numbers) if warrant and warrant.despite else {}
    if warrant is None or warrant.despite is None or not warrant.despite.allows(found):
        holds.require_free(tx, access, numbers)
        return []
    holds.override(tx, list(holds.on_events(tx, access, numbers)))
    return list(found)


def _lineage(tx: Transaction, numbers: list[int]) -> dict[str, int]:
    """Rows that go with some memories, by table."""
    counts: dict[str, int] = {}
    for start in range(0, len(numbers), BATCH):
        for table, rows in tx.rows("lineage", event_nos=numbers[start : start + BATCH]):
            counts[table] = counts.get(table, 0) + rows
    return counts
