"""Write a group of turns in one transaction: events, pieces, keyword index, associations, jobs, audit.

When this returns, all of it is on the disk; when it raises, none of it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from fusion_memory.core.records import SpanDraft
from fusion_memory.core.scope import Access
from fusion_memory.ingestion.reader import asks_to_take_back
from fusion_memory.ingestion.segment import Cutting, keyword_terms, segment
from fusion_memory.memory import associations, audit, encodings, events, outbox, owners, spans, taking_back
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
    redacted: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Committed:
    """What a group became: ids in order, the repeated ones, the new events, their pieces, those from elsewhere."""

    ids: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    event_nos: list[int] = field(default_factory=list)
    spans: int = 0
    redacted: Counter[str] = field(default_factory=Counter)
    restored: dict[int, NewEvent] = field(default_factory=dict)


def prepare(event: NewEvent, cutting: Cutting, redacted: Mapping[str, int] | None = None) -> Prepared:
    """Cut a turn and take its terms, outside any transaction; ``redacted`` counts what was taken out of it."""
    drafts = segment(event.turn, cutting)
    return Prepared(event, drafts, keyword_terms(event.turn, drafts), redacted or {})


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
        _settle_restored(tx, owner_no, done.restored, at)
        counts: dict[str, int | Mapping[str, int]] = {
            "inserted": len(done.event_nos),
            "repeated": len(done.duplicates),
            "spans": done.spans,
        }
        if done.redacted:
            counts["redacted"] = dict(done.redacted)
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
    done.redacted.update(prepared.redacted)
    if not stored.inserted:
        done.duplicates.append(stored.id)
        return
    span_nos = spans.append(tx, owner_no, stored.event_no, prepared.drafts)
    done.event_nos.append(stored.event_no)
    if prepared.event.restored:
        done.restored[stored.event_no] = prepared.event
    done.spans += len(span_nos)
    scope, session_id = access.scope, prepared.event.turn.session_id
    entries += [
        IndexEntry(number, owner_no, session_id, scope.agent_id, scope.run_id, scope.app_id, found)
        for number, found in zip(span_nos, prepared.terms, strict=True)
    ]


def _settle_restored(tx: Transaction, owner_no: int, restored: Mapping[int, NewEvent], at: datetime) -> None:
    """What was taken back elsewhere is not read here, and who asked for it is not obeyed a second time."""
    for event_no, event in restored.items():
        turn = event.turn
        if event.taken_back:
            taking_back.read_no_more(tx, owner_no, event_no, "", at)
        elif asks_to_take_back(turn.kind, turn.role, turn.content):
            taking_back.decided(tx, owner_no, event_no, at)
