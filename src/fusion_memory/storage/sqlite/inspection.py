"""What the database says of its own health, and how erased content leaves its files.

This file must not repair anything.
"""

from __future__ import annotations

from collections.abc import Callable

import apsw

from fusion_memory.core.errors import DatabaseCorrupt, DatabaseLocked
from fusion_memory.storage.interface import Row
from fusion_memory.storage.sqlite.transaction import SqliteTransaction

_SOUND = "ok"
_CHECKS: tuple[tuple[str, Callable[[Row], str]], ...] = (
    ("integrity_check", lambda row: str(row[0])),
    ("foreign_key_check", lambda row: f"{row[0]} row {row[1]} refers to a missing {row[2]} row"),
    (
        "keyword_miscounts",
        lambda row: (
            f"keyword index of owner {row[0]}: {row[1]} spans, {row[2]} terms counted; {row[3]}, {row[4]} held"
        ),
    ),
)


def problems(tx: SqliteTransaction) -> list[str]:
    """Damaged pages, dangling references, and a keyword index that disagrees with its texts."""
    found: list[str] = []
    for check, told in _CHECKS:
        try:
            found += [told(row) for row in tx.rows(check)]
        except DatabaseCorrupt as error:  # damage so bad that the check itself cannot go on
            found.append(f"{check}: {error.what}")
    return [problem for problem in found if problem != _SOUND]


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
    # SQLite does not sync the cut. One more commit does, so that a power cut cannot bring the old log back.
    connection.pragma("user_version", connection.pragma("user_version"))
