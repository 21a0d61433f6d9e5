"""What happened to memories over time: recorded, said again, erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fusion_memory.core.records import Event
from fusion_memory.core.reports import HistoryEntry
from fusion_memory.core.scope import Access
from fusion_memory.memory import audit, events, owners, spans
from fusion_memory.storage.interface import Database
from fusion_memory.text.tokens import terms

RECORDED, SAID_AGAIN, ERASED = "recorded", "said again", "erased"


def of_scope(database: Database, access: Access, limit: int) -> tuple[HistoryEntry, ...]:
    """The latest ``limit`` things that happened in a scope, oldest first."""
    with database.read() as tx:
        found = [*_entries(events.latest(tx, access, limit)), *_erasures(audit.of_owner(tx, access, limit))]
    return tuple(sorted(found, key=lambda entry: entry.at)[-limit:])


def of_entity(database: Database, access: Access, entity: str, limit: int) -> tuple[HistoryEntry, ...]:
    """What was said that names an entity word for word, oldest first."""
    with database.read() as tx:
        where = owners.span_filter(owners.find(tx, access), access)
        matches = database.keyword.search(tx, [tuple(terms(entity))], where, limit)
        mentions = spans.passages(tx, access, [span_no for span_no, _ in matches]).values()
        ids = dict.fromkeys(passage.event_id for passage in mentions)
        found = [event for event_id in ids if (event := events.get(tx, access, event_id))]
    return tuple(sorted(_entries(found), key=lambda entry: (entry.said_at or entry.at, entry.at)))


def of_memory(database: Database, access: Access, memory_id: str) -> tuple[HistoryEntry, ...]:
    """The life of one memory."""
    with database.read() as tx:
        event = events.get(tx, access, memory_id)
        deeds = audit.of_owner(tx, access, count=1_000)
    gone = [entry for entry in _erasures(deeds) if entry.id == memory_id]
    return (*(_entries([event]) if event else ()), *gone)


def _entries(found: Iterable[Event]) -> Iterator[HistoryEntry]:
    for event in found:
        about = (event.id, event.content, event.said_at, event.speaker or event.role, event.session_id)
        yield HistoryEntry(event.recorded_at, RECORDED, *about)
        if event.times_seen > 1:
            yield HistoryEntry(event.last_seen_at, SAID_AGAIN, *about)


def _erasures(deeds: Iterable[audit.AuditEntry]) -> Iterator[HistoryEntry]:
    for deed in deeds:
        if deed.action == "forget":
            yield from (HistoryEntry(deed.at, ERASED, memory_id, None) for memory_id in deed.subject)
