"""Which of an owner's spans a search may see, as masks over the owner's ordinals.

The narrowing ids and roles are posting lists of their own, times stand in columns by ordinal, tiers and the
archive are held by ordinal: a filter is evaluated before anything is ranked, so it never starves a result.
Only what it picks by metadata, trust, origin or type of fact is tested on candidates, best first,
until enough have passed. This file must not know how anything ranks.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from fusion_memory.storage.bm25 import Mask
from fusion_memory.storage.interface import IndexEntry, SpanFilter, Transaction
from fusion_memory.storage.sqlite import postings
from fusion_memory.storage.sqlite.columns import Columns
from fusion_memory.storage.sqlite.kept import KeptStore


def labels_of(entry: IndexEntry, role: str) -> list[str]:
    """The keys under which a span is found by its narrowing ids and its role."""
    named = (("s", entry.session_id), ("a", entry.agent_id), ("r", entry.run_id), ("p", entry.app_id))
    return [label(kind, value) for kind, value in named if value is not None] + [label("o", role)]


@lru_cache(maxsize=65_536)
def label(kind: str, value: str) -> str:
    """The key of one narrowing id: no term looks like it, for a term holds no '='."""
    return f"{kind}={blake2b(value.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"


def narrows(where: SpanFilter) -> bool:
    """Whether a filter restricts anything beside what it picks."""
    times = (where.since_ms, where.until_ms, where.as_of_ms)
    kept = bool(where.tiers) or where.hide_archived
    return kept or bool(_label_groups(where)) or any(bound is not None for bound in times)


def allowed(tx: Transaction, where: SpanFilter, columns: Columns, kept: KeptStore) -> Mask | None:
    """Which ordinals pass everything but what is picked, shape (len(columns),); None when all do."""
    if not narrows(where):
        return None
    mask = _in_time(columns, where)
    for keys in _label_groups(where):
        group = np.zeros(len(columns), dtype=np.bool_)
        for entries in postings.read(tx, where.owner_no, keys).values():
            group[entries["ordinal"]] = True
        mask &= group
    if where.tiers or where.hide_archived:
        kept.narrow(tx, where, mask)
    return mask


def picked(tx: Transaction, where: SpanFilter, span_nos: Sequence[int]) -> set[int]:
    """Which of the given spans have the metadata, trust, origin and type of fact asked for."""
    rows = tx.rows(
        "spans_picked",
        owner_no=where.owner_no,
        span_nos=list(span_nos),
        metadata=json.dumps(dict(where.metadata), ensure_ascii=False, sort_keys=True),
        trusts=list(where.trusts),
        any_trust=not where.trusts,
        origins=list(where.origins),
        any_origin=not where.origins,
        types=list(where.types),
        any_type=not where.types,
    )
    return {row[0] for row in rows}


def _label_groups(where: SpanFilter) -> list[list[str]]:
    """Keys that are alternatives of one another; a span must have one of every group."""
    single = (("a", where.agent_id), ("r", where.run_id), ("p", where.app_id))
    groups = [[label("s", s) for s in where.session_ids], [label("o", role) for role in where.roles]]
    groups += [[label(kind, value)] for kind, value in single if value is not None]
    return [group for group in groups if group]


def _in_time(columns: Columns, where: SpanFilter) -> Mask:
    mask = np.ones(len(columns), dtype=np.bool_)
    if where.since_ms is not None:
        mask &= columns.said_at >= where.since_ms
    if where.until_ms is not None:
        mask &= columns.said_at < where.until_ms
    if where.as_of_ms is not None:
        mask &= columns.recorded_at <= where.as_of_ms
    return mask
