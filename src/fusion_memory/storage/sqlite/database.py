"""The embedded database: one writer, many readers, one file.

Readers take a connection from a pool and see a snapshot; the writer has a connection of its own and
waits for its turn among threads (a lock) and processes (SQLite's lock). A database in memory has a
single connection, which its users take in turns. This file must not know any table.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, RLock, get_ident

import apsw

from fusion_memory.core.errors import DatabaseLocked, DatabaseReadOnly, ServiceClosed, StorageError
from fusion_memory.storage.interface import KeywordIndex, VectorIndex, Watch
from fusion_memory.storage.sqlite import copying, inspection, scrubbing
from fusion_memory.storage.sqlite.columns import ColumnStore
from fusion_memory.storage.sqlite.connection import Opening, settle
from fusion_memory.storage.sqlite.failures import named
from fusion_memory.storage.sqlite.keyword import SqliteKeywordIndex
from fusion_memory.storage.sqlite.schema import STATEMENTS, bring_up_to_date, create_private, look_before_opening
from fusion_memory.storage.sqlite.transaction import SqliteTransaction
from fusion_memory.storage.sqlite.vectors import SqliteVectorIndex
from fusion_memory.storage.sqlite.watching import CommitWatch

_IDLE_READERS = 8


class SqliteDatabase:
    """A durable store on one SQLite file; safe to share between threads.

    Args:
        opening: the file and how to open it.
        vector_bytes: what vector indexes may hold in memory.

    Raises:
        StorageError: one of its kinds, when the file cannot be used; it was left as it is.
    """

    def __init__(self, opening: Opening, vector_bytes: int) -> None:
        columns = ColumnStore()
        self.keyword: KeywordIndex = SqliteKeywordIndex(columns)
        self.vectors: VectorIndex = SqliteVectorIndex(columns, vector_bytes)
        self._opening = opening
        self._process = os.getpid()
        self._closed = False
        self._turn = RLock() if opening.path is None else Lock()
        self._writing_thread: int | None = None
        self._pool_lock = Lock()
        self._idle: list[apsw.Connection] = []
        self._writer = self._open_first()
        self._may_write = not (opening.read_only or self._writer.readonly("main"))

    @property
    def path(self) -> Path | None:
        """The file, or None in memory."""
        return self._opening.path

    @contextmanager
    def read(self) -> Iterator[SqliteTransaction]:
        """A consistent snapshot for reading.

        In memory there is one connection: other threads wait, and a write inside the block is seen.
        """
        self._require_usable()
        if self.path is None:
            with self._my_turn():
                yield from self._transact(self._writer, None, writable=False)
            return
        connection = self._take_reader()
        try:
            yield from self._transact(connection, "begin_read", writable=False)
        finally:
            self._give_back(connection)

    @contextmanager
    def write(self) -> Iterator[SqliteTransaction]:
        """The single writer's transaction; commits when the block ends, rolls back when it raises.

        Raises:
            DatabaseLocked: another writer kept the lock longer than the busy timeout.
            DatabaseReadOnly: the file or its folder cannot be written.
            RuntimeError: this thread is already inside a write; transactions do not nest.
        """
        self._require_usable()
        if not self._may_write:
            raise DatabaseReadOnly(f"{self.path} was opened for reading only or is not writable.")
        self._forbid_nesting()
        with self._my_turn():
            self._writing_thread = get_ident()
            try:
                yield from self._transact(self._writer, "begin_write", writable=True)
            finally:
                self._writing_thread = None

    def backup(self, target: Path) -> None:
        """A verified copy of the whole database in a file of its own, taken while it is in use.

        Raises:
            InvalidOption: the target is the database itself or a folder.
            BackupInvalid: the copy did not verify; the target is as it was.
        """
        self._require_usable()
        if self.path is None:
            with self._my_turn():
                copying.back_up(self._writer, self._opening, target)
            return
        connection = self._take_reader()
        try:
            copying.back_up(connection, self._opening, target)
        finally:
            self._give_back(connection)

    def check(self) -> list[str]:
        """Problems found in pages, references and the keyword index; empty when it is sound."""
        with self.read() as tx, named(self.path):
            return inspection.problems(tx)

    def watch(self) -> Watch:
        """Something that tells cheaply whether anybody has written; in memory it always says so."""
        self._require_usable()
        return CommitWatch(self._opening)

    def scrub(self) -> None:
        """Make erased content unrecoverable from the database's own files.

        Raises:
            DatabaseLocked: a reader kept its snapshot, or others wrote on, longer than the busy timeout.
        """
        self._require_usable()
        if self.path is None or not self._may_write:
            return
        self._forbid_nesting()
        with self._my_turn(), named(self.path):
            scrubbing.scrub(self._writer, self._opening)

    def beside(self, suffix: str) -> Path | None:
        """Where a file that belongs to the database stands; None in memory and on a simulated disk."""
        path = self.path
        return None if path is None or self._opening.vfs is not None else path.with_name(path.name + suffix)

    def copies(self) -> int:
        """How many copies of the database stand in its folder and the backup folder below."""
        place = self.beside("")
        return 0 if place is None else copying.copies_near(place)

    def size_bytes(self) -> int:
        """Bytes on disk, journal included; of a database in memory, its pages."""
        self._require_usable()
        if self.path is None or self._opening.vfs is not None:
            with self._my_turn(), named(self.path):
                return int(self._writer.pragma("page_count")) * int(self._writer.pragma("page_size"))
        sizes = 0
        for suffix in ("", "-wal", "-journal"):
            with suppress(FileNotFoundError):
                sizes += self.path.with_name(self.path.name + suffix).stat().st_size
        return sizes

    def close(self) -> None:
        """Release the files. Blocks that are still open end normally."""
        if self._closed or self._process != os.getpid():
            return
        with self._my_turn():
            self._closed = True
            with self._pool_lock:
                idle, self._idle = self._idle, []
            for connection in (*idle, self._writer):
                connection.close()

    def _open_first(self) -> apsw.Connection:
        opening = self._opening
        look_before_opening(opening)
        if opening.path is not None and opening.vfs is None and not opening.read_only:
            create_private(opening.path)
        connection = opening.connect()
        try:
            bring_up_to_date(connection, opening, lambda version: copying.keep(opening, version))
            with named(opening.path, opening.key):
                settle(connection, opening.synchronous)
        except BaseException:
            connection.close()
            raise
        return connection

    def _transact(
        self, connection: apsw.Connection, begin: str | None, *, writable: bool
    ) -> Iterator[SqliteTransaction]:
        """One transaction as a generator: begins, hands out, then commits or rolls back."""
        uncommitted = connection.in_transaction or writable
        if begin:
            with named(self.path):
                connection.execute(STATEMENTS[begin])
        tx = SqliteTransaction(connection, STATEMENTS, self.path, writable=writable, sees_uncommitted=uncommitted)
        try:
            if begin == "begin_read":
                tx.rows("schema_objects")  # the snapshot is taken by the first read, so take it now
            yield tx
            tx.end()
            if writable:
                with named(self.path):
                    connection.execute(STATEMENTS["commit"])
        finally:
            tx.end()
            if begin and connection.in_transaction:
                with suppress(apsw.Error):  # the failure that led here is the one to report
                    connection.execute(STATEMENTS["rollback"])

    def _take_reader(self) -> apsw.Connection:
        with self._pool_lock:
            if self._idle:
                return self._idle.pop()
        connection = self._opening.connect(create=False)
        with named(self.path, self._opening.key):
            settle(connection, self._opening.synchronous)
            connection.pragma("query_only", True)
        return connection

    def _give_back(self, connection: apsw.Connection) -> None:
        with self._pool_lock:
            if not (self._closed or connection.in_transaction) and len(self._idle) < _IDLE_READERS:
                self._idle.append(connection)
                return
        connection.close()

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=self._opening.busy_timeout_s):
            raise DatabaseLocked(
                "The database is locked by another thread.",
                why="Another thread of this process held it for longer than storage.busy_timeout_s.",
            )
        try:
            yield
        finally:
            self._turn.release()

    def _forbid_nesting(self) -> None:
        if self._writing_thread == get_ident():
            raise RuntimeError("this thread is already inside a write transaction; pass its tx on instead")

    def _require_usable(self) -> None:
        if self._closed:
            raise ServiceClosed("The database is closed.")
        if self._process != os.getpid():
            raise StorageError(
                "The database was opened before this process was forked.",
                why="SQLite connections must not cross a fork: they would corrupt the file.",
                fix="open the database in the child process",
            )
