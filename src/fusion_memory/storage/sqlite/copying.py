"""Copies of the database that can be trusted: taken online, verified, durable, then named.

A copy appears under its final name only after it passed the checks and reached the disk. This file
must not know any table.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from fusion_memory.core.errors import BackupInvalid, InvalidOption, StorageError
from fusion_memory.storage.sqlite.connection import APPLICATION_ID, Opening
from fusion_memory.storage.sqlite.failures import SQLITE_HEADER, named
from fusion_memory.storage.sqlite.schema import latest

BACKUPS = "backups"
"""The folder of backups beside a database."""

_JOURNALS = ("-journal", "-wal", "-shm")


def back_up(source: apsw.Connection, opening: Opening, target: Path) -> None:
    """Copy the database of ``source`` to ``target``, replacing an older backup there.

    Raises:
        InvalidOption: the target is the database itself, a folder, or a file of another kind.
        BackupInvalid: the copy failed verification; the target is as it was.
    """
    if opening.path is None and opening.key:
        raise InvalidOption(
            "A database in memory is not encrypted, so its backup would not be either.",
            fix="open it without a key, or keep it in a file",
        )
    target = target.expanduser().absolute()
    _require_replaceable(target, opening.path)
    with named(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_verified(source, target, opening.key)


def keep(opening: Opening, version: int) -> None:
    """Back a database up beside its file before its schema changes."""
    if opening.path is None or opening.vfs is not None:
        return
    reader = opening.connect(create=False)
    try:
        target = opening.path.with_name(f"{opening.path.name}.schema-{version}.backup")
        with named(target):
            copy_verified(reader, target, opening.key)
    finally:
        reader.close()


def copy_verified(source: apsw.Connection, target: Path, key: str | None) -> None:
    """Copy, verify, sync to the disk, then give the copy its name in one step."""
    with partial(target) as part:
        copy = Opening(part, key).connect()
        try:
            with copy.backup("main", source, "main") as backup:
                backup.step(-1)
            copy.pragma("journal_mode", "delete")
        finally:
            copy.close()
        verify(part, key)
        put_in_place(part, target)


@contextmanager
def partial(target: Path) -> Iterator[Path]:
    """A private unfinished file beside the target; gone afterwards unless it was put in place."""
    part = target.with_name(f"{target.name}.partial-{os.getpid()}")
    os.close(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600))
    try:
        yield part
    finally:
        for leftover in (part, *(part.with_name(part.name + suffix) for suffix in _JOURNALS)):
            leftover.unlink(missing_ok=True)


def put_in_place(part: Path, target: Path) -> None:
    """Sync a finished file and rename it; after a power cut there is the old file or the new one."""
    sync(part)
    part.replace(target)
    sync(target.parent)


def verify(file: Path, key: str | None) -> int:
    """Check that a file is a sound database of ours; its schema version.

    Raises:
        BackupInvalid: it is not.
    """
    try:
        connection = Opening(file, key, read_only=True).connect()
        try:
            with named(file, key):
                return _verify(connection, file)
        finally:
            connection.close()
    except StorageError as error:
        if isinstance(error, BackupInvalid):
            raise
        raise BackupInvalid(f"{file} failed verification: {error.what}", why=error.why) from error


def copies_near(database: Path) -> int:
    """How many other files of ours stand beside a database and in the folder of backups: copies, as far as known.

    Encrypted ones are told by the names that this program gives them.
    """
    places = (database.parent, database.parent / BACKUPS)
    found = [file for place in places if place.is_dir() for file in sorted(place.iterdir()) if file.is_file()]
    return sum(file != database and _is_copy(file, database.name) for file in found)


def _is_copy(file: Path, name: str) -> bool:
    if file.name.startswith((f"{name}.schema-", f"{name}.replaced-")) and not file.name.endswith(_JOURNALS):
        return True
    try:
        with file.open("rb") as opened:
            return _is_ours(opened.read(72)) or (file.parent.name == BACKUPS and file.suffix == ".db")
    except OSError:
        return False


def _is_ours(head: bytes) -> bool:
    return head.startswith(SQLITE_HEADER) and head[68:72] == APPLICATION_ID.to_bytes(4, "big")


def sync(place: Path) -> None:
    """Force a file, or a folder's entries, to the disk."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _verify(connection: apsw.Connection, file: Path) -> int:
    if connection.pragma("application_id") != APPLICATION_ID:
        raise BackupInvalid(f"{file} is no backup of a Fusion Memory database.")
    version = int(connection.pragma("user_version"))
    if not 1 <= version <= latest():
        raise BackupInvalid(f"{file} has schema {version}; this version of Fusion Memory knows {latest()}.")
    problem = connection.pragma("integrity_check")
    if problem != "ok":
        raise BackupInvalid(f"{file} is damaged: {problem}.")
    return version


def _require_replaceable(target: Path, database: Path | None) -> None:
    if target.is_dir():
        raise InvalidOption(f"{target} is a folder.", fix="name a file")
    if not target.exists():
        return
    if database is not None and target.samefile(database):
        raise InvalidOption("The backup would replace the database itself.", fix="name another file")
    with named(target), target.open("rb") as file:
        head = file.read(72)
    if head and not _is_ours(head):
        raise InvalidOption(
            f"{target} exists and is not an unencrypted backup.",
            why="A backup replaces only an older backup that can be recognised.",
            fix="name another file, or remove this one first",
        )
