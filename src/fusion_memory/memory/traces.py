"""Recall traces: the stored explanation of searches. They hold ids and scores, never the texts found.

A question may tell as much as an answer: a trace is shown only where its search could have been asked.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.records import Trace
from fusion_memory.core.scope import Access
from fusion_memory.memory import events, owners, packs
from fusion_memory.storage.interface import Transaction

PLACE: Final = packs.PLACE
"""What of the payload says where the search was asked."""


def placed(access: Access, trace: Trace) -> Trace:
    """The trace with the agent, run, app and session that its search was asked in."""
    return replace(trace, payload={**trace.payload, PLACE: access.scope.narrowing})


def visible(access: Access, trace: Trace) -> bool:
    """Whether a scope of the same owner may see a trace; one from before places were kept is the whole owner's."""
    return owners.covers(access, trace.payload.get(PLACE) or {})


def save(tx: Transaction, access: Access, traces: Sequence[Trace], kept: int) -> None:
    """Store traces of one owner and keep only the latest ``kept``."""
    owner_no = owners.find(tx, access)
    if owner_no == owners.NOBODY:
        return
    for trace in _standing(tx, access, traces):
        tx.run(
            "trace_save",
            trace_id=trace.id,
            owner_no=owner_no,
            created_at=to_ms(trace.created_at),
            query=trace.query,
            recipe=trace.recipe,
            payload=json.dumps(trace.payload, ensure_ascii=False),
        )
    tx.run("trace_prune", owner_no=owner_no, kept=kept)


def _standing(tx: Transaction, access: Access, traces: Sequence[Trace]) -> list[Trace]:
    """Those that saw nothing that was erased since, in whatever process."""
    whole = replace(access, scope=owners.whole(access.scope))
    seen = {trace.id: _seen(trace) for trace in traces}
    alive = set(events.numbers(tx, whole, sorted(set().union(*seen.values()))).values())
    return [trace for trace in traces if seen[trace.id] <= alive]


def _seen(trace: Trace) -> set[str]:
    hits = trace.payload.get("hits") or ()
    items = trace.payload.get("items") or ()
    return {hit["id"] for hit in hits} | {item[1] for item in items if item[1]}


def get(tx: Transaction, access: Access, trace_id: str) -> Trace | None:
    """One trace that the scope may see, or None."""
    row = tx.one("trace_by_id", trace_id=trace_id, owner_no=owners.find(tx, access))
    found = Trace(row[0], row[1], from_ms(row[2]), row[3], json.loads(row[4])) if row else None
    return found if found and visible(access, found) else None


def erase_mentioning(tx: Transaction, access: Access, event_ids: Sequence[str]) -> int:
    """Erase the traces of searches that saw any of these memories; of packs only their questions go."""
    owner_no = owners.find(tx, access)
    rows = tx.rows("traces_mentioning", owner_no=owner_no, event_ids=list(event_ids))
    packs.blank(tx, owner_no, [row[0] for row in rows if row[1].startswith(packs.PREFIX)])
    found = [row[0] for row in rows if not row[1].startswith(packs.PREFIX)]
    return tx.run("traces_erase", owner_no=owner_no, trace_nos=found) if found else 0


def erase_all(tx: Transaction, access: Access) -> int:
    """Erase every trace of the scope's owner."""
    owner_no = owners.find(tx, access)
    found = [row[0] for row in tx.rows("traces_of_owner", owner_no=owner_no)]
    return tx.run("traces_erase", owner_no=owner_no, trace_nos=found) if found else 0
