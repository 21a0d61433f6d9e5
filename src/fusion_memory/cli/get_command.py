"""``get``: one memory, passage, trace, fact or entity by its id."""

from __future__ import annotations

import click

from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.fact_rows import days, evidence_line
from fusion_memory.cli.fields import show_fields
from fusion_memory.cli.options import command
from fusion_memory.cli.trace_command import show_trace, texts_of
from fusion_memory.core.knowledge import Entity, Fact
from fusion_memory.core.records import Event, Span, Trace

ALWAYS = ("id", "kind", "said_at", "recorded_at", "role", "speaker", "session_id", "client_id", "metadata")
CLAIM = ("subject", "predicate", "object", "slot", "said_at", "recorded_at", "supersedes", "superseded_by")


@command("get")
@click.argument("object_id", metavar="ID")
@click.option("--type", "object_type", metavar="TYPE")
@with_call
def get(call: Call, object_id: str, object_type: str | None) -> None:
    """Show one object of the memory."""
    scope = call.reach()
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
        case Fact():
            call.out.show(found, lambda: _show_fact(call, found))
        case Entity():
            call.out.show(found, lambda: _show_entity(call, found))


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


def _show_fact(call: Call, found: Fact) -> None:
    lang = call.out.lang
    shown = {
        "id": found.id,
        "type": named(lang, "type", found.type.value),
        "state": named(lang, "state", found.state.value),
        "holds": days(found.valid_from, found.valid_to),
        **{name: getattr(found, name) for name in CLAIM},
        "when": found.when.words if found.when else None,
        "confidence": f"{found.confidence:.2f}",
        "times_seen": found.times_seen if found.times_seen > 1 else None,
    }
    show_fields(call.out, shown)
    call.out.line()
    call.out.verbatim(found.text)
    for one in found.evidence:
        call.out.line(f"  {evidence_line(one)}", "dim")


def _show_entity(call: Call, found: Entity) -> None:
    comma = call.out.words("explain.comma")
    shown = {
        "id": found.id,
        "kind": named(call.out.lang, "kind", found.kind.value),
        "name": found.name,
        "aliases": comma.join(found.aliases),
        "mentions": found.mentions,
        "seen": days(found.first_seen_at, found.last_seen_at),
        "merged_from": comma.join(found.merged_from),
    }
    show_fields(call.out, shown)
