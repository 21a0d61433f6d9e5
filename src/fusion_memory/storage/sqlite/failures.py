"""Every way SQLite can fail, as the named errors that the rest of the house knows.

This file must not touch a database: it only translates, and looks at the first bytes of a file.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from fusion_memory.core.errors import (
    DatabaseCorrupt,
    DatabaseLocked,
    DatabaseReadOnly,
    DiskFull,
    FusionMemoryError,
    NotADatabase,
    StorageError,
    WrongKey,
)

SQLITE_HEADER = b"SQLite format 3\0"
_SECTOR = 512

_NAMED: tuple[tuple[type[apsw.Error], type[StorageError]], ...] = (
    (apsw.BusyError, DatabaseLocked),
    (apsw.LockedError, DatabaseLocked),
    (apsw.ReadOnlyError, DatabaseReadOnly),
    (apsw.PermissionsError, DatabaseReadOnly),
    (apsw.FullError, DiskFull),
    (apsw.CorruptError, DatabaseCorrupt),
)


@contextmanager
def named(path: Path | None, key: str | None = None) -> Iterator[None]:
    """Turn a driver's or the operating system's failure inside the block into a named error."""
    try:
        yield
    except apsw.Error as error:
        raise name(error, path, key) from error
    except OSError as error:
        raise name_os(error, path) from error


def name(error: apsw.Error, path: Path | None, key: str | None = None) -> FusionMemoryError:
    """The named error for a failure of SQLite."""
    where = str(path or "the in-memory database")
    for kind, named_kind in _NAMED:
        if isinstance(error, kind):
            return named_kind(f"{_headline(named_kind)} ({where})")
    if isinstance(error, apsw.NotADBError):
        return not_a_database(path, key)
    if isinstance(error, apsw.IOError) and _is_full(error):
        return DiskFull(f"{_headline(DiskFull)} ({where})")
    if isinstance(error, apsw.CantOpenError):
        return _cannot_open(path)
    if isinstance(error, apsw.IOError):
        return StorageError(
            f"Reading or writing {where} failed: {error}.",
            why="The disk or its file system reported an error; the transaction was rolled back.",
            fix="check the disk, then fusion-memory doctor",
        )
    return StorageError(f"The database refused: {error}.")


def name_os(error: OSError, path: Path | None) -> FusionMemoryError:
    """The named error for a failure of the operating system."""
    where = str(error.filename or path or "the file")
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(f"{_headline(DiskFull)} ({where})")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return DatabaseReadOnly(f"{where} cannot be written.")
    reason = error.strerror or str(error)
    return StorageError(
        f"{where}: {reason}.", why="The operating system refused the file.", fix="choose another file"
    )


def not_a_database(path: Path | None, key: str | None) -> StorageError:
    """Tell a wrong key from a file that never was a database, as well as its bytes allow."""
    where, head, size = str(path), b"", 0
    if path is not None and path.is_file():
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_SECTOR)
    if key and head.startswith(SQLITE_HEADER):
        return WrongKey(
            f"{where} is not encrypted, but a key was given.",
            why="A key opens only a database that was made with one.",
            fix="unset FUSION_MEMORY_STORAGE_KEY, or choose another file with --db PATH",
        )
    sealed = size > 0 and size % _SECTOR == 0 and not _is_text(head)
    if key and sealed:
        return WrongKey(f"{where} cannot be decrypted with this key.", why="The key is wrong or the file damaged.")
    if sealed:
        return NotADatabase(
            f"{where} is not a Fusion Memory database.",
            why="It is another kind of file, or encrypted with a key that was not given.",
            fix="set FUSION_MEMORY_STORAGE_KEY, or choose another file with --db PATH",
        )
    return NotADatabase(f"{where} is not a Fusion Memory database.", why="It is another kind of file.")


def _cannot_open(path: Path | None) -> StorageError:
    if path is not None and path.is_dir():
        return NotADatabase(f"{path} is a folder.", why="A database is a file.")
    if path is not None and path.exists():
        return DatabaseReadOnly(
            f"{path} cannot be opened.", why="The file or its folder does not let this user in."
        )
    return StorageError(
        f"{path} cannot be opened.",
        why="The file or its folder does not exist or is not accessible.",
        fix="choose another file with --db PATH",
    )


def _is_full(error: apsw.IOError) -> bool:
    return getattr(error, "extendedresult", 0) == apsw.SQLITE_IOERR_SHMSIZE


def _is_text(head: bytes) -> bool:
    """Whether bytes look like a text, in UTF-8 or plain ASCII: encrypted pages practically never do."""
    try:
        shown = head.decode("utf-8", "strict") if len(head) < _SECTOR else head[:-4].decode("utf-8", "ignore")
    except UnicodeDecodeError:
        return False
    if len(head) >= _SECTOR and len(shown.encode()) < len(head) - 8:
        return False
    return "\0" not in shown


def _headline(kind: type[StorageError]) -> str:
    return (kind.__doc__ or "").strip().rstrip(".")
