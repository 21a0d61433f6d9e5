"""How one connection to the file is opened and configured, and how long it waits for others.

Everything that makes a commit durable and an erasure real is set here, once, for every connection.
This file must not know any table.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from pathlib import Path

import apsw

from fusion_memory.storage.sqlite.failures import named

APPLICATION_ID = 0x464D656D  # "FMem" at byte 68 of the file: tells our files from other applications' ones
CIPHER = "aegis"  # authenticated, and 2.7 times as fast as ChaCha20-Poly1305 where measured (ADR 3)

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.0005, 0.02
_CACHE_KIB = 16_384
_WAL_LIMIT_BYTES = 64 << 20
_STATEMENTS_CACHED = 256


@dataclass(frozen=True, slots=True)
class Opening:
    """What it takes to open the database again: the file (None: in memory), its key, how to wait."""

    path: Path | None
    key: str | None = None
    busy_timeout_s: float = 10.0
    read_only: bool = False
    vfs: str | None = None
    synchronous: str = "FULL"

    def connect(self, *, read_only: bool = False, create: bool = True) -> apsw.Connection:
        """A configured connection; nothing has been read from the file yet.

        Raises:
            StorageError: the file cannot be opened.
        """
        with named(self.path, self.key):
            connection = apsw.Connection(
                ":memory:" if self.path is None else str(self.path),
                flags=self._flags(read_only=read_only, create=create),
                vfs=self.vfs,
                statementcachesize=_STATEMENTS_CACHED,
            )
            if self.key and self.path is not None:
                connection.pragma("cipher", CIPHER)
                connection.pragma("key", self.key)
            configure(connection, self.busy_timeout_s)
        return connection

    def _flags(self, *, read_only: bool, create: bool) -> int:
        if read_only or self.read_only:
            return apsw.SQLITE_OPEN_READONLY
        return apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)


class Patience:
    """Waits for a lock with growing, jittered pauses until the timeout: a busy handler of SQLite.

    The jitter keeps waiting processes from knocking at the same moments; a fixed pause starves some.
    """

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._deadline = 0.0

    def __call__(self, tries: int) -> bool:
        """Sleep before try number ``tries`` (from 0); False when the time is up."""
        now = time.monotonic()
        if tries == 0:
            self._deadline = now + self._timeout_s
        if now >= self._deadline:
            return False
        pause = min(_FIRST_WAIT_S * 2 ** min(tries, 10), _LONGEST_WAIT_S)
        time.sleep(min(random.uniform(0.3, 1.0) * pause, self._deadline - now))  # noqa: S311 (not a secret)
        return True


def configure(connection: apsw.Connection, busy_timeout_s: float) -> None:
    """Set what holds for every connection and reads nothing from the file."""
    connection.set_busy_handler(Patience(busy_timeout_s))
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DML, 0)
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DDL, 0)
    # Until the file is known to be ours, closing must not touch it.
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    connection.pragma("trusted_schema", False)
    connection.pragma("cell_size_check", True)
    connection.pragma("foreign_keys", True)
    connection.pragma("temp_store", 2)


def settle(connection: apsw.Connection, synchronous: str) -> None:
    """Set what reads the file or concerns writing, once it is known to be ours and its schema current."""
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
    connection.pragma("synchronous", synchronous)
    connection.pragma("fullfsync", True)  # macOS keeps synced writes in the drive's cache unless told otherwise
    connection.pragma("secure_delete", True)
    connection.pragma("journal_size_limit", _WAL_LIMIT_BYTES)
    connection.pragma("cache_size", -_CACHE_KIB)


def use_wal(connection: apsw.Connection, busy_timeout_s: float) -> None:
    """Switch the file to write-ahead logging, waiting for other processes that are opening it.

    SQLite does not call the busy handler for this step, so the waiting is done here.
    """
    patience, tries = Patience(busy_timeout_s), 0
    while connection.pragma("journal_mode") != "wal":
        try:
            connection.pragma("journal_mode", "wal")
        except apsw.BusyError:
            if not patience(tries):
                raise
            tries += 1
