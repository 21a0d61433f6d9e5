"""``get`` and ``trace``: one object by its id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import dropped, reasons
from fusion_memory.cli.notes import degraded_notes
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Cell, Table
from fusion_memory.core.records import Event, Span, Trace

FIELDS = (
    "id",
    "kind",
    "said_at",
    "recorded_at",
    "role",
    "speaker",
    "session_id",
    "client_id",
    "times_seen",
    "metadata",
)


@command("get")
@click.argument("object_id", metavar="ID")
@click.option("--type", "object_type", metavar="TYPE")
@with_call
def get(call: Call, object_id: str, object_type: str | None) -> None:
    """Show one memory, passage or trace."""
    scope = call.scope()
    with call.memory() as memory:
        found = memory.get(object_id, object_type, scope)
    call.out.show(found, lambda: _show(call, found))


@command("trace")
@click.argument("trace_id", metavar="ID")
@with_call
def trace(call: Call, trace_id: str) -> None:
    """Explain a search that happened."""
    scope = call.scope()
    with call.memory() as memory:
        found = memory.trace(trace_id, scope)
    call.out.show(found, lambda: _show(call, found))


def _show(call: Call, found: Event | Span | Trace) -> None:
    match found:
        case Event():
            _fields(call, {name: getattr(found, name) for name in FIELDS})
            call.out.line()
            call.out.verbatim(found.content)
        case Span():
            place = f"{found.start:,}-{found.end:,}"
            _fields(call, {"id": found.id, "kind": found.kind.value, "memory": found.event_id, "place": place})
            call.out.line()
            call.out.verbatim(found.text)
        case Trace():
            _show_trace(call, found)


def _fields(call: Call, values: Mapping[str, Any]) -> None:
    rows = [
        [Cell(call.out.words(f"field.{name}"), "dim"), Cell(_shown(value))]
        for name, value in values.items()
        if value not in (None, "", {})
    ]
    call.out.table(Table(rows))


def _shown(value: Any) -> str:  # noqa: ANN401 (any field)
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return ", ".join(f"{name}={item}" for name, item in value.items()) if isinstance(value, Mapping) else str(value)


def _show_trace(call: Call, found: Trace) -> None:
    payload, lang = found.payload, call.out.lang
    times = payload.get("timings_ms", {})
    _fields(
        call,
        {
            "id": found.id,
            "question": found.query,
            "asked": found.created_at,
            "recipe": found.recipe,
            "language": payload.get("language"),
            "terms": ", ".join(payload.get("terms", ())),
            "windows": "; ".join(
                f"{words}: {start[:10]} - {end[:10]}" for words, start, end in payload.get("windows", ())
            ),
            "timings": ", ".join(f"{name} {value:.1f} ms" for name, value in times.items()),
        },
    )
    for rank, hit in enumerate(payload.get("hits", ()), 1):
        standings = [(lane, place, score) for lane, (place, score) in hit["lanes"].items()]
        call.out.line()
        call.out.line(f"{rank:>2}  {hit['span_id']}", "strong")
        for line in reasons(lang, standings, hit["parts"], hit["score"]):
            call.out.line(f"    {line}")
    drops = dropped(lang, [(span_id, reason, score) for span_id, reason, score in payload.get("drops", ())])
    for line in ["", *drops] if drops else []:
        call.out.line(line, "dim")
    degraded_notes(call.out, payload.get("degraded", ()))
