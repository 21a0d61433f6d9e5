"""``stats``: what a scope holds."""

from __future__ import annotations

from datetime import datetime

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.options import command
from fusion_memory.core.reports import Stats


@command("stats")
@with_call
def stats(call: Call) -> None:
    """Count what the scope holds."""
    scope = call.scope()
    with call.memory() as memory:
        found = memory.stats(scope)
    call.out.show(found, lambda: _show(call, found))


def _show(call: Call, found: Stats) -> None:
    words = call.out.words
    values = {
        "memories": f"{found.memories:,}",
        "sessions": f"{found.sessions:,}",
        "passages": f"{found.spans:,}",
        "vectors": f"{found.vectors:,}",
        "pending": f"{found.pending:,}",
        "from": _day(found.first_said_at),
        "to": _day(found.last_said_at),
        "space": found.space or words("stats.no_space"),
        "size": f"{found.database_bytes / 1e6:,.1f} MB",
    }
    call.out.table(Table([[Cell(words(f"stats.{name}"), "dim"), Cell(value)] for name, value in values.items()]))


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "-"
