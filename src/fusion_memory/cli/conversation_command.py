"""``working``, ``summaries`` and ``save-session``: the conversation at hand, and what earlier ones were about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.choices import require_known
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.fact_rows import days
from fusion_memory.cli.failure import PROGRAM, Refusal
from fusion_memory.cli.listing import MOST_LISTED, Line, listing
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Output
from fusion_memory.core.layers import WORKING_WINDOWS, Reach, SessionSchema, SessionSummary
from fusion_memory.core.records import Event, brief
from fusion_memory.core.scope import Scope

SHOWN_CHARS = 400
DEFAULT_LIMIT = 100
MODES = ("raw", "summary")


@command("working")
@click.option("--preset", metavar="NAME")
@click.option("--messages", type=int, metavar="N")
@click.option("--minutes", type=float, metavar="N")
@click.option("--reach", metavar="session|user")
@click.option("--budget", type=int, metavar="TOKENS")
@click.option("--as-of", metavar="TIME")
@with_call
def working(call: Call, preset: str | None, reach: str | None, **asked: Any) -> None:  # noqa: ANN401 (its options)
    """Show the recent messages."""
    scope = call.reach()
    if preset is not None:
        preset = require_known("working", "preset", preset, WORKING_WINDOWS)
    if reach is not None:
        reach = require_known("working", "reach", reach, [one.value for one in Reach])
    with call.memory() as memory:
        found = memory.working_memory(scope, preset=preset, reach=reach, **asked)
    call.out.show(found, lambda: _show_messages(call.out, found))


@command("summaries")
@click.option("--refresh", is_flag=True)
@click.option("--schema", is_flag=True)
@click.option("--limit", "-k", type=int, metavar="N")
@with_call
def summaries(call: Call, refresh: bool, schema: bool, limit: int | None) -> None:
    """Show what sessions were about."""
    if schema:
        _schemas(call, refresh, DEFAULT_LIMIT if limit is None else limit)
        return
    if refresh and limit is not None:
        raise Refusal("summaries.refresh_one", f"{PROGRAM} summaries --refresh --session ID")
    scope = _with_session(call, "summaries --refresh") if refresh else call.reach()
    most = DEFAULT_LIMIT if limit is None else limit
    found: Sequence[SessionSummary]
    with call.memory() as memory:
        if refresh:
            made = memory.refresh_session_summary(scope)
            found = (made,) if made else ()
        else:
            found = memory.get_session_summaries(scope, limit=most)
    call.out.show(found, lambda: _show_summaries(call.out, found))
    if not refresh and len(found) == most < MOST_LISTED:
        call.out.note("summaries.more", count=most)


@command("save-session")
@click.option("--mode", type=click.Choice(MODES), default="raw")
@with_call
def save_session(call: Call, mode: str) -> None:
    """Close a session."""
    scope = _with_session(call, "save-session")
    with call.memory() as memory:
        made = memory.save_session(scope, mode)
    call.out.show({"session_id": scope.session_id, "mode": mode, "summary": made}, lambda: _show_saved(call, made))
    key = "raw" if mode == "raw" else "summary" if made else "empty"
    call.out.note(f"save-session.{key}", session=scope.session_id)


def _schemas(call: Call, refresh: bool, most: int) -> None:
    if refresh:
        raise Refusal("summaries.schema_only", f"{PROGRAM} summaries --schema")
    scope = call.reach()
    with call.memory() as memory:
        found = memory.get_session_schemas(scope, limit=most)
    call.out.show(found, lambda: _show_schemas(call.out, found))
    if len(found) == most < MOST_LISTED:
        call.out.note("summaries.more", count=most)


def _with_session(call: Call, words: str) -> Scope:
    """The scope, which has to name a session.

    Raises:
        Refusal: it names none.
    """
    scope = call.scope()
    if scope.session_id is None:
        raise Refusal("session.needed", f"{PROGRAM} {words} --session ID")
    return scope


def _show_messages(out: Output, found: Sequence[Event]) -> None:
    if not found:
        out.note("working.nothing")
    listing(out, [_message(one) for one in found])


def _message(one: Event) -> Line:
    lead = [Cell(f"{one.said_at:%Y-%m-%d %H:%M}"), Cell(one.speaker or one.role, "strong")]
    return Line(lead, one.id, Cell(brief(one.content, SHOWN_CHARS)))


def _show_saved(call: Call, made: SessionSummary | None) -> None:
    if made:
        _show_summaries(call.out, (made,))


def _show_summaries(out: Output, found: Sequence[SessionSummary]) -> None:
    if not found:
        out.note("summaries.nothing")
    for number, summary in enumerate(found):
        if number:
            out.line()
        out.table(Table([_title(out, summary)]))
        out.verbatim(summary.text)


def _show_schemas(out: Output, found: Sequence[SessionSchema]) -> None:
    if not found:
        out.note("summaries.no_schema")
    for number, schema in enumerate(found):
        if number:
            out.line()
        counted = out.words("summaries.chunks", count=schema.chunks, messages=schema.messages)
        title = [Cell(schema.session_id, "strong"), Cell(days(schema.first_said_at, schema.last_said_at))]
        out.table(Table([[*title, Cell(counted, "dim")]]))
        out.verbatim(out.words("explain.comma").join(schema.keywords))
        for sentence in schema.sentences:
            out.verbatim(f"  {sentence.text}")


def _title(out: Output, one: SessionSummary) -> list[Cell]:
    return [
        Cell(one.session_id, "strong"),
        Cell(days(one.first_said_at, one.last_said_at)),
        Cell(out.words("summaries.quoted", count=len(one.sources), messages=one.messages), "dim"),
        Cell(
            out.words("summaries.made", version=one.version, cause=named(out.lang, "cause", one.cause.value)), "dim"
        ),
    ]
