"""Posting lists kept in blocks: appended to at the end, read whole, thinned out on erasure.

A list is spread over rows of at most :data:`BLOCK_ENTRIES` entries, so that adding a span rewrites one
page per key and reading a list of 30,000 entries costs 63 rows. This file must not know what a key
stands for nor how documents rank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from fusion_memory.storage.bm25 import ENTRY, Entries
from fusion_memory.storage.interface import Transaction, Value

BLOCK_ENTRIES = 480
"""3,840 bytes: a block and its key fit one page of 4 KiB, so no entry ever spills to another page."""

_BLOCK_BYTES = BLOCK_ENTRIES * ENTRY.itemsize
_KEYS_PER_QUERY = 2_000


def append(tx: Transaction, owner_no: int, lists: Mapping[str, Entries]) -> None:
    """Add entries to the ends of lists; their ordinals are higher than all that are there."""
    updates: list[dict[str, Value]] = []
    inserts: list[dict[str, Value]] = []
    tails = _tails(tx, owner_no, sorted(lists))
    for key in sorted(lists):
        entries = lists[key]
        fresh = entries.tobytes()
        if key in tails:
            block_no, first, kept = tails[key]
            room = _BLOCK_BYTES - len(kept)
            if room > 0:
                updates.append({"block_no": block_no, "entries": kept + fresh[:room]})
                fresh = fresh[room:]
        for start in range(0, len(fresh), _BLOCK_BYTES):
            block = fresh[start : start + _BLOCK_BYTES]
            first = int.from_bytes(block[:4], "little")
            inserts.append({"owner_no": owner_no, "key": key, "first": first, "entries": block})
    tx.run_many("postings_update", updates)
    tx.run_many("postings_insert", inserts)


def read(tx: Transaction, owner_no: int, keys: Iterable[str]) -> dict[str, Entries]:
    """The lists of the given keys, each in order of ordinal; keys without entries are absent."""
    blocks: dict[str, list[tuple[int, bytes]]] = {}
    for key, first, entries in tx.rows("postings_of", owner_no=owner_no, keys=list(dict.fromkeys(keys))):
        blocks.setdefault(key, []).append((first, entries))
    return {
        key: np.frombuffer(b"".join(entries for _, entries in sorted(found)), ENTRY)
        for key, found in blocks.items()
    }


def remove(tx: Transaction, owner_no: int, key: str, ordinals: Sequence[int]) -> None:
    """Take documents out of one list; ``ordinals`` in ascending order."""
    gone = np.asarray(ordinals, dtype=np.uint32)
    low, last = int(gone[0]), int(gone[-1])
    for block_no, _, blob in tx.rows("postings_around", owner_no=owner_no, key=key, low=low, last=last):
        entries = np.frombuffer(blob, ENTRY)
        kept = entries[~np.isin(entries["ordinal"], gone)]
        if not len(kept):
            tx.run("postings_delete", block_no=block_no)
        elif len(kept) < len(entries):
            tx.run("postings_rewrite", block_no=block_no, first=int(kept["ordinal"][0]), entries=kept.tobytes())


def _tails(tx: Transaction, owner_no: int, keys: list[str]) -> dict[str, tuple[int, int, bytes]]:
    """The last block of every list that exists."""
    found: dict[str, tuple[int, int, bytes]] = {}
    for start in range(0, len(keys), _KEYS_PER_QUERY):
        rows = tx.rows("postings_tails", owner_no=owner_no, keys=keys[start : start + _KEYS_PER_QUERY])
        found |= {key: (block_no, first, entries) for key, block_no, first, entries in rows}
    return found
