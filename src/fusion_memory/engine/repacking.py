"""Show a stored context pack with the texts as they are now, and say what it was asked with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from fusion_memory.core.errors import InvalidInput, NotFound
from fusion_memory.core.knowledge import Fact
from fusion_memory.core.packs import ContextPack, PackItem, PackLine, PackSection, StoredPack
from fusion_memory.core.records import Drop, Event, SearchOptions, Trace
from fusion_memory.core.scope import Access, reaching
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import events, facts, packs
from fusion_memory.memory.facts import FactQuery
from fusion_memory.retrieval import pack as layout
from fusion_memory.retrieval import sections
from fusion_memory.retrieval.stretches import line_of
from fusion_memory.storage.interface import Transaction
from fusion_memory.text.counting import count_tokens
from fusion_memory.text.defusing import defused


def shown(parts: Parts, access: Access, pack_id: str) -> StoredPack:
    """The pack of an id with its texts; facts read as they were known then.

    Raises:
        NotFound: there is none in the scope.
    """
    trace = _stored(parts, access, pack_id)
    found = trace.payload
    options = found["options"] or {}
    wide = reaching(access, bool(options.get("allow_cross_session")))
    with parts.database.read() as tx:
        gone: list[str] = []
        told = tuple(_section(tx, wide, given, trace.created_at, gone) for given in found["sections"])
        items = _items(tx, wide, found["items"], gone)
    told = tuple(section for section in told if section.lines)
    text = layout.text_of(found["language"], told, items)
    pack = ContextPack(
        query=trace.query,
        text=text,
        items=items,
        tokens=count_tokens(text),
        budget_tokens=found["budget"],
        dropped=tuple(Drop(*drop) for drop in found["dropped"]),
        degraded=tuple(found["degraded"]),
        trace_id=found["trace_id"],
        sections=told,
        kind=found["kind"],
        language=found["language"],
        id=trace.id,
        contract=found["contract"],
    )
    return StoredPack(pack, trace.created_at, tuple(gone), packs.digest(text) == found["digest"])


def asked_again(
    parts: Parts, access: Access, pack_id: str, *, now: bool
) -> tuple[Access, str, int, SearchOptions | Mapping[str, Any]]:
    """Where a stored pack was asked, its question, budget and options; no trace is kept of asking again.

    Raises:
        NotFound: there is none in the scope.
        InvalidInput: the question is gone.
    """
    trace = _stored(parts, access, pack_id)
    options = trace.payload["options"]
    if options is None:
        raise InvalidInput(
            f"{pack_id} cannot be made anew.",
            why="Its question was erased together with a memory that it cited.",
            fix="fusion-memory pack show " + pack_id,
        )
    options = {**options, "trace": False}
    if not now:
        options = {"as_of": trace.created_at, "asked_at": trace.created_at, **options}
    place = trace.payload.get(packs.PLACE) or {}  # it lies within the scope, else the pack were not seen
    there = replace(access, scope=replace(access.scope, **place))
    return there, trace.query, trace.payload["budget"], options


def _stored(parts: Parts, access: Access, pack_id: str) -> Trace:
    trace = parts.traces.get(access, pack_id) if pack_id.startswith(packs.PREFIX) else None
    if trace is None:
        raise NotFound(f"There is no pack {pack_id!r} in this scope.", fix="fusion-memory pack list")
    return trace


def _section(
    tx: Transaction, access: Access, given: Mapping[str, Any], at: datetime, gone: list[str]
) -> PackSection:
    lines = []
    for citation, sources, ids, tokens in given["lines"]:
        words = _conversation(tx, access, sources) if given["name"] == "working" else None
        if words is None and ids:
            words = _of_facts(tx, access, given["name"], ids, at)
        if words is None:
            gone.append(citation)
            continue
        lines.append(PackLine(citation, defused(words), tuple(sources), tuple(ids), tokens))
    return PackSection(given["name"], tuple(lines), given["share"])


def _of_facts(tx: Transaction, access: Access, name: str, ids: Sequence[str], at: datetime) -> str | None:
    """The line of some facts as they were known at a moment; None when one of them is gone."""
    found: dict[str, Fact] = {}
    for fact_id in ids:
        page = facts.read(tx, access, FactQuery(ids=(fact_id,), as_of=at), at, limit=1).facts
        if not page:
            return None
        found[fact_id] = page[0]
    return sections.line_of(name, list(found.values()))


def _conversation(tx: Transaction, access: Access, sources: Sequence[str]) -> str | None:
    event = events.get(tx, access, sources[0].rpartition("#")[0])
    return sections.working_line(event) if event else None


def _items(
    tx: Transaction, access: Access, given: Sequence[Sequence[Any]], gone: list[str]
) -> tuple[PackItem, ...]:
    """The lines of evidence whose memories are still there, with the days told as they fall now."""
    items = []
    day = ""
    for citation, event_id, span_id, spans, reason, tokens, start, end in given:
        event = events.get(tx, access, event_id)
        if event is None:
            gone.append(citation)
            continue
        today = f"{event.said_at:%Y-%m-%d}"
        text = _line(event, start, end)
        text, day = text if today == day else f"{today} {text}", today
        item = PackItem(citation, event_id, span_id, text, reason, tokens, event.said_at)
        items.append(replace(item, spans=tuple(spans), start=start, end=end))
    return tuple(items)


def _line(event: Event, start: int, end: int) -> str:
    content = event.content
    return line_of(event.speaker or event.role, content[start:end], (start > 0, end < len(content)))
