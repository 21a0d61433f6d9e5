"""Which of an owner's spans a search may see, as masks over the owner's ordinals.

The narrowing ids and roles are posting lists of their own, times stand in columns by ordinal: a
filter is evaluated before anything is ranked, so it never starves a result. Only metadata is tested
on candidates, best first, until enough have passed. This file must not know how anything ranks.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from fusion_memory.storage.bm25 import Mask
from fusion_memory.storage.interface import IndexEntry, SpanFilter, Transaction, Value
from fusion_memory.storage.sqlite import postings

COLUMN = np.dtype(
    [("span_no", "<i8"), ("said_at", "<i8"), ("recorded_at", "<i8"), ("thread", "<i8"), ("length", "<u4")]
)
"""What stands in the columns for one ordinal; ``span_no`` is 0 where a span was erased.

``thread`` is the code of the thread, ``length`` the number of terms.
"""

BLOCK_ROWS = 108
"""3,888 bytes: a block fits one page of 4 KiB."""

Columns = NDArray[np.void]


def labels_of(entry: IndexEntry, role: str) -> list[str]:
    """The keys under which a span is found by its narrowing ids and its role."""
    named = (("s", entry.session_id), ("a", entry.agent_id), ("r", entry.run_id), ("p", entry.app_id))
    return [label(kind, value) for kind, value in named if value is not None] + [label("o", role)]


@lru_cache(maxsize=65_536)
def code_of(thread: str) -> int:
    """A thread as a number of 63 bits, so that it stands in a column."""
    return int.from_bytes(blake2b(thread.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1


def label(kind: str, value: str) -> str:
    """The key of one narrowing id: no term looks like it, for a term holds no '='."""
    return f"{kind}={blake2b(value.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"


def narrows(where: SpanFilter) -> bool:
    """Whether a filter restricts anything that :func:`allowed` can tell."""
    ids = where.session_ids or where.roles or where.agent_id or where.run_id or where.app_id
    return bool(ids) or _has_times(where)


def allowed(tx: Transaction, where: SpanFilter, ordinals: int) -> Mask:
    """Which ordinals pass everything but metadata, shape (ordinals,)."""
    mask = np.ones(ordinals, dtype=np.bool_)
    for keys in _label_groups(where):
        group = np.zeros(ordinals, dtype=np.bool_)
        for entries in postings.read(tx, where.owner_no, keys).values():
            group[entries["ordinal"]] = True
        mask &= group
    if _has_times(where):
        mask &= _in_time(read_columns(tx, where.owner_no), where)
    return mask


def read_columns(tx: Transaction, owner_no: int) -> Columns:
    """The columns of all of an owner's ordinals, in order."""
    return np.frombuffer(b"".join(row[1] for row in tx.rows("columns_of", owner_no=owner_no)), COLUMN)


def append_columns(tx: Transaction, owner_no: int, start: int, fresh: Columns) -> None:
    """Write the columns of new ordinals, which begin at ``start``."""
    first = start - start % BLOCK_ROWS
    block = tx.one("columns_from", owner_no=owner_no, first=first)
    blob = (block[2] if block else b"") + fresh.tobytes()
    size = BLOCK_ROWS * COLUMN.itemsize
    if block:
        tx.run("columns_update", block_no=block[0], entries=blob[:size])
        first, blob = first + BLOCK_ROWS, blob[size:]
    inserts: list[dict[str, Value]] = [
        {"owner_no": owner_no, "first": first + at // COLUMN.itemsize, "entries": blob[at : at + size]}
        for at in range(0, len(blob), size)
    ]
    tx.run_many("columns_insert", inserts)


def blank_columns(tx: Transaction, owner_no: int, ordinals: Sequence[int]) -> None:
    """Empty the columns of erased spans."""
    firsts = sorted({ordinal - ordinal % BLOCK_ROWS for ordinal in ordinals})
    gone = np.asarray(ordinals, dtype=np.int64)
    for block_no, first, blob in tx.rows("columns_at", owner_no=owner_no, firsts=firsts):
        columns = np.frombuffer(blob, COLUMN).copy()
        columns[gone[(gone >= first) & (gone < first + BLOCK_ROWS)] - first] = 0
        tx.run("columns_update", block_no=block_no, entries=columns.tobytes())


def span_numbers(tx: Transaction, owner_no: int, ordinals: Sequence[int]) -> list[int]:
    """The span numbers of a few ordinals, in the order given."""
    firsts = sorted({ordinal - ordinal % BLOCK_ROWS for ordinal in ordinals})
    blocks = {
        first: np.frombuffer(blob, COLUMN)["span_no"]
        for _, first, blob in tx.rows("columns_at", owner_no=owner_no, firsts=firsts)
    }
    return [int(blocks[o - o % BLOCK_ROWS][o % BLOCK_ROWS]) for o in ordinals]


def with_metadata(tx: Transaction, where: SpanFilter, span_nos: Sequence[int]) -> set[int]:
    """Which of the given spans have the metadata asked for."""
    wanted = json.dumps(dict(where.metadata), ensure_ascii=False, sort_keys=True)
    rows = tx.rows("spans_with_metadata", owner_no=where.owner_no, span_nos=list(span_nos), metadata=wanted)
    return {row[0] for row in rows}


def _label_groups(where: SpanFilter) -> list[list[str]]:
    """Keys that are alternatives of one another; a span must have one of every group."""
    single = (("a", where.agent_id), ("r", where.run_id), ("p", where.app_id))
    groups = [[label("s", s) for s in where.session_ids], [label("o", role) for role in where.roles]]
    groups += [[label(kind, value)] for kind, value in single if value is not None]
    return [group for group in groups if group]


def _has_times(where: SpanFilter) -> bool:
    return any(bound is not None for bound in (where.since_ms, where.until_ms, where.as_of_ms))


def _in_time(columns: Columns, where: SpanFilter) -> Mask:
    mask = np.ones(len(columns), dtype=np.bool_)
    if where.since_ms is not None:
        mask &= columns["said_at"] >= where.since_ms
    if where.until_ms is not None:
        mask &= columns["said_at"] < where.until_ms
    if where.as_of_ms is not None:
        mask &= columns["recorded_at"] <= where.as_of_ms
    return mask
