"""``trace``: the explanation of a search that happened."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import dropped, named, reasons
from fusion_memory.cli.fields import show_fields
from fusion_memory.cli.notes import degraded_notes
from fusion_memory.cli.options import command
from fusion_memory.core.errors import NotFound
from fusion_memory.core.records import Span, Trace, brief
from fusion_memory.core.scope import Scope

if TYPE_CHECKING:
    from fusion_memory.engine.service import MemoryService

SHOWN_CHARS = 200


@command("trace")
@click.argument("trace_id", metavar="ID")
@with_call
def trace(call: Call, trace_id: str) -> None:
    """Explain a search that happened."""
    scope = call.scope()
    with call.memory() as memory:
        found = memory.trace(trace_id, scope)
        texts = texts_of(memory, scope, found)
    call.out.show(found, lambda: show_trace(call, found, texts))


def texts_of(memory: MemoryService, scope: Scope, trace: Trace) -> dict[str, str]:
    """What the hits of a trace say, by passage: a trace keeps no texts itself, and some may be erased by now."""
    texts = {}
    for hit in trace.payload.get("hits", ()):
        with suppress(NotFound):
            found = memory.get(hit["span_id"], "span", scope)
            texts[hit["span_id"]] = found.text if isinstance(found, Span) else ""
    return texts


def show_trace(call: Call, found: Trace, texts: Mapping[str, str]) -> None:
    """The question as it was read, every hit with its reasons, and what was left out."""
    lang, payload = call.out.lang, found.payload
    show_fields(call.out, _head(lang, found))
    rows, details = [], []
    for rank, hit in enumerate(payload.get("hits", ()), 1):
        standings = [(lane, place, score) for lane, (place, score) in hit["lanes"].items()]
        said = texts.get(hit["span_id"])
        text = Cell(brief(said, SHOWN_CHARS)) if said else Cell(call.out.words("trace.gone"), "dim")
        rows.append([Cell(str(rank), "dim"), text])
        details.append([*reasons(lang, standings, hit["parts"], hit["score"]), hit["span_id"]])
    if rows:
        call.out.line()
        call.out.table(Table(rows, frozenset({0}), details))
    drops = dropped(lang, [(span_id, reason, score) for span_id, reason, score in payload.get("drops", ())])
    for line in ["", *drops] if drops else []:
        call.out.line(line, "dim")
    degraded_notes(call.out, payload.get("degraded", ()))


def _head(lang: str, found: Trace) -> dict[str, Any]:
    payload = found.payload
    windows = [f"{words}: {start[:10]} - {end[:10]}" for words, start, end in payload.get("windows", ())]
    return {
        "question": found.query,
        "asked": found.created_at,
        "recipe": found.recipe,
        "language": named(lang, "language", payload.get("language", "other")),
        "terms": ", ".join(payload.get("terms", ())),
        "windows": "; ".join(windows),
        "timings": ", ".join(f"{name} {ms:.1f} ms" for name, ms in payload.get("timings_ms", {}).items()),
    }
