"""Rows for the storage tests: owners, events and spans made by hand, so that no other room takes part."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import count

import apsw
import numpy as np

from fusion_memory.storage.interface import IndexEntry, SpanFilter
from fusion_memory.storage.sqlite.failures import name

DIMENSION = 8
_IDS = count(1)

EVENT = """
INSERT INTO events (event_id, owner_no, session_id, agent_id, run_id, app_id, thread, seq, kind, role, content,
    content_hash, dedup_key, said_at, recorded_at, origin, trust, metadata, row_hash, last_seen_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'message', ?, ?, x'00', ?, ?, ?, 'test', 'user', ?, x'00', 0) RETURNING event_no
"""
SPAN = """
INSERT INTO spans (event_no, owner_no, position, kind, first, last) VALUES (?, ?, 0, 'turn', 0, ?)
RETURNING span_no
"""


@dataclass
class Said:
    """One thing said, as the tests speak of it."""

    terms: list[str]
    session: str | None = None
    agent: str | None = None
    run: str | None = None
    app: str | None = None
    role: str = "user"
    said_at: int = 1_000
    recorded_at: int = 1_000
    metadata: str = "{}"
    thread: str | None = None
    content: str = "text"


def raw(tx, sql, values=()):
    """Execute SQL of the test's own."""
    try:
        return tx._connection.execute(sql, values).fetchall()
    except apsw.Error as error:
        raise name(error, None) from error


def new_owner(tx, user="ann"):
    tx.run("owner_create", workspace_id="", user_id=user, agent_id="", run_id="", created_at=0)
    return raw(tx, "SELECT owner_no FROM owners WHERE user_id = ?", (user,))[0][0]


def new_space(tx, dimension=DIMENSION, model="m"):
    sql = "INSERT INTO spaces (model, dimension, version, state, created_at) VALUES (?, ?, '1', 'building', 0)"
    raw(tx, sql, (model, dimension))
    return raw(tx, "SELECT max(space_no) FROM spaces")[0][0]


def new_span(tx, owner, said):
    """Store one event with one span; the span's number."""
    number = (os.getpid() << 32) + next(_IDS)  # unlike those of other processes on the same file
    event = raw(
        tx,
        EVENT,
        (
            f"e{number}",
            owner,
            said.session,
            said.agent,
            said.run,
            said.app,
            said.thread or f"t{number}",
            number,
            said.role,
            said.content,
            str(number).encode(),
            said.said_at,
            said.recorded_at,
            said.metadata,
        ),
    )[0][0]
    return raw(tx, SPAN, (event, owner, len(said.content)))[0][0]


def entry(span, owner, said):
    return IndexEntry(span, owner, said.session, said.agent, said.run, said.app, said.terms)


def say(database, tx, owner, *things):
    """Store and index things said (a text is split at blanks); their span numbers."""
    saids = [thing if isinstance(thing, Said) else Said(thing.split()) for thing in things]
    spans = [new_span(tx, owner, said) for said in saids]
    database.keyword.put(tx, [entry(span, owner, said) for span, said in zip(spans, saids, strict=True)])
    return spans


def erase(database, tx, spans):
    """Erase spans as the memory room does: out of the index first, then the events, which cascade."""
    database.keyword.remove(tx, spans)
    for span in spans:
        raw(tx, "DELETE FROM events WHERE event_no = (SELECT event_no FROM spans WHERE span_no = ?)", (span,))


def unit(rows):
    """Rows scaled to length one, float32."""
    rows = np.asarray(rows, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def found(database, owner, *phrases, limit=100, **where):
    """Span numbers a keyword search returns; a phrase is a text split at blanks."""
    return [span for span, _ in scored(database, owner, *phrases, limit=limit, **where)]


def scored(database, owner, *phrases, limit=100, **where):
    with database.read() as tx:
        asked = [phrase.split() for phrase in phrases]
        return database.keyword.search(tx, asked, SpanFilter(owner, **where), limit)


def near(database, space, owner, query, limit=10, **where):
    """What a vector search returns."""
    with database.read() as tx:
        return database.vectors.search(tx, space, np.asarray(query, np.float32), SpanFilter(owner, **where), limit)
