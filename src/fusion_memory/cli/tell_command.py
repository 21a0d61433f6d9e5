"""``tell``: say something in plain words and see what was done about it. To forget is only proposed."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import click

from fusion_memory.cli import scope_file
from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.failure import PROGRAM
from fusion_memory.cli.hits import hit_table
from fusion_memory.cli.notes import degraded_notes
from fusion_memory.cli.options import command
from fusion_memory.core.records import AddResult, SearchResult
from fusion_memory.core.reports import Told

FORGET = "forget"


@command("tell")
@click.argument("words", nargs=-1, required=True, metavar="TEXT...")
@with_call
def tell(call: Call, words: tuple[str, ...]) -> None:
    """Say something to the memory."""
    scope = call.scope()
    with call.memory() as memory:
        told = memory.tell(" ".join(words), scope)
    call.out.show(told, lambda: _show(call, told))


def _show(call: Call, told: Told) -> None:
    if told.added is not None:
        _show_added(call, told, told.added)
    elif told.found is not None:
        _show_found(call, told, told.found)
    else:
        rows = [(call.out.words_or(f"did.{name}", name), count) for name, count in (told.organised or {}).items()]
        call.out.table(Table([[Cell(name, "dim"), Cell(f"{count:,}")] for name, count in rows], frozenset({1})))
        call.out.note("tell.organise")


def _show_added(call: Call, told: Told, added: AddResult) -> None:
    for memory_id in added.ids:
        call.out.line(memory_id)
    call.out.note(f"tell.{told.kind}" if added.inserted else "tell.known", payload=told.payload)
    if added.taken_back:
        call.out.note("tell.taken_back", count=added.taken_back)
    degraded_notes(call.out, added.degraded)


def _show_found(call: Call, told: Told, found: SearchResult) -> None:
    hit_table(call.out, found.hits)
    if told.kind == FORGET:
        _propose(call, told, [hit.id for hit in found.hits])
    elif found.hits:
        call.out.note("search.found", count=len(found.hits), trace=found.trace_id or "-")
    else:
        call.out.note("search.nothing")
    degraded_notes(call.out, found.degraded)


def _propose(call: Call, told: Told, ids: Sequence[str]) -> None:
    """Say what would erase these; a text that does not say what it means may mean everything."""
    erase = [PROGRAM, FORGET, *_place(call)]
    if ids:
        call.out.note("tell.forget", count=len(ids), command=shlex.join([*erase, *ids]))
    else:
        call.out.note("tell.forget_nothing", payload=told.payload)
    if not told.payload:
        call.out.note("tell.forget_all", command=shlex.join([*erase, "--all", "--dry-run"]))


def _place(call: Call) -> list[str]:
    """The flags that name the searched place again: all sessions, in the database of this call."""
    scope = call.scope().across_sessions()
    ids = {name: value for name in scope_file.FIELDS if (value := getattr(scope, name)) is not None}
    remembered = ids == scope_file.load(call.home)
    named = {} if remembered else {f"--{name.removesuffix('_id')}": value for name, value in ids.items()}
    database = {"--db": str(call.flags["db"])} if "db" in call.flags else {}
    return [word for pair in (named | database).items() for word in pair]
