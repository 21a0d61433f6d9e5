"""Is this file ours, how old is its schema, and how it becomes current: the numbered migrations.

One process migrates, under an exclusive lock; the others wait and find the work done. This file
must not know what the tables mean.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import apsw

from fusion_memory.core.errors import DatabaseReadOnly, DatabaseTooNew, NotADatabase
from fusion_memory.storage.sqlite.connection import APPLICATION_ID, Opening, use_wal
from fusion_memory.storage.sqlite.failures import SQLITE_HEADER, named, not_a_database
from fusion_memory.storage.statements import SHARED, load

STATEMENTS = load(SHARED, "sqlite/sql")
PAGE_BYTES = 4096

_VERSION_AT, _APPLICATION_AT, _HEADER_BYTES = 60, 68, 100


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: the version it leads to and its SQL."""

    version: int
    sql: str
    name: str = ""


@cache
def migrations() -> tuple[Migration, ...]:
    """All steps in order; their numbers are 1, 2, 3 without a gap."""
    folder = files(__package__).joinpath("migrations")
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    steps = tuple(
        Migration(int(f.name.partition("_")[0]), f.read_text("utf-8"), f.name.removesuffix(".sql")) for f in found
    )
    if [step.version for step in steps] != list(range(1, len(steps) + 1)):
        raise ValueError("the migrations are not numbered 1, 2, 3 ...")
    return steps


def latest() -> int:
    """The schema version this code understands."""
    return migrations()[-1].version


def version_of(opening: Opening) -> int:
    """The schema version of a file, 0 when there is none or it is empty; nothing is changed.

    Raises:
        NotADatabase, WrongKey, DatabaseTooNew, StorageError: it cannot be told.
    """
    look_before_opening(opening)
    if opening.path is None or not opening.path.exists() or not opening.path.stat().st_size:
        return 0
    connection = opening.connect(read_only=True)
    try:
        with named(opening.path, opening.key):
            return _version_of(connection, opening.path)
    finally:
        connection.close()


def look_before_opening(opening: Opening) -> None:
    """Refuse a file that is surely not ours, or too new, by its first bytes, without touching it.

    Raises:
        NotADatabase, WrongKey, DatabaseTooNew: as the first bytes say.
    """
    path = opening.path
    if path is None or opening.vfs is not None or not path.exists():
        return
    with named(path):
        if path.is_dir():
            raise NotADatabase(f"{path} is a folder.", why="A database is a file.")
        with path.open("rb") as file:
            head = file.read(_HEADER_BYTES)
        crashed = path.with_name(path.name + "-journal").exists()
    if not head or crashed:
        return  # new, or half-created by a process that died: SQLite rolls that back
    plain = head.startswith(SQLITE_HEADER)
    if plain == bool(opening.key):
        raise not_a_database(path, opening.key)
    if plain and _number(head, _APPLICATION_AT) != APPLICATION_ID:
        raise _another_application(path)
    if plain and _number(head, _VERSION_AT) > latest():
        raise _too_new(path, _number(head, _VERSION_AT))


def bring_up_to_date(connection: apsw.Connection, opening: Opening, back_up: Callable[[int], None]) -> None:
    """Create the schema, or apply the steps it lacks; ``back_up`` is called first when there is data.

    Raises:
        NotADatabase, WrongKey, DatabaseTooNew, DatabaseReadOnly, StorageError: left untouched.
    """
    with named(opening.path, opening.key):
        version = _version_of(connection, opening.path)
        writable = not (opening.read_only or connection.readonly("main"))
        if version < latest() and not writable:
            raise DatabaseReadOnly(f"The schema of {opening.path} cannot be brought up to date.")
        if version == 0:
            connection.pragma("page_size", PAGE_BYTES)
            _migrate(connection, opening, "begin_alone", back_up)
        if opening.path is not None and writable:
            use_wal(connection, opening.busy_timeout_s)
        if 0 < version < latest():
            _migrate(connection, opening, "begin_write", back_up)


def create_private(path: Path) -> None:
    """Make the empty file, readable by its owner alone; SQLite's journals inherit these rights."""
    with named(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            return


def _migrate(connection: apsw.Connection, opening: Opening, begin: str, back_up: Callable[[int], None]) -> None:
    """Apply the steps that are missing once the lock is held: another process may have done so meanwhile."""
    connection.execute(STATEMENTS[begin])
    try:
        version = _version_of(connection, opening.path)
        if 0 < version < latest():
            back_up(version)
        for step in migrations()[version:]:
            connection.execute(step.sql)
            connection.pragma("user_version", step.version)
        connection.pragma("application_id", APPLICATION_ID)
        connection.execute(STATEMENTS["commit"])
    except BaseException:
        if connection.in_transaction:
            connection.execute(STATEMENTS["rollback"])
        raise


def _version_of(connection: apsw.Connection, path: Path | None) -> int:
    """The schema version of a database that is ours, or 0 for an empty one."""
    if connection.in_transaction:
        return _version_within(connection, path)
    connection.execute(STATEMENTS["begin_read"])  # another process may be creating it at this moment
    try:
        return _version_within(connection, path)
    finally:
        connection.execute(STATEMENTS["rollback"])


def _version_within(connection: apsw.Connection, path: Path | None) -> int:
    application = int(connection.pragma("application_id"))
    version = int(connection.pragma("user_version"))
    if application == APPLICATION_ID:
        if version > latest():
            raise _too_new(path, version)
        return version
    objects = connection.execute(STATEMENTS["schema_objects"]).fetchall()[0][0]
    if application != 0 or version != 0 or objects:
        raise _another_application(path)
    return 0


def _number(head: bytes, at: int) -> int:
    return int.from_bytes(head[at : at + 4], "big")


def _another_application(path: Path | None) -> NotADatabase:
    return NotADatabase(
        f"{path} is not a Fusion Memory database.", why="It is another application's SQLite database."
    )


def _too_new(path: Path | None, version: int) -> DatabaseTooNew:
    return DatabaseTooNew(f"{path} has schema {version}; this version of Fusion Memory knows {latest()}.")
