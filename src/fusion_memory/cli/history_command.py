"""``history``: what was recorded, said again and erased."""

from __future__ import annotations

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.options import command
from fusion_memory.core.records import brief
from fusion_memory.core.reports import HistoryEntry

SHOWN_CHARS = 400
STYLES = {"erased": "bad", "said again": "dim"}


@command("history")
@click.argument("memory_id", required=False, metavar="[ID]")
@click.option("--entity", metavar="NAME")
@click.option("--limit", "-k", type=int, default=100, metavar="N")
@with_call
def history(call: Call, memory_id: str | None, entity: str | None, limit: int) -> None:
    """What happened over time."""
    scope = call.scope()
    with call.memory() as memory:
        entries = memory.history(scope, entity, memory_id, call.across_sessions, limit)
    call.out.show(entries, lambda: _show(call, entries))


def _show(call: Call, entries: tuple[HistoryEntry, ...]) -> None:
    if not entries:
        call.out.note("history.nothing")
        return
    below = call.out.on_terminal
    rows = [_row(call, entry, with_id=not below) for entry in entries]
    call.out.table(Table(rows, details=[[entry.id] if below else [] for entry in entries]))


def _row(call: Call, entry: HistoryEntry, *, with_id: bool) -> list[Cell]:
    action = call.out.words(f"action.{entry.action.replace(' ', '_')}")
    said = entry.said_at or entry.at
    return [
        Cell(f"{said:%Y-%m-%d %H:%M}"),
        Cell(action, STYLES.get(entry.action, "good")),
        Cell(entry.speaker or "", "strong"),
        *([Cell(entry.id)] if with_id else []),
        Cell(brief(entry.text, SHOWN_CHARS) if entry.text else "", "dim" if entry.text is None else ""),
    ]
