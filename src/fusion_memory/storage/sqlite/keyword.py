"""Keyword search: BM25 over an owner's own texts, words and phrases, English and Chinese.

Every owner has an inverted index of its own, so another owner's texts can change neither the order,
nor the scores, nor the cost of a search. Besides every term, two neighbouring single characters of
scripts written without spaces are indexed as a pair, which makes the commonest Chinese phrase one
lookup. This file must not know how texts are cut into terms.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from fusion_memory.core.errors import DatabaseCorrupt
from fusion_memory.storage.bm25 import ENTRY, MOST, Collection, Entries, rank
from fusion_memory.storage.interface import IndexEntry, Row, SpanFilter, Transaction, Value
from fusion_memory.storage.sqlite import filters, postings, threads
from fusion_memory.storage.sqlite.columns import (
    NOT_TOLD,
    STORED,
    Columns,
    ColumnStore,
    append_columns,
    blank_columns,
    code_of,
)

_FIRST_UNSPACED = "\u2e80"  # from here on stand the scripts written without spaces: Han, kana, Hangul ...
_FIRST_CANDIDATES = 256

Phrase = tuple[str, ...]
Ranked = tuple[NDArray[np.int64], NDArray[np.float64]]
Hits = list[tuple[int, float]]


class SqliteKeywordIndex:
    """The keyword index of one database; beside it, only columns of its spans are held in memory.

    Args:
        columns: the columns, shared with the vector index of the same database.
    """

    def __init__(self, columns: ColumnStore) -> None:
        self._columns = columns

    def put(self, tx: Transaction, entries: Sequence[IndexEntry]) -> None:
        """Index spans that are already stored, also those without terms; part of the transaction."""
        self.remove(tx, [entry.span_no for entry in entries])
        for owner_no, group in groupby(sorted(entries, key=_owner_and_span), key=lambda e: e.owner_no):
            _put(tx, owner_no, list(group))

    def remove(self, tx: Transaction, span_nos: Sequence[int]) -> None:
        """Erase spans from the index, before the spans themselves; part of the transaction."""
        if not span_nos:
            return
        rows = tx.rows("keyword_texts", span_nos=list(span_nos))
        for owner_no, group in groupby(rows, key=itemgetter(1)):
            _remove(tx, owner_no, list(group))
        if rows:
            tx.run("keyword_text_drop", span_nos=[row[0] for row in rows])

    def search(
        self, tx: Transaction, phrases: Sequence[Sequence[str]], where: SpanFilter, limit: int
    ) -> list[tuple[int, float]]:
        """The best spans holding any phrase: ``(span_no, bm25)``, best first, scores positive.

        A phrase counts like a term: its frequency is that of its tokens standing side by side.
        """
        columns, lists = self._matches(tx, phrases, where)
        if columns is None or limit < 1:
            return []
        mask = filters.allowed(tx, where, columns, self._columns.kept)
        collection = Collection(columns.spans, columns.terms / columns.spans)
        if not where.picks:
            return _numbered(columns, rank(lists, collection, len(columns), mask, limit))
        ranked = rank(lists, collection, len(columns), mask, len(columns))
        return _picked(tx, where, _numbered(columns, ranked), limit)

    def search_threads(
        self, tx: Transaction, phrases: Sequence[Sequence[str]], where: SpanFilter, limit: int
    ) -> list[tuple[int, float]]:
        """The best threads, each read as one text: ``(code, bm25)``, best first."""
        columns, lists = self._matches(tx, phrases, where)
        if columns is None or limit < 1:
            return []
        return threads.rank(columns, lists, filters.allowed(tx, where, columns, self._columns.kept), limit)

    def frequencies(self, tx: Transaction, owner_no: int, keys: Sequence[str]) -> tuple[int, dict[str, int]]:
        """How many of the owner's spans have terms, and how many hold each key; absent where none does."""
        row = tx.one("keyword_owner", owner_no=owner_no)
        held = postings.read(tx, owner_no, keys) if row else {}
        return (int(row[0]) if row else 0), {key: len(entries) for key, entries in held.items()}

    def thread_code(self, thread: str) -> int:
        """The code under which :meth:`search_threads` names a thread."""
        return code_of(thread)

    def _matches(
        self, tx: Transaction, phrases: Sequence[Sequence[str]], where: SpanFilter
    ) -> tuple[Columns | None, list[Entries]]:
        """The owner's columns and the postings of the phrases; no columns when nothing matches."""
        wanted = list(dict.fromkeys(tuple(_spelled(phrase)) for phrase in phrases if len(phrase)))
        lists = _lists(tx, where.owner_no, wanted) if wanted else []
        columns = self._columns.of_owner(tx, where.owner_no) if lists else None
        if columns is not None and any(entries["ordinal"][-1] >= len(columns) for entries in lists):
            raise DatabaseCorrupt("The keyword index names spans that its owner does not have.")
        return columns, lists


def _numbered(columns: Columns, ranked: Ranked) -> Hits:
    ordinals, scores = ranked
    return list(zip(columns.span_nos[ordinals].tolist(), scores.tolist(), strict=True))


def _picked(tx: Transaction, where: SpanFilter, hits: Hits, limit: int) -> Hits:
    """Test candidates in growing groups, best first, until enough have passed."""
    passed: Hits = []
    start, size = 0, max(_FIRST_CANDIDATES, limit)
    while start < len(hits) and len(passed) < limit:
        group = hits[start : start + size]
        fitting = filters.picked(tx, where, [number for number, _ in group])
        passed += [hit for hit in group if hit[0] in fitting]
        start, size = start + size, size * 4
    return passed[:limit]


def _lists(tx: Transaction, owner_no: int, phrases: Sequence[Phrase]) -> list[Entries]:
    """The postings of every phrase that occurs; a phrase of several keys is verified on the texts."""
    keys = {phrase: _keys_of_phrase(phrase) for phrase in phrases}
    known = postings.read(tx, owner_no, [key for needed in keys.values() for key in needed])
    found = []
    for phrase, needed in keys.items():
        if all(key in known for key in needed):
            lists = [known[key] for key in needed]
            found.append(lists[0] if len(lists) == 1 else _standing_together(tx, owner_no, phrase, lists))
    return [entries for entries in found if len(entries)]


def _standing_together(tx: Transaction, owner_no: int, phrase: Phrase, lists: Sequence[Entries]) -> Entries:
    """Postings of a phrase: documents that hold all its keys, then those whose text has it word for word."""
    rarest, *others = sorted(lists, key=len)
    for entries in others:
        rarest = rarest[np.isin(rarest["ordinal"], entries["ordinal"], assume_unique=True)]
    if not len(rarest):
        return rarest
    needle = " ".join(("", *phrase, ""))
    rows = tx.rows("keyword_holding", owner_no=owner_no, ordinals=rarest["ordinal"].tolist(), needle=needle)
    holding = np.array([row[0] for row in rows], dtype=np.uint32)
    kept = rarest[np.isin(rarest["ordinal"], holding, assume_unique=True)].copy()
    kept["count"] = [min(_occurrences(terms, needle), MOST) for _, terms in rows]
    return kept


def _occurrences(terms: str, needle: str) -> int:
    """How often a phrase stands in a text; occurrences may overlap, as pairs of characters do."""
    text, count, at = f" {terms} ", 0, -1
    while (at := text.find(needle, at + 1)) >= 0:
        count += 1
    return count


def _put(tx: Transaction, owner_no: int, entries: Sequence[IndexEntry]) -> None:
    row = tx.one("keyword_owner", owner_no=owner_no)
    if row is None:
        raise ValueError(f"there is no owner {owner_no}")
    start, total = int(row[2]), 0
    facts = {row[0]: row[1:] for row in tx.rows("keyword_facts", span_nos=[e.span_no for e in entries])}
    lists: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
    texts: list[dict[str, Value]] = []
    stored = np.zeros(len(entries), STORED)
    for position, entry in enumerate(entries):
        role, said_at, recorded_at, thread = facts[entry.span_no]
        terms, labels = _spelled(entry.terms), filters.labels_of(entry, role)
        code = NOT_TOLD if thread is None else code_of(thread)
        stored[position] = (entry.span_no, said_at, recorded_at, code, len(terms))
        total += len(terms)
        for key, count in _keys_of_span(terms, labels).items():
            lists[key].append((start + position, min(count, MOST), min(len(terms), MOST)))
        texts.append(
            {
                "span_no": entry.span_no,
                "owner_no": owner_no,
                "ordinal": start + position,
                "labels": " ".join(labels),
                "terms": " ".join(terms),
            }
        )
    tx.run_many("keyword_text_put", texts)
    postings.append(tx, owner_no, {key: np.array(found, ENTRY) for key, found in lists.items()})
    append_columns(tx, owner_no, start, stored)
    texted = sum(1 for text in texts if text["terms"])
    tx.run("keyword_count", owner_no=owner_no, spans=texted, terms=total, ordinals=len(entries), erasures=0)


def _remove(tx: Transaction, owner_no: int, rows: Sequence[Row]) -> None:
    ordinals: defaultdict[str, list[int]] = defaultdict(list)
    total = 0
    for _, _, ordinal, labels, joined in rows:
        terms = joined.split()
        total += len(terms)
        for key in _keys_of_span(terms, labels.split()):
            ordinals[key].append(ordinal)
    for key in sorted(ordinals):
        postings.remove(tx, owner_no, key, ordinals[key])
    blank_columns(tx, owner_no, [row[2] for row in rows])
    texted = sum(1 for row in rows if row[4])
    tx.run("keyword_count", owner_no=owner_no, spans=-texted, terms=-total, ordinals=0, erasures=len(rows))


def _keys_of_span(terms: Sequence[str], labels: Sequence[str]) -> Mapping[str, int]:
    """Everything a span is found by, and how often: its terms, its pairs of characters, its labels."""
    counts = Counter(terms)
    counts.update(f"{a} {b}" for a, b in pairwise(terms) if _unspaced(a) and _unspaced(b))
    counts.update(dict.fromkeys(labels, 1))
    return counts


def _keys_of_phrase(phrase: Phrase) -> list[str]:
    """The keys that every span with this phrase has; one key says it all, several must be verified."""
    if len(phrase) == 1:
        return [phrase[0]]
    pairs = [(a, b) for a, b in pairwise(phrase) if _unspaced(a) and _unspaced(b)]
    paired = {term for pair in pairs for term in pair}
    return [f"{a} {b}" for a, b in pairs] + [term for term in phrase if term not in paired]


def _spelled(terms: Sequence[str]) -> list[str]:
    """Terms without the two marks that the index uses itself: a blank stands between terms, '=' in labels."""
    return [term if term.isalnum() else "_".join(term.replace("=", "_").split()) or "_" for term in terms if term]


def _unspaced(term: str) -> bool:
    return len(term) == 1 and term >= _FIRST_UNSPACED


def _owner_and_span(entry: IndexEntry) -> tuple[int, int]:
    return entry.owner_no, entry.span_no
