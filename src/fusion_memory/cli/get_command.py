"""``get``: one memory, passage or trace by its id."""

from __future__ import annotations

import click

from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.fields import show_fields
from fusion_memory.cli.options import command
from fusion_memory.cli.trace_command import show_trace, texts_of
from fusion_memory.core.records import Event, Span, Trace

ALWAYS = ("id", "kind", "said_at", "recorded_at", "role", "speaker", "session_id", "client_id", "metadata")


@command("get")
@click.argument("object_id", metavar="ID")
@click.option("--type", "object_type", metavar="TYPE")
@with_call
def get(call: Call, object_id: str, object_type: str | None) -> None:
    """Show one memory, passage or trace."""
    scope = call.scope()
    with call.memory() as memory:
        found = memory.get(object_id, object_type, scope)
        texts = texts_of(memory, scope, found) if isinstance(found, Trace) else {}
    match found:
        case Event():
            call.out.show(found, lambda: _show_event(call, found))
        case Span():
            call.out.show(found, lambda: _show_span(call, found))
        case Trace():
            call.out.show(found, lambda: show_trace(call, found, texts))


def _show_event(call: Call, found: Event) -> None:
    again = {"times_seen": found.times_seen} if found.times_seen > 1 else {}
    show_fields(call.out, {name: getattr(found, name) for name in ALWAYS} | again)
    call.out.line()
    call.out.verbatim(found.content)


def _show_span(call: Call, found: Span) -> None:
    place = f"{found.start:,}-{found.end:,}"
    show_fields(call.out, {"id": found.id, "kind": found.kind.value, "memory": found.event_id, "place": place})
    call.out.line()
    call.out.verbatim(found.text)
