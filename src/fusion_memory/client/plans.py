"""How each call is carried out: which requests it sends and what it makes of the replies, one step at a time.

A plan yields requests, is sent replies, and returns what the call returns. So it is written once and carried out by
the client that waits and by the one that awaits. Most calls are one request; those that are not stand here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fusion_memory.client import routes
from fusion_memory.client.calls import answer_of, as_json, bound, json_of, key_for, read, request_of
from fusion_memory.client.requests import Reply, Request
from fusion_memory.core.capture import ScreeningReport
from fusion_memory.core.errors import InvalidInput
from fusion_memory.core.knowledge import Entity, Fact
from fusion_memory.core.listing_api import MemoryPage
from fusion_memory.core.objects import kind_of
from fusion_memory.core.records import AddResult, Event, Span, Trace
from fusion_memory.core.reports import HistoryEntry, ImportResult
from fusion_memory.core.scope import Scope
from fusion_memory.core.wire import encode

Plan = Generator[Request, Reply, Any]
Progress = Callable[[int], None]

MOST_INPUTS = 1_000
MOST_BYTES = 2 << 20
NDJSON = "application/x-ndjson"
ONCE = "degraded"
RECORDS = {"memory": Event, "span": Span, "trace": Trace, "fact": Fact, "entity": Entity}

_NEXT = re.compile(r'<([^>]*)>\s*;[^,]*\brel="?next"?')


def one(name: str, values: tuple[Any, ...], named: Mapping[str, Any], default_scope: Scope | None) -> Plan:
    """A call that is one request."""
    arguments = bound(name, values, named, default_scope)
    return answer_of(name, (yield request_of(routes.ROUTES[name], arguments)))


def get(object_id: str, object_type: str | None = None, scope: Scope | None = None) -> Plan:
    """Fetch an object where its kind is fetched."""
    kind = kind_of(object_id, object_type)
    memory_id, _, number = object_id.partition("#")
    names = {"memory_id": memory_id, "number": number or "-"} if kind == "span" else {"object_id": object_id}
    reply = yield request_of(routes.OBJECTS[kind], {**names, "scope": scope})
    return read(RECORDS[kind], json_of(reply))


def history(*values: Any, **named: Any) -> Plan:  # noqa: ANN401 (those of the protocol)
    """What happened in a scope, or to one memory."""
    arguments = bound("history", values, named)
    route = routes.MEMORY_HISTORY if "fact_id" in arguments else routes.ROUTES["history"]
    return read(tuple[HistoryEntry, ...], json_of((yield request_of(route, arguments))))


def memories(*values: Any, **named: Any) -> Plan:  # noqa: ANN401 (those of the protocol)
    """A page of memories; where it goes on is the service's cursor."""
    reply = yield request_of(routes.ROUTES["memories"], bound("memories", values, named))
    return MemoryPage(read(tuple[Event, ...], json_of(reply)), cursor_of(reply))


def add_batch(
    inputs: Iterable[Any],
    scope: Scope,
    session_time: datetime | str | None = None,
    metadata: Mapping[str, Any] | None = None,
    *,
    progress: Progress | None = None,
) -> Plan:
    """Many inputs in requests of some hundreds; each has a key of its own, so none is stored twice."""
    total: AddResult | None = None
    for group in groups(inputs):
        arguments = {"inputs": group, "scope": scope, "session_time": session_time, "metadata": metadata}
        given = {name: value for name, value in arguments.items() if value is not None}
        added: AddResult = read(AddResult, json_of((yield request_of(routes.ROUTES["add_batch"], given))))
        total = added_up(total, added)
        if progress is not None:
            progress(len(added.ids))
    return total or AddResult((), 0)


def ingest_log(records: Iterable[Any], *values: Any, **named: Any) -> Plan:  # noqa: ANN401 (those of the protocol)
    """A captured log in parts; the accounts of the parts are added up."""
    total: ScreeningReport | None = None
    for group in groups(records, or_one_empty=True):
        arguments = bound("ingest_log", (group, *values), named)
        reply = yield request_of(routes.ROUTES["ingest_log"], arguments)
        total = added_up(total, read(ScreeningReport, json_of(reply)))
    return total


def import_records(
    records: Iterable[Mapping[str, Any]], progress: Progress | None = None, *, scope: Scope | None = None
) -> Plan:
    """An export as it came, line by line; a repetition changes nothing, but it cannot be begun again by itself."""

    def lines() -> Iterator[bytes]:
        for record in records:
            yield as_json(encode(record)) + b"\n"
            if progress is not None:
                progress(1)

    route = routes.IMPORT
    asked = request_of(replace(route, method="GET"), {"scope": scope, **everybody(scope)})
    headers = {"Content-Type": NDJSON, **key_for(route)}
    request = Request(route.method, asked.path, asked.query, lines(), headers, repeatable=False, slow=True)
    return read(ImportResult, json_of((yield request)))


def everybody(scope: Scope | None) -> dict[str, bool]:
    """What asks for the memories of every owner."""
    return {"all_owners": True} if scope is None else {}


def cursor_of(reply: Reply) -> str | None:
    """Where a list goes on, from the header ``Link`` of RFC 8288; None at its end."""
    found = _NEXT.search(reply.headers.get("link", ""))
    return parse_qs(urlsplit(found[1]).query).get("cursor", [None])[0] if found else None


def groups(inputs: Iterable[Any], *, or_one_empty: bool = False) -> Iterator[list[Any]]:
    """Inputs in lists that are not too long for one request; each is written as JSON once to see its size.

    Raises:
        InvalidInput: one cannot be written as JSON, or it is a bare text, whose letters nobody means.
    """
    if isinstance(inputs, str | Mapping) or not isinstance(inputs, Iterable):
        raise InvalidInput(f"A {type(inputs).__name__} is no list of inputs.", fix="pass a list of messages")
    group: list[Any] = []
    size = 0
    for one_input in inputs:
        bytes_more = _size(one_input)
        if group and (len(group) >= MOST_INPUTS or size + bytes_more > MOST_BYTES):
            yield group
            group, size = [], 0
        group.append(one_input)
        size += bytes_more
        or_one_empty = False
    if group or or_one_empty:
        yield group


def _size(value: object) -> int:
    try:
        return len(json.dumps(encode(value)))
    except (TypeError, ValueError) as error:
        raise InvalidInput("An input cannot be sent.", why=f"It holds what JSON cannot say: {error}.") from None


def added_up(first: Any, second: Any) -> Any:  # noqa: ANN401 (a record of counts, or a field of one)
    """What two requests did, as one: counts are added, lists follow each other, field by field."""
    if first is None or second is None:
        return first if second is None else second
    if is_dataclass(first):
        names = [item.name for item in fields(first)]
        both = {name: added_up(getattr(first, name), getattr(second, name)) for name in names}
        if ONCE in both:
            both[ONCE] = tuple(dict.fromkeys(both[ONCE]))
        return replace(second, **both)
    if isinstance(first, Mapping):
        return {key: added_up(first.get(key), second.get(key)) for key in {**first, **second}}
    return first + second


SPECIAL: Mapping[str, Callable[..., Plan]] = {
    "get": get,
    "history": history,
    "memories": memories,
    "add_batch": add_batch,
    "ingest_log": ingest_log,
    "import_records": import_records,
}
"""Calls that are more than one request, or not one of the table."""

STREAMS: Sequence[str] = ("answer_stream", "export")
"""What comes in parts."""
