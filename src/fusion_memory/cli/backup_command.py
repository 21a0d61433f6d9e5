"""``backup`` and ``restore``: a verified copy of the whole database, and the way back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from fusion_memory.cli import lazy
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.options import command

FOLDER = "backups"


@command("backup")
@click.argument("target", required=False, metavar="[FILE]", type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(1), metavar="N")
@with_call
def backup(call: Call, target: Path | None, keep: int | None) -> None:
    """Copy the database."""
    name = f"memory-{datetime.now(UTC):%Y%m%d-%H%M%S}.db"
    chosen = target or call.home / FOLDER / name
    if chosen.is_dir():
        chosen /= name
    if chosen.exists():
        raise Refusal("backup.exists", "fusion-memory backup", path=chosen)
    chosen.parent.mkdir(parents=True, exist_ok=True)
    with call.memory() as memory, call.out.progress("progress.copying", "unit.bytes", None):
        made = memory.backup(chosen)
    size = made.stat().st_size
    call.out.show({"path": made, "bytes": size}, lambda: call.out.line(str(made)))
    call.out.note("backup.done", size=f"{size / 1e6:,.1f}")
    if keep is not None:
        call.out.note("backup.removed", count=lazy.rotate_backups(made, keep))


@command("restore")
@click.argument("source", metavar="BACKUP", type=click.Path(path_type=Path))
@with_call
def restore(call: Call, source: Path) -> None:
    """Put a backup in the place of the database."""
    call.require_here()
    kept = lazy.restore(call.settings, call.home, source)
    call.out.show({"database": call.database, "kept": kept}, lambda: call.out.line(str(call.database)))
    call.out.note("restore.kept" if kept else "restore.done", path=kept)
