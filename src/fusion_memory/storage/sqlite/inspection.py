"""What the database says of its own health, and how erased content leaves its files.

This file must not repair anything.
"""

from __future__ import annotations

import apsw

from fusion_memory.core.errors import DatabaseLocked
from fusion_memory.storage.sqlite.transaction import SqliteTransaction


def problems(tx: SqliteTransaction) -> list[str]:
    """Damaged pages, dangling references, and a keyword index that disagrees with its texts."""
    pages = [str(row[0]) for row in tx.rows("integrity_check") if row[0] != "ok"]
    references = [f"{row[0]} row {row[1]} refers to a missing {row[2]} row" for row in tx.rows("foreign_key_check")]
    counts = [
        f"keyword index of owner {row[0]}: counts {row[1]} spans and {row[2]} terms, holds {row[3]} and {row[4]}"
        for row in tx.rows("keyword_miscounts")
    ]
    return pages + references + counts


def empty_journal(connection: apsw.Connection) -> None:
    """Move everything into the database file and cut the write-ahead log to nothing.

    With ``secure_delete`` the database file itself holds zeroes where erased rows were; what they
    said survives only in the log, until here.

    Raises:
        DatabaseLocked: a reader kept an old snapshot for longer than the timeout.
    """
    try:
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    except apsw.BusyError as error:
        raise DatabaseLocked(
            "Erased content is still in the journal.",
            why="A reader kept its snapshot for longer than storage.busy_timeout_s.",
            fix="end long reads, then call again",
        ) from error
