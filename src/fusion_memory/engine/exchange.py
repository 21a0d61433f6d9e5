"""Move memories between databases as JSON objects.

A header, the memories, what a person said about them, and an end line that proves nothing is missing. What was said
and set by hand travels; everything derived is made again on arrival.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any

from fusion_memory.core.errors import InvalidInput
from fusion_memory.core.reports import ImportResult
from fusion_memory.core.scope import Access, Scope
from fusion_memory.engine import exchange_by_hand, exchange_memory
from fusion_memory.engine.exchange_memory import MEMORY, SCOPE_FIELDS, scope_of
from fusion_memory.engine.parts import Parts
from fusion_memory.engine.upkeep import read_what_is_due
from fusion_memory.ingestion.pipeline import GROUP_TURNS
from fusion_memory.ingestion.redaction import Redactor
from fusion_memory.memory import by_hand, events, owners
from fusion_memory.memory.by_hand import Kept
from fusion_memory.memory.events import NewEvent
from fusion_memory.storage.interface import Database, Transaction

FORMAT = "fusion-memory.export.v2"
READABLE = (FORMAT, "fusion-memory.export.v1")
BY_HAND = "by_hand"


def export(database: Database, access: Access, at: datetime, *, all_owners: bool) -> Iterator[dict[str, Any]]:
    """The memories of a scope, or of everybody, and what was set by hand, as JSON objects from one snapshot."""
    digest = blake2b(digest_size=16)
    counts = {MEMORY: 0, BY_HAND: 0}
    yield {"type": "header", "format": FORMAT}
    with database.read() as tx:
        for record in _records(tx, access, at, all_owners=all_owners):
            digest.update(_canonical(record))
            counts[MEMORY if record["type"] == MEMORY else BY_HAND] += 1
            yield record
    yield {"type": "end", "count": counts[MEMORY], "by_hand": counts[BY_HAND], "digest": digest.hexdigest()}


def _records(tx: Transaction, access: Access, at: datetime, *, all_owners: bool) -> Iterator[dict[str, Any]]:
    taken_back = events.taken_back(tx, access, all_owners=all_owners)
    for event in events.pages(tx, access, all_owners=all_owners):
        yield exchange_memory.as_record(event) | ({"taken_back": True} if event.id in taken_back else {})
    for owner in owners.every(tx, access) if all_owners else (access,):
        scope = {name: value for name in SCOPE_FIELDS if (value := getattr(owner.scope, name)) is not None}
        for one in by_hand.of_scope(tx, owner, at):
            record = exchange_by_hand.as_record(one)
            yield {"type": record.pop("type"), "scope": scope, **record}


Authorise = Callable[[Scope], Access]
"""Grants writing in a scope, or refuses it."""


def load(
    parts: Parts,
    authorise: Authorise,
    records: Iterable[Mapping[str, Any]],
    progress: Callable[[int], None] | None,
    max_chars: int,
) -> ImportResult:
    """Store exported memories with the ids and identities they had, then what was set by hand.

    What was set by hand is judged by what the memories say, so those of its owners are read before.

    Raises:
        InvalidInput: not an export, damaged, or cut off, or it holds what no other call would take, such as a text
            of more than ``max_chars``. Groups stored before that stay; repeating is safe.
        AccessDenied: a record belongs where the caller may not write.
    """
    imported = duplicates = new = 0
    kept: dict[Scope, list[Kept]] = {}
    for access, group in _groups(authorise, _memories(_verified(records), kept, parts.redactor, max_chars)):
        done = parts.ingestion.restore(access, group)
        imported += len(done.event_nos)
        duplicates += len(done.duplicates)
        if progress:
            progress(len(group))
    for scope, told in kept.items():
        access = authorise(scope)
        read_what_is_due(parts, access)
        with parts.database.write() as tx:
            new += by_hand.put(tx, access, told, parts.clock.now())
    return ImportResult(imported, duplicates, new)


def require_within(own: Scope, scope: Scope | None) -> None:
    """A record's place lies in the scope that is imported into; any does when there is none.

    Raises:
        InvalidInput: it belongs to somebody else, or elsewhere.
    """
    if scope is None:
        return
    if own.owner != scope.owner or not scope.across_sessions().narrowing.items() <= own.narrowing.items():
        raise InvalidInput(
            "The export holds records of another owner or place.",
            why=f"Only those of {scope!r} may be imported here.",
            fix="export that scope alone, or import without a scope as an administrator",
        )


def _verified(records: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    digest, ended = blake2b(digest_size=16), False
    counts = {MEMORY: 0, BY_HAND: 0}
    source = iter(records)
    header = next(source, {})
    if header.get("type") != "header" or header.get("format") not in READABLE:
        raise InvalidInput("This is no export of Fusion Memory.", why=f"Its first line is not a {FORMAT} header.")
    for record in source:
        if record.get("type") == "end":
            told = (record.get("count"), record.get("by_hand", 0), record.get("digest"))
            ended = told == (counts[MEMORY], counts[BY_HAND], digest.hexdigest())
            break
        digest.update(_canonical(record))
        counts[MEMORY if record.get("type") == MEMORY else BY_HAND] += 1
        yield record
    if not ended:
        raise InvalidInput(
            "The export is damaged or cut off.",
            why=f"Its end line does not fit the {sum(counts.values()):,} records before it.",
            fix="export again; importing it again is safe",
        )


def _memories(
    records: Iterable[Mapping[str, Any]], kept: dict[Scope, list[Kept]], redactor: Redactor, max_chars: int
) -> Iterator[tuple[Scope, NewEvent]]:
    """The memories of an export; what was set by hand gathers in ``kept`` until the end line vouched for it."""
    for record in records:
        if record.get("type") == MEMORY:
            yield exchange_memory.read(record, max_chars)
        elif record.get("type") in exchange_by_hand.KINDS:
            kept.setdefault(scope_of(record), []).append(exchange_by_hand.read(redactor.values(record)))
        else:
            raise InvalidInput(
                f"A line of the export is of a kind that is not known: {record.get('type')!r}.",
                why="It was written by a newer version, or it is damaged.",
                fix='pip install --upgrade "fusion-memory[local]"',
            )


def _groups(
    authorise: Authorise, records: Iterable[tuple[Scope, NewEvent]]
) -> Iterator[tuple[Access, list[NewEvent]]]:
    scope: Scope | None = None
    group: list[NewEvent] = []
    for own, event in records:
        if group and (own != scope or len(group) >= GROUP_TURNS):
            yield authorise(scope or own), group
            group = []
        scope = own
        group.append(event)
    if group and scope:
        yield authorise(scope), group


def _canonical(record: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(
            f"A line of the export cannot be read: {type(error).__name__}.",
            why="It holds half of a character, a number that is none, or is nested too deeply.",
            fix="export again; importing it again is safe",
        ) from None
