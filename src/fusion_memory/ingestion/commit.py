"""Write a group of turns in one transaction: events, pieces, keyword index, associations, jobs, audit.

When this returns, all of it is on the disk; when it raises, none of it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from fusion_memory.core.records import SpanDraft
from fusion_memory.core.scope import Access
from fusion_memory.ingestion.segment import Cutting, keyword_terms, segment
from fusion_memory.memory import associations, audit, encodings, events, outbox, owners, spans
from fusion_memory.memory.events import NewEvent
from fusion_memory.storage.interface import Database, IndexEntry, Transaction

WORK: Final = (outbox.EMBED, outbox.EXTRACT)
"""What every new event is due for."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A turn ready to be written: cut and with its terms, so that the transaction stays short."""

    event: NewEvent
    drafts: Sequence[SpanDraft]
    terms: Sequence[Sequence[str]]


@dataclass(slots=True)
class Committed:
    """What a group became: ids in order, the repeated ones, the new events and their pieces."""

    ids: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    event_nos: list[int] = field(default_factory=list)
    spans: int = 0


def prepare(event: NewEvent, cutting: Cutting) -> Prepared:
    """Cut a turn and take its terms, outside any transaction."""
    drafts = segment(event.turn, cutting)
    return Prepared(event, drafts, keyword_terms(event.turn, drafts))


def commit(
    database: Database, access: Access, group: Sequence[Prepared], at: datetime, *, work: Sequence[str] = WORK
) -> Committed:
    """Write a group durably and ask, in the same transaction, for the work that follows."""
    done = Committed()
    entries: list[IndexEntry] = []
    with database.write() as tx:
        owner_no = owners.ensure(tx, access, at)
        for prepared in group:
            _append(tx, access, owner_no, prepared, done, entries)
        database.keyword.put(tx, entries)
        associations.note(tx, owner_no, done.event_nos)
        for kind in work:
            outbox.enqueue(tx, owner_no, done.event_nos, at, kind)
        if outbox.EXTRACT not in work:
            for event_no in done.event_nos:
                encodings.record(tx, encodings.not_asked(event_no, owner_no), at)
        counts = {"inserted": len(done.event_nos), "repeated": len(done.duplicates), "spans": done.spans}
        audit.record(tx, access, "add", done.ids if len(done.ids) == 1 else [], counts, at)
    return done


def _append(
    tx: Transaction,
    access: Access,
    owner_no: int,
    prepared: Prepared,
    done: Committed,
    entries: list[IndexEntry],
) -> None:
    stored = events.append(tx, access, owner_no, prepared.event)
    done.ids.append(stored.id)
    if not stored.inserted:
        done.duplicates.append(stored.id)
        return
    span_nos = spans.append(tx, owner_no, stored.event_no, prepared.drafts)
    done.event_nos.append(stored.event_no)
    done.spans += len(span_nos)
    scope, session_id = access.scope, prepared.event.turn.session_id
    entries += [
        IndexEntry(number, owner_no, session_id, scope.agent_id, scope.run_id, scope.app_id, found)
        for number, found in zip(span_nos, prepared.terms, strict=True)
    ]
