-- Schema 1: who owns what, what was said, how it is found, what is still to do, what was done.
-- Times are milliseconds since 1970 in UTC. An absent owner id is '' so that UNIQUE compares it.

CREATE TABLE owners (
    owner_no     INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace_id TEXT NOT NULL,
    user_id      TEXT NOT NULL,
    agent_id     TEXT NOT NULL,
    run_id       TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    spans        INTEGER NOT NULL DEFAULT 0,  -- spans in the keyword index
    terms        INTEGER NOT NULL DEFAULT 0,  -- terms in them: BM25 takes its average length from here
    ordinals     INTEGER NOT NULL DEFAULT 0,  -- ordinals given to spans so far
    vectors      INTEGER NOT NULL DEFAULT 0,  -- numbers given to vectors so far
    erasures     INTEGER NOT NULL DEFAULT 0,  -- grows when vectors go: in-memory indexes follow
    UNIQUE (workspace_id, user_id, agent_id, run_id)
) STRICT;

-- What was said: verbatim, immutable but for the count of sightings.
CREATE TABLE events (
    event_no     INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id     TEXT NOT NULL UNIQUE,
    owner_no     INTEGER NOT NULL REFERENCES owners,
    workspace_id TEXT,
    user_id      TEXT,
    agent_id     TEXT,
    run_id       TEXT,
    session_id   TEXT,
    app_id       TEXT,
    thread       TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    role         TEXT NOT NULL,
    speaker      TEXT,
    content      TEXT NOT NULL,
    content_hash BLOB NOT NULL,      -- of the canonical text: finds a saying word for word
    dedup_key    BLOB NOT NULL,      -- of client id or of what makes the saying one: idempotence
    client_id    TEXT,
    said_at      INTEGER NOT NULL,
    recorded_at  INTEGER NOT NULL,
    origin       TEXT NOT NULL,
    trust        TEXT NOT NULL,
    metadata     TEXT NOT NULL,
    row_hash     BLOB NOT NULL,      -- over the immutable columns: shows tampering and decay
    key_id       TEXT,               -- the key the content is sealed with, when it is
    times_seen   INTEGER NOT NULL DEFAULT 1,
    last_seen_at INTEGER NOT NULL,
    UNIQUE (owner_no, dedup_key),
    UNIQUE (owner_no, thread, seq)
) STRICT;
CREATE INDEX events_by_time ON events (owner_no, said_at, event_no);
CREATE INDEX events_by_session ON events (owner_no, session_id) WHERE session_id IS NOT NULL;
CREATE INDEX events_by_content ON events (owner_no, content_hash);

-- Retrievable pieces: substr(content, first + 1, last - first), offsets in code points.
CREATE TABLE spans (
    span_no   INTEGER PRIMARY KEY AUTOINCREMENT,
    event_no  INTEGER NOT NULL REFERENCES events ON DELETE CASCADE,
    owner_no  INTEGER NOT NULL REFERENCES owners,
    position  INTEGER NOT NULL,      -- 0, 1, 2 ... within the event
    kind      TEXT NOT NULL,
    first     INTEGER NOT NULL,
    last      INTEGER NOT NULL,
    UNIQUE (event_no, position)
) STRICT;
CREATE INDEX spans_by_owner ON spans (owner_no);

-- Keyword search: an inverted index per owner, so that an owner's ranking and its cost come from the
-- owner's own texts alone. `ordinal` counts the owner's spans from 0 and is never used twice.
CREATE TABLE span_terms (
    span_no  INTEGER PRIMARY KEY REFERENCES spans,
    owner_no INTEGER NOT NULL REFERENCES owners,
    ordinal  INTEGER NOT NULL,
    labels   TEXT NOT NULL,          -- keys of the narrowing ids and the role
    terms    TEXT NOT NULL,          -- the terms in order, one blank between
    UNIQUE (owner_no, ordinal)
) STRICT;

-- For one key (a term, two neighbouring CJK characters, or a label): which ordinals hold it, how often,
-- and how long they are. `first` is the lowest ordinal of the block.
CREATE TABLE postings (
    block_no INTEGER PRIMARY KEY,
    owner_no INTEGER NOT NULL,
    key      TEXT NOT NULL,
    first    INTEGER NOT NULL,
    entries  BLOB NOT NULL,
    UNIQUE (owner_no, key, first)
) STRICT;

-- The owner's spans by ordinal, in blocks: span number, times said and recorded, thread, length.
CREATE TABLE span_columns (
    block_no INTEGER PRIMARY KEY,
    owner_no INTEGER NOT NULL,
    first    INTEGER NOT NULL,
    entries  BLOB NOT NULL,
    UNIQUE (owner_no, first)
) STRICT;

CREATE TABLE spaces (
    space_no   INTEGER PRIMARY KEY AUTOINCREMENT,
    model      TEXT NOT NULL,
    dimension  INTEGER NOT NULL CHECK (dimension > 0),
    version    TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('building', 'active', 'retired')),
    created_at INTEGER NOT NULL,
    UNIQUE (model, dimension, version)
) STRICT;
CREATE UNIQUE INDEX one_active_space ON spaces (state) WHERE state = 'active';

-- Unit vectors as little-endian float16. `vector_no` counts the owner's vectors over all spaces and is
-- never used twice, so that an in-memory index reads only what it has not seen.
CREATE TABLE vectors (
    space_no  INTEGER NOT NULL REFERENCES spaces,
    owner_no  INTEGER NOT NULL REFERENCES owners,
    vector_no INTEGER NOT NULL,
    span_no   INTEGER NOT NULL REFERENCES spans ON DELETE CASCADE,
    vector    BLOB NOT NULL,
    PRIMARY KEY (space_no, owner_no, vector_no),
    UNIQUE (space_no, owner_no, span_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX vectors_by_span ON vectors (span_no);
CREATE TRIGGER vector_gone AFTER DELETE ON vectors BEGIN
    UPDATE owners SET erasures = erasures + 1 WHERE owner_no = old.owner_no;
END;

-- Work that derived data still needs; a row leaves in the transaction that does the work.
CREATE TABLE outbox (
    job_no       INTEGER PRIMARY KEY AUTOINCREMENT,
    kind         TEXT NOT NULL,
    event_no     INTEGER NOT NULL REFERENCES events ON DELETE CASCADE,
    owner_no     INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    available_at INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    last_error   TEXT,
    UNIQUE (event_no, kind)          -- led by the event, so that erasing one finds its jobs
) STRICT;
CREATE INDEX outbox_by_owner ON outbox (owner_no, kind);

CREATE TABLE traces (
    trace_no   INTEGER PRIMARY KEY AUTOINCREMENT,
    trace_id   TEXT NOT NULL UNIQUE,
    owner_no   INTEGER NOT NULL REFERENCES owners,
    created_at INTEGER NOT NULL,
    query      TEXT NOT NULL,
    recipe     TEXT NOT NULL,
    payload    TEXT NOT NULL
) STRICT;
CREATE INDEX traces_by_owner ON traces (owner_no, trace_no);

-- What was done, by whom: ids and counts, never content. Each row's hash covers the one before.
CREATE TABLE audit (
    audit_no  INTEGER PRIMARY KEY AUTOINCREMENT,
    at        INTEGER NOT NULL,
    principal TEXT NOT NULL,
    action    TEXT NOT NULL,
    owner_no  INTEGER,
    subject   TEXT NOT NULL,
    detail    TEXT NOT NULL,
    previous  BLOB NOT NULL,
    hash      BLOB NOT NULL
) STRICT;
CREATE INDEX audit_by_owner ON audit (owner_no, audit_no);
