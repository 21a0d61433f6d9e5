"""Is a database whole? Judged from outside, with statements of its own, not with the product's reading code.

Half-written means that one table knows of a memory and another one does not. This file must not
repair anything, nor know what the texts say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import apsw
import numpy as np

from fusion_memory.storage.bm25 import ENTRY
from fusion_memory.storage.sqlite.columns import STORED
from fusion_memory.storage.statements import parse

SHOWN = 3


def defects(database: Path) -> list[str]:
    """What is wrong with a database file that nobody is writing to; empty when it is whole."""
    connection = apsw.Connection(str(database))
    try:
        pages = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        if pages:
            return pages[:SHOWN]
        return [*_rows(connection), *_keyword_index(connection)]
    finally:
        connection.close()


def _rows(connection: apsw.Connection) -> Iterator[str]:
    for name, text in _statements("soundness").items():
        found = [row[0] for row in connection.execute(text)]
        if found:
            yield _told(name, found)


def _keyword_index(connection: apsw.Connection) -> Iterator[str]:
    """Compare postings and columns with the texts they were made from."""
    statements = _statements("keyword_index")
    wanted: dict[tuple[int, str], set[int]] = defaultdict(set)
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for owner_no, ordinal, span_no, labels, terms in connection.execute(statements["texts"]):
        spans[owner_no, ordinal] = (span_no, len(terms.split()))
        for key in {*terms.split(), *labels.split()}:
            wanted[owner_no, key].add(ordinal)
    held: dict[tuple[int, str], set[int]] = defaultdict(set)
    for owner_no, key, entries in connection.execute(statements["postings"]):
        held[owner_no, key] |= set(np.frombuffer(entries, ENTRY)["ordinal"].tolist())
    wrong = [key for key, ordinals in wanted.items() if held.get(key) != ordinals]
    if wrong:
        yield _told("keys whose postings are not those of the texts", wrong)
    stray = {(owner, ordinal) for (owner, _), found in held.items() for ordinal in found} - spans.keys()
    if stray:
        yield _told("postings of ordinals that no text has", sorted(stray))
    columns = dict(_columns(connection, statements["columns"]))
    if columns != spans:
        yield _told(
            "ordinals whose columns name another passage or length", sorted(columns.items() ^ spans.items())
        )


def _columns(connection: apsw.Connection, statement: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    for owner_no, first, blob in connection.execute(statement):
        entries = np.frombuffer(blob, STORED)
        pairs = zip(entries["span_no"].tolist(), entries["length"].tolist(), strict=True)
        for ordinal, (span_no, length) in enumerate(pairs, first):
            if span_no:
                yield (owner_no, ordinal), (span_no, length)


@cache
def _statements(name: str) -> dict[str, str]:
    text = files(__package__).joinpath("sql").joinpath(f"{name}.sql").read_text("utf-8")
    return parse(text, name)


def _told(name: str, found: Sequence[object]) -> str:
    return f"{len(found)} {name}: {', '.join(map(str, found[:SHOWN]))}"
