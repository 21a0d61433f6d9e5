"""The door to a database: what ``open_database`` is given decides which driver is loaded.

The drivers are imported when a door is opened, so that ``import fusion_memory`` stays quick and a
process that never opens one never pays for it. This file must not know any table.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fusion_memory.core.errors import InvalidSetting
from fusion_memory.core.reports import SchemaState

if TYPE_CHECKING:
    from fusion_memory.storage.interface import Database

MEMORY = ":memory:"


def open_database(
    target: str | Path,
    *,
    key: str | None = None,
    busy_timeout_s: float = 10.0,
    vector_memory_mb: int = 512,
    read_only: bool = False,
    vfs: str | None = None,
    synchronous: str = "FULL",
) -> Database:
    """Open or create a database and bring its schema up to date.

    Args:
        target: a file, or ``":memory:"`` for one that ends with the process.
        key: encrypts the file page by page, with authentication; the same key opens it again.
        busy_timeout_s: seconds to wait for another writer, thread or process.
        vector_memory_mb: MiB that vector indexes may hold in memory.
        read_only: never write, not even to bring the schema up to date.
        vfs: the name of a registered SQLite file system, for simulations.
        synchronous: SQLite's durability level; anything but ``FULL`` is for planting faults in tests.

    Raises:
        InvalidSetting: the target names a server; only files are served yet.
        NotADatabase, WrongKey, DatabaseTooNew, DatabaseReadOnly, DatabaseLocked, DatabaseCorrupt,
        DiskFull, StorageError: the file cannot be used, and was left as it is.
    """
    from fusion_memory.storage.sqlite.connection import Opening
    from fusion_memory.storage.sqlite.database import SqliteDatabase

    opening = Opening(
        path=_file_of(target),
        key=key or None,
        busy_timeout_s=busy_timeout_s,
        read_only=read_only,
        vfs=vfs,
        synchronous=synchronous,
    )
    return SqliteDatabase(opening, vector_memory_mb << 20)


def restore(
    backup: str | Path, target: str | Path, *, key: str | None = None, busy_timeout_s: float = 10.0
) -> Path | None:
    """Put a verified backup in the place of a database; the file that was there, kept aside, or None.

    Raises:
        BackupInvalid: the backup failed verification; nothing was changed.
        DatabaseLocked: another process has the database open; nothing was changed.
    """
    from fusion_memory.storage.sqlite import restoring

    place, source = _file_of(target), _file_of(backup)
    if place is None or source is None:
        raise InvalidSetting("A backup is restored from a file into a file, not into memory.", fix="name two files")
    return restoring.restore(source, place, key or None, busy_timeout_s)


def schema_state(target: str | Path, *, key: str | None = None) -> SchemaState:
    """How old the schema of a database is; nothing is changed.

    Raises:
        NotADatabase, WrongKey, DatabaseTooNew, StorageError: it cannot be told.
    """
    from fusion_memory.storage.sqlite import schema
    from fusion_memory.storage.sqlite.connection import Opening

    version = schema.version_of(Opening(_file_of(target), key or None))
    due = schema.migrations()[version:] if version else ()
    return SchemaState(version, schema.latest(), tuple(step.name for step in due))


def rekey(target: str | Path, old: str | None, new: str | None, *, busy_timeout_s: float = 10.0) -> None:
    """Encrypt a database, encrypt it anew, or with no new key decrypt it; see :mod:`.sqlite.rekeying`.

    Raises:
        InvalidSetting: it is kept in memory.
        NotFound, InvalidOption, WrongKey, DatabaseLocked, BackupInvalid: nothing was changed.
    """
    from fusion_memory.storage.sqlite import rekeying

    place = _file_of(target)
    if place is None:
        raise InvalidSetting("A database in memory is not encrypted.", fix="keep it in a file: storage.path")
    rekeying.rekey(place, old or None, new or None, busy_timeout_s)


def _file_of(target: str | Path) -> Path | None:
    text = str(target)
    if text == MEMORY:
        return None
    if "://" in text:
        scheme = text.partition("://")[0]
        raise InvalidSetting(
            f"A database at {scheme}:// is not served.",
            why="Memories are kept in one SQLite file; no server is supported.",
            fix="pass the path of a file, or :memory:",
        )
    if not text.strip() or "\0" in text:
        raise InvalidSetting("The database has no file name.", why="The path is empty.", fix="pass --db PATH")
    return Path(text).expanduser().absolute()
