"""Encrypt, decrypt or encrypt anew: a verified copy under another key takes the place of the database.

At every moment there is one whole file under one key. This file must not know any table.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import apsw

from fusion_memory.core.errors import DatabaseLocked, InvalidOption, NotFound
from fusion_memory.storage.sqlite.connection import CIPHER, Opening
from fusion_memory.storage.sqlite.copying import partial, put_in_place, verify
from fusion_memory.storage.sqlite.failures import named


def rekey(file: Path, old: str | None, new: str | None, busy_timeout_s: float) -> None:
    """Put the database under another key; None means not encrypted.

    The file that was there is gone from the folder, not from the disk's free blocks.

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
    _fold_journals(file, old, busy_timeout_s)
    with named(file), partial(file) as part:
        shutil.copyfile(file, part)
        _change(part, old, new)
        verify(part, new)
        put_in_place(part, file)


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


def _fold_journals(file: Path, key: str | None, busy_timeout_s: float) -> None:
    """Leave write-ahead logging, which needs the file alone: nobody else may have it open."""
    connection = Opening(file, key, busy_timeout_s).connect(create=False)
    try:
        with named(file, key):
            try:
                connection.pragma("journal_mode", "delete")
            except apsw.BusyError as error:
                raise DatabaseLocked(
                    f"{file} is in use.",
                    why="Another process, or this one, has the database open.",
                    fix="close it, then call again",
                ) from error
    finally:
        connection.close()
