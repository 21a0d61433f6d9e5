"""Encrypt, decrypt or encrypt anew: a verified copy under another key takes the place of the database.

At every moment there is one whole file under one key. From the copy to the change of places nobody else can write,
and whoever had the old file open by then finds it blank: nothing is acknowledged that would be lost with it. This
file must not know any table.
"""

from __future__ import annotations

import os
from pathlib import Path

import apsw

from fusion_memory.core.errors import DatabaseLocked, InvalidOption, NotFound
from fusion_memory.storage.sqlite.connection import CIPHER, Opening
from fusion_memory.storage.sqlite.copying import partial, put_in_place, verify
from fusion_memory.storage.sqlite.failures import named
from fusion_memory.storage.sqlite.schema import STATEMENTS

BLANK = bytes(1 << 20)


def rekey(file: Path, old: str | None, new: str | None, busy_timeout_s: float) -> None:
    """Put the database under another key; None means not encrypted.

    Raises:
        NotFound: there is no database at that place.
        InvalidOption: both keys are the same.
        WrongKey: the old key does not open it; nothing was changed.
        DatabaseLocked: it is open elsewhere; nothing was changed.
        BackupInvalid: the copy failed verification; nothing was changed.
    """
    if not file.is_file():
        raise NotFound(f"There is no database at {file}.", why="It is made when something is first stored.")
    if (old or "") == (new or ""):
        raise InvalidOption("The new key is the old one.", fix="give another key, or --decrypt")
    with named(file):
        former = os.open(file, os.O_RDWR)  # closed last: to close it gives the locks of this process up
    held = _held_alone(file, old, busy_timeout_s)
    try:
        with named(file), partial(file) as part:
            _copy(held, part, old)
            _change(part, old, new)
            verify(part, new)
            if os.name == "nt":
                held.close()  # a file that is open cannot be replaced there
            put_in_place(part, file)
            _blank(former)
    finally:
        held.close()
        os.close(former)


def _held_alone(file: Path, key: str | None, busy_timeout_s: float) -> apsw.Connection:
    """A connection that nobody can read or write beside: the write-ahead log folded in, the file locked."""
    connection = Opening(file, key, busy_timeout_s).connect(create=False)
    try:
        with named(file, key):
            try:
                connection.pragma("journal_mode", "delete")
                connection.pragma("locking_mode", "exclusive")  # kept after the transaction that takes it
                connection.execute(STATEMENTS["begin_alone"])
                connection.execute(STATEMENTS["commit"])
            except apsw.BusyError as error:
                raise DatabaseLocked(
                    f"{file} is in use.",
                    why="Another process, or this one, has the database open.",
                    fix="close it, then call again",
                ) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _copy(held: apsw.Connection, part: Path, key: str | None) -> None:
    copy = Opening(part, key).connect()
    try:
        with copy.backup("main", held, "main") as backup:
            backup.step(-1)
    finally:
        copy.close()


def _change(part: Path, old: str | None, new: str | None) -> None:
    connection = Opening(part, old).connect(create=False)
    try:
        with named(part, old):
            connection.pragma("journal_mode", "delete")
            if old is None:
                connection.pragma("cipher", CIPHER)
            connection.pragma("rekey", new or "")
    finally:
        connection.close()


def _blank(former: int) -> None:
    """Overwrite the file whose place was taken: it has no name any more, and nothing stays in its blocks."""
    left = os.fstat(former).st_size
    os.lseek(former, 0, os.SEEK_SET)
    while left > 0:
        left -= os.write(former, BLANK[:left])
    os.fsync(former)
