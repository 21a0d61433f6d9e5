"""What the database says of its own health.

This file must not repair anything.
"""

from __future__ import annotations

from collections.abc import Callable

from fusion_memory.core.errors import DatabaseCorrupt
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
