-- Schema 10: policies by level, legal holds, and what erasures leave behind: receipts and tombstones, without content.

-- What one level says. The database's own level is that of the workspace '*', which holds no memory.
CREATE TABLE policies (
    owner_no   INTEGER NOT NULL REFERENCES owners,
    session_id TEXT NOT NULL,            -- '' for all sessions of the owner
    fields     TEXT NOT NULL,            -- JSON
    set_at     INTEGER NOT NULL,
    set_by     TEXT NOT NULL,
    PRIMARY KEY (owner_no, session_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE holds (
    hold_no     INTEGER PRIMARY KEY AUTOINCREMENT,
    hold_id     TEXT NOT NULL UNIQUE,
    owner_no    INTEGER NOT NULL REFERENCES owners,
    session_id  TEXT NOT NULL,           -- '' for all sessions of the owner
    single      INTEGER NOT NULL,        -- it covers the memories named, nothing else
    reason      TEXT NOT NULL,
    placed_at   INTEGER NOT NULL,
    placed_by   TEXT NOT NULL,
    released_at INTEGER,
    released_by TEXT
) STRICT;
CREATE INDEX holds_by_owner ON holds (owner_no, released_at);

-- No cascade on purpose: while it is held, a memory cannot be deleted, whoever forgets to ask.
CREATE TABLE held_memories (
    hold_no  INTEGER NOT NULL REFERENCES holds ON DELETE CASCADE,
    event_no INTEGER NOT NULL REFERENCES events,
    PRIMARY KEY (hold_no, event_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_memories_by_event ON held_memories (event_no);

-- What was erased, when and by whom, in counts and digests. No row names an owner: it may be gone.
CREATE TABLE receipts (
    receipt_no   INTEGER PRIMARY KEY AUTOINCREMENT,
    receipt_id   TEXT NOT NULL UNIQUE,
    owner_digest BLOB NOT NULL,          -- keyed
    at           INTEGER NOT NULL,
    body         TEXT NOT NULL,          -- JSON
    hash         BLOB NOT NULL
) STRICT;
CREATE INDEX receipts_by_owner ON receipts (owner_digest, receipt_no);

-- What must not come back out of an older backup: keyed digests of the ids of memories and of whole owners.
CREATE TABLE tombstones (
    digest       BLOB PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('memory', 'owner')),
    at           INTEGER NOT NULL,
    receipt_no   INTEGER REFERENCES receipts
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_by_receipt ON tombstones (receipt_no);

CREATE TABLE erasure_key (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    key  BLOB NOT NULL
) STRICT;
