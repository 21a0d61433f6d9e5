"""Move memories between databases as JSON objects.

A header, the memories, and an end line that proves nothing is missing. Only what was said travels;
everything derived is made again on arrival.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from fusion_memory.core.clock import parse_time
from fusion_memory.core.errors import InvalidInput
from fusion_memory.core.records import Event, EventKind, Turn
from fusion_memory.core.reports import ImportResult
from fusion_memory.core.scope import Access, Action, Principal, Scope
from fusion_memory.ingestion.pipeline import GROUP_TURNS, Ingestion
from fusion_memory.memory import events
from fusion_memory.memory.events import NewEvent, content_hash
from fusion_memory.storage.interface import Database

FORMAT = "fusion-memory.export.v1"
SCOPE_FIELDS = ("workspace_id", "user_id", "agent_id", "run_id", "app_id")


def export(database: Database, access: Access, *, all_owners: bool) -> Iterator[dict[str, Any]]:
    """The memories of a scope, or of everybody, as JSON objects from one snapshot."""
    digest, count = blake2b(digest_size=16), 0
    yield {"type": "header", "format": FORMAT}
    with database.read() as tx:
        for event in events.pages(tx, access, all_owners=all_owners):
            record = _as_record(event)
            digest.update(_canonical(record))
            count += 1
            yield record
    yield {"type": "end", "count": count, "digest": digest.hexdigest()}


def load(
    ingestion: Ingestion,
    principal: Principal,
    records: Iterable[Mapping[str, Any]],
    progress: Callable[[int], None] | None,
) -> ImportResult:
    """Store exported memories with the ids and identities they had.

    Raises:
        InvalidInput: not an export, damaged, or cut off. Groups stored before that stay; repeating is safe.
    """
    imported = duplicates = 0
    for access, group in _groups(principal, _verified(records)):
        done = ingestion.restore(access, group)
        imported += len(done.event_nos)
        duplicates += len(done.duplicates)
        if progress:
            progress(len(group))
    return ImportResult(imported, duplicates)


def _verified(records: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    digest, count, ended = blake2b(digest_size=16), 0, False
    source = iter(records)
    header = next(source, {})
    if header.get("type") != "header" or header.get("format") != FORMAT:
        raise InvalidInput("This is no export of Fusion Memory.", why=f"Its first line is not a {FORMAT} header.")
    for record in source:
        if record.get("type") == "end":
            ended = record.get("count") == count and record.get("digest") == digest.hexdigest()
            break
        digest.update(_canonical(record))
        count += 1
        yield record
    if not ended:
        raise InvalidInput(
            "The export is damaged or cut off.",
            why=f"Its end line does not fit the {count:,} memories before it.",
            fix="export again; importing it again is safe",
        )


def _groups(principal: Principal, records: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Access, list[NewEvent]]]:
    scope: Scope | None = None
    group: list[NewEvent] = []
    for record in records:
        own, event = _read(record)
        if group and (own != scope or len(group) >= GROUP_TURNS):
            yield Access(principal, scope or own, Action.WRITE), group
            group = []
        scope = own
        group.append(event)
    if group and scope:
        yield Access(principal, scope, Action.WRITE), group


def _as_record(event: Event) -> dict[str, Any]:
    owner = {name: getattr(event, name) for name in SCOPE_FIELDS if getattr(event, name) is not None}
    return {
        "type": "memory",
        "id": event.id,
        "scope": owner,
        "session_id": event.session_id,
        "thread": event.thread,
        "kind": event.kind.value,
        "role": event.role,
        "speaker": event.speaker,
        "content": event.content,
        "client_id": event.client_id,
        "said_at": event.said_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "last_seen_at": event.last_seen_at.isoformat(),
        "times_seen": event.times_seen,
        "origin": event.origin,
        "metadata": dict(event.metadata),
        "identity": event.identity,
    }


def _read(record: Mapping[str, Any]) -> tuple[Scope, NewEvent]:
    try:
        said_at, recorded_at, last_seen_at = (
            _time(record[name]) for name in ("said_at", "recorded_at", "last_seen_at")
        )
        turn = Turn(
            content=str(record["content"]),
            role=str(record["role"]),
            speaker=record["speaker"],
            kind=EventKind(record["kind"]),
            client_id=record["client_id"],
            session_id=record["session_id"],
            said_at=said_at,
            metadata=dict(record["metadata"]),
            origin=str(record["origin"]),
        )
        event = NewEvent(
            id=str(record["id"]),
            turn=turn,
            thread=str(record["thread"]),
            identity=bytes.fromhex(record["identity"]),
            content_hash=content_hash(turn.content),
            said_at=said_at,
            recorded_at=recorded_at,
        )
        seen = replace(event, times_seen=int(record["times_seen"]), last_seen_at=last_seen_at)
        return Scope(**dict(record["scope"])), seen
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"A line of the export cannot be read: {error!r}.") from None


def _time(text: str) -> datetime:
    moment = parse_time(text)
    if moment is None:
        raise ValueError(text)
    return moment


def _canonical(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
