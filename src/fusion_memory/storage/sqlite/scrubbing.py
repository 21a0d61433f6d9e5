"""How erased content leaves the database's own files: the journal is emptied, stale bytes in pages are zeroed.

A plain file is cleaned in place, while the writer's lock is held and the journal is empty. Nobody interprets the
bytes that are zeroed, so any part of that work that reaches the disk leaves a sound database. Pages of an
encrypted file can only be written whole, by SQLite: they are all made anew (``VACUUM``). This file must not know
any table.
"""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path

import apsw

from fusion_memory.core.errors import DatabaseLocked
from fusion_memory.storage.sqlite.connection import Opening, Patience
from fusion_memory.storage.sqlite.pages import DATABASE_HEADER, Layout, left_behind
from fusion_memory.storage.sqlite.schema import STATEMENTS

_CIPHERS = "multipleciphers-"  # how the encrypting file system names itself, before the one that it wraps
_PAGES_AT_ONCE = 256


def scrub(connection: apsw.Connection, opening: Opening) -> None:
    """Leave no byte of what was erased in the file or its journal. The caller has the writer's turn.

    Raises:
        DatabaseLocked: a reader kept an old snapshot, or others wrote without a pause, longer than the timeout.
    """
    if opening.path is None:
        return
    _empty_journal(connection)
    if opening.key:
        connection.execute(STATEMENTS["compact"])
        _empty_journal(connection)
        _write_nothing(connection)
        return
    patience, tries = Patience(opening.busy_timeout_s), 0
    while not _clean(connection, opening.path):
        if not patience(tries):
            raise _still_there("Other processes wrote without a pause for longer than storage.busy_timeout_s.")
        tries += 1
        _empty_journal(connection)


def _empty_journal(connection: apsw.Connection) -> None:
    """Move everything into the database file and cut the write-ahead log to nothing."""
    try:
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    except apsw.BusyError as error:
        raise _still_there("A reader kept its snapshot for longer than storage.busy_timeout_s.") from error


def _write_nothing(connection: apsw.Connection) -> None:
    """A commit that changes nothing.

    SQLite does not sync the cut of the log; the next commit does, so that a power cut cannot bring the old log
    back. It also tells every other connection that the pages it remembers are out of date.
    """
    connection.pragma("user_version", connection.pragma("user_version"))


def _clean(connection: apsw.Connection, path: Path) -> bool:
    """Zero what pages hold beside their rows; False when it has to be begun again with an empty journal."""
    connection.pragma("shrink_memory")  # forget pages as they were: they would be written back
    connection.execute(STATEMENTS["begin_write"])
    try:
        done = _journal_is_empty(path) and _clean_file(connection.open_vfs.removeprefix(_CIPHERS), path)
        if done:
            _write_nothing(connection)
            connection.execute(STATEMENTS["commit"])
        return done
    finally:
        if connection.in_transaction:
            with suppress(apsw.Error):  # the failure that led here is the one to report
                connection.execute(STATEMENTS["rollback"])


def _journal_is_empty(path: Path) -> bool:
    """Whether nothing waits to be copied into the file, so that nobody but us writes to it."""
    try:
        return path.with_name(path.name + "-wal").stat().st_size == 0
    except FileNotFoundError:
        return True


def _clean_file(vfs: str, path: Path) -> bool:
    """Zero in place; False when the first page was among it, which the open transaction remembers as it was.

    The file is opened by SQLite's own file system: it knows that closing a file of this process by other means
    would drop the locks of all its connections.
    """
    flags = apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_READWRITE
    with closing(_File(vfs, path, flags)) as file:
        layout = Layout.of(file.read(0, DATABASE_HEADER), file.size)
        if layout is None:
            return True
        if file.zero(left_behind(file.read(0, layout.page), 0, layout, first=True), 0):
            file.sync()
            return False
        if _clean_pages(file, layout):
            file.sync()
    return True


def _clean_pages(file: _File, layout: Layout) -> int:
    """Zero what the pages after the first hold beside their rows; how many pages that were."""
    cleaned, step = 0, layout.page * _PAGES_AT_ONCE
    for offset in range(0, file.size, step):
        content = file.read(offset, min(step, file.size - offset))
        for start in range(0, len(content) - layout.page + 1, layout.page):
            number = (offset + start) // layout.page + 1
            if number > 1 and layout.holds_rows(number):
                cleaned += file.zero(left_behind(content, start, layout), offset)
    return cleaned


class _File:
    """The database file itself, read and written beside SQLite's connections."""

    def __init__(self, vfs: str, path: Path, flags: int) -> None:
        self._file = apsw.VFSFile(vfs, str(path.absolute()), [flags, 0])
        self.size = self._file.xFileSize()

    def read(self, offset: int, amount: int) -> bytes:
        return self._file.xRead(amount, offset)

    def zero(self, places: list[tuple[int, int]], offset: int) -> bool:
        """Zero (from, to) relative to an offset; whether there was anything to do."""
        for begin, end in places:
            self._file.xWrite(bytes(end - begin), offset + begin)
        return bool(places)

    def sync(self) -> None:
        self._file.xSync(apsw.SQLITE_SYNC_FULL)

    def close(self) -> None:
        self._file.xClose()


def _still_there(why: str) -> DatabaseLocked:
    return DatabaseLocked(
        "Erased content is still in the journal.", why=why, fix="end long reads and writes, then call again"
    )
