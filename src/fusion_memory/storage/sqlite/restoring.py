"""Put a backup in the place of a database: verified first, the old file kept aside.

This file must not know any table.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import apsw

from fusion_memory.core.errors import BackupInvalid, DatabaseLocked, StorageError
from fusion_memory.storage.sqlite.connection import Opening
from fusion_memory.storage.sqlite.copying import partial, put_in_place, sync, verify
from fusion_memory.storage.sqlite.failures import named


def restore(backup: Path, target: Path, key: str | None, busy_timeout_s: float) -> Path | None:
    """Replace ``target`` by a verified copy of ``backup``; where the old file is now, or None.

    Raises:
        BackupInvalid: the backup does not exist or failed verification; nothing was changed.
        DatabaseLocked: the target is open elsewhere; nothing was changed.
    """
    if not backup.is_file():
        raise BackupInvalid(f"There is no backup at {backup}.", why="The file does not exist.")
    if target.exists() and backup.samefile(target):
        raise BackupInvalid("The backup is the database itself.", why="A file cannot replace itself.")
    with named(target):
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with partial(target) as part:
            shutil.copyfile(backup, part)
            verify(part, key)
            aside = _set_aside(target, key, busy_timeout_s) if target.exists() else None
            put_in_place(part, target)
    return aside


def _set_aside(target: Path, key: str | None, busy_timeout_s: float) -> Path:
    """Rename the old database, with its journals when it is too damaged to fold them in."""
    _fold_journals(target, key, busy_timeout_s)
    aside = _free_name(target)
    for suffix in ("-wal", "-shm", "-journal"):
        journal = target.with_name(target.name + suffix)
        if journal.exists():
            journal.replace(aside.with_name(aside.name + suffix))
    target.replace(aside)
    sync(target.parent)
    return aside


def _fold_journals(target: Path, key: str | None, busy_timeout_s: float) -> None:
    """Leave write-ahead logging, which needs the file alone: nobody else may have it open."""
    try:
        connection = Opening(target, key, busy_timeout_s).connect(create=False)
    except StorageError:
        return  # too damaged to open: it is set aside as it is
    try:
        connection.pragma("journal_mode", "delete")
    except apsw.BusyError as error:
        raise DatabaseLocked(
            f"{target} is in use.",
            why="Another process, or this one, has the database open.",
            fix="close it, then restore again",
        ) from error
    except apsw.Error:
        return  # damaged or of another key: it is set aside as it is
    finally:
        connection.close()


def _free_name(target: Path) -> Path:
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    candidate, number = target.with_name(f"{target.name}.replaced-{stamp}"), 1
    while candidate.exists():
        number += 1
        candidate = target.with_name(f"{target.name}.replaced-{stamp}-{number}")
    return candidate
