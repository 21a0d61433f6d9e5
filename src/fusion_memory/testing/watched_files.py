"""SQLite's own file access with someone watching: every operation is announced before it happens.

A watcher may let it pass, remember it, or raise an SQLite error in its place, which makes disks full,
unreadable or dead. Locks and shared memory are the operating system's, so the write-ahead log works
as in real life. Syncs are announced but not carried out: what they mean is up to the watcher.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from os.path import samestat
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

_BASE = "unix"
_JOURNALS = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL
_NAMES = count(1)


class Watcher:
    """Hears of the operations on the files of a database, by file name. This one lets all pass."""

    def opening(self, name: str, *, create: bool) -> None:
        """A file is about to be opened, and created when it is not there."""

    def reading(self) -> None:
        """Bytes are about to be read."""

    def writing(self, name: str, offset: int, data: bytes) -> None:
        """Bytes are about to be written."""

    def truncating(self, name: str, size: int) -> None:
        """A file's length is about to change."""

    def syncing(self, name: str, *, folder: bool) -> None:
        """A file is being synced, and with it the folder it was created in."""

    def syncing_folder(self) -> None:
        """The folder's names are being synced by themselves."""

    def deleting(self, name: str, *, sync_folder: bool) -> None:
        """A file is about to be deleted."""


def failure(code: int) -> Exception:
    """The error with which SQLite meets a result code of its own, for a watcher to raise."""
    return apsw.exception_for(code)


@contextmanager
def watched(watcher: Watcher) -> Iterator[str]:
    """The name of a file system (the ``vfs`` of ``open_database``) whose operations a watcher hears of."""
    name = f"watched-{next(_NAMES)}"
    vfs = _WatchedVfs(name, watcher)
    sound = os.fsync
    os.fsync = partial(_sync_beside_sqlite, vfs)
    try:
        yield name
    finally:
        os.fsync = sound
        vfs.unregister()


def _sync_beside_sqlite(vfs: _WatchedVfs, handle: FileDescriptorLike) -> None:
    """``os.fsync`` for those who sync a file of the database without asking SQLite."""
    synced = os.fstat(handle if isinstance(handle, int) else handle.fileno())
    for path in filter(Path.exists, vfs.paths):
        if samestat(path.stat(), synced):
            vfs.watcher.syncing(path.name, folder=False)
        elif samestat(path.parent.stat(), synced):
            vfs.watcher.syncing_folder()


class _WatchedVfs(apsw.VFS):
    def __init__(self, name: str, watcher: Watcher) -> None:
        super().__init__(name, _BASE)
        self.watcher = watcher
        self.paths: set[Path] = set()

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 (SQLite's name)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path is None:
            return apsw.VFSFile(_BASE, name, flags)
        self.paths.add(Path(path))
        self.watcher.opening(Path(path).name, create=bool(flags[0] & apsw.SQLITE_OPEN_CREATE))
        return _WatchedFile(name, flags, Path(path).name, self.watcher)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 (SQLite's name)
        self.watcher.deleting(Path(filename).name, sync_folder=syncdir)
        super().xDelete(filename, syncdir)


class _WatchedFile(apsw.VFSFile):
    def __init__(
        self, filename: str | apsw.URIFilename | None, flags: list[int], name: str, watcher: Watcher
    ) -> None:
        super().__init__(_BASE, filename, flags)
        self._name = name
        self._watcher = watcher
        # The first sync of a journal that may be new also syncs its folder: unixSync in os_unix.c.
        self._folder_too = bool(flags[0] & apsw.SQLITE_OPEN_CREATE and flags[0] & _JOURNALS)

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 (SQLite's name)
        self._watcher.reading()
        return super().xRead(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 (SQLite's name)
        self._watcher.writing(self._name, offset, data)
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 (SQLite's name)
        self._watcher.truncating(self._name, newsize)
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802, ARG002 (SQLite's name and arguments)
        self._watcher.syncing(self._name, folder=self._folder_too)
        self._folder_too = False
