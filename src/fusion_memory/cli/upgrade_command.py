"""``upgrade``: bring the database to this program's schema; how to get a newer program is said, not done."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from fusion_memory import __version__
from fusion_memory.cli import lazy
from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.life_command import PATIENCE_S, STOP_PATIENCE_S
from fusion_memory.cli.options import command
from fusion_memory.core.reports import SchemaState
from fusion_memory.service import starting
from fusion_memory.service.running import running


@command("upgrade")
@click.option("--dry-run", is_flag=True)
@with_call
def upgrade(call: Call, dry_run: bool) -> None:
    """Bring the database up to date."""
    state = lazy.schema_state(call.settings, call.home)
    service = running(call.home)
    old_service = service is not None and service.version != __version__
    done = {
        "program": __version__,
        "database": str(call.database),
        "schema": asdict(state),
        "service": service.version if service else None,
        "dry_run": dry_run,
    }
    call.out.show(done, lambda: _show(call, state, service.version if service else None))
    call.out.note("upgrade.program", command=_newer_program())
    if dry_run:
        call.out.note("upgrade.would" if state.due or old_service else "upgrade.nothing", count=len(state.due))
        return
    if service is not None and (state.due or old_service):
        starting.stop(call.home, STOP_PATIENCE_S)
    if state.due:
        with call.memory():
            pass  # opening it migrates, after a verified copy
    if service is not None and (state.due or old_service):
        found = starting.start(call.home, service.arguments, dict(call.doors.environment), PATIENCE_S)
        call.out.note("start.done", pid=found.pid, address=found.address)
    call.out.note("upgrade.done" if state.due else "upgrade.nothing", count=len(state.due), path=call.database)


def _newer_program() -> str:
    """What gets a newer version, as far as the place of this one tells."""
    place = sys.prefix.replace("\\", "/")
    if "/pipx/" in place:
        return "pipx upgrade fusion-memory"
    if "/uv/tools/" in place:
        return "uv tool upgrade fusion-memory"
    return "python -m pip install --upgrade fusion-memory"


def _show(call: Call, state: SchemaState, service: str | None) -> None:
    words = call.out.words
    rows = [
        (words("upgrade.installed"), __version__),
        (words("upgrade.service"), service or "-"),
        (words("upgrade.database"), str(call.database)),
        (words("upgrade.schema"), f"{state.version} / {state.latest}"),
        *((words("upgrade.step"), step) for step in state.due),
    ]
    call.out.table(Table([[Cell(name, "dim"), Cell(value)] for name, value in rows]))
