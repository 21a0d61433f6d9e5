"""Erasure: a memory goes with everything derived from it, and a tombstone without content stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fusion_memory.core.scope import Access
from fusion_memory.memory import audit, events, owners, spans, traces
from fusion_memory.storage.interface import KeywordIndex, Transaction

AUDITED_IDS = 100
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Reach:
    """What an erasure touches: the memories by key and id, and counts of what hangs on them."""

    events: dict[int, str]
    spans: list[int]
    vectors: int

    @property
    def counts(self) -> dict[str, int]:
        """Rows by kind."""
        return {"memories": len(self.events), "spans": len(self.spans), "vectors": self.vectors}


def reach(tx: Transaction, access: Access, ids: Sequence[str] | None) -> Reach:
    """What erasing these ids (None: everything in the scope) would touch."""
    found = events.numbers(tx, access, ids)
    span_nos = spans.of_events(tx, access, list(found))
    row = tx.one("vectors_of_spans", owner_no=owners.find(tx, access), span_nos=span_nos)
    return Reach(found, span_nos, row[0] if row else 0)


def erase(tx: Transaction, access: Access, touched: Reach, keyword: KeywordIndex, at: datetime) -> dict[str, int]:
    """Erase what :func:`reach` found; counts of what is gone, traces included."""
    numbers, ids = list(touched.events), list(touched.events.values())
    keyword.remove(tx, touched.spans)
    for start in range(0, len(numbers), BATCH):
        events.erase(tx, access, numbers[start : start + BATCH])
    whole_owner = not access.scope.narrowing and not events.latest(tx, access, 1)
    gone = traces.erase_all(tx, access) if whole_owner else traces.erase_mentioning(tx, access, ids)
    counts = {**touched.counts, "traces": gone}
    audit.record(tx, access, "forget", ids[:AUDITED_IDS], counts, at)
    return counts
