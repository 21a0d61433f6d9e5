"""``use``: remember a scope, so that the other commands need no flags."""

from __future__ import annotations

import click

from fusion_memory.cli import scope_file
from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.options import command, scope_flags
from fusion_memory.core.scope import Scope


@command("use")
@click.option("--clear", is_flag=True)
@with_call
def use(call: Call, clear: bool) -> None:
    """Remember a scope."""
    given = scope_flags(call.flags)
    if clear and given:
        raise Refusal("use.clear_or_set", "fusion-memory use --clear")
    if clear:
        scope_file.clear(call.home)
        ids: dict[str, str] = {}
    else:
        ids = scope_file.load(call.home)
        if given:
            ids = scope_file.merged(ids, given)
            Scope(**ids)
            scope_file.save(call.home, ids)
    call.out.show(
        {"scope": ids, "file": call.home / scope_file.FILE_NAME},
        lambda: _show(call, ids, changed=clear or bool(given)),
    )


def _show(call: Call, ids: dict[str, str], *, changed: bool) -> None:
    rows = [[Cell(call.out.words(f"scope.{name}"), "dim"), Cell(value)] for name, value in ids.items()]
    call.out.table(Table(rows))
    if not ids:
        call.out.note("use.cleared" if changed else "use.nothing")
    elif changed:
        call.out.note("use.remembered")
