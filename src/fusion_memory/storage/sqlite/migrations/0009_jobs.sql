-- Work that is not about one memory: it is claimed under a lease, and only who holds the lease may finish it.
-- `fence` grows with every claim: a worker that was slow or thought dead finishes nothing that another one took over.
CREATE TABLE jobs (
    job_no       INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id       TEXT NOT NULL UNIQUE,
    kind         TEXT NOT NULL,
    owner_no     INTEGER REFERENCES owners,      -- NULL: of the whole database
    scope        TEXT NOT NULL,                  -- where it works, as ids
    payload      TEXT NOT NULL,                  -- ids and options, never content
    key          TEXT,                           -- of equal open jobs there is one
    state        TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead', 'cancelled')),
    attempts     INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL,
    available_at INTEGER NOT NULL,
    lease_by     TEXT,
    lease_until  INTEGER,
    fence        INTEGER NOT NULL DEFAULT 0,
    done         INTEGER NOT NULL DEFAULT 0,     -- progress: so many of so many, where that is known
    total        INTEGER,
    counts       TEXT NOT NULL DEFAULT '{}',
    last_error   TEXT,
    principal    TEXT NOT NULL,                  -- who asked for it
    created_at   INTEGER NOT NULL,
    started_at   INTEGER,
    finished_at  INTEGER
) STRICT;
CREATE UNIQUE INDEX jobs_open_once ON jobs (coalesce(owner_no, 0), key)
    WHERE key IS NOT NULL AND state IN ('queued', 'running');
CREATE INDEX jobs_queued ON jobs (available_at) WHERE state = 'queued';
CREATE INDEX jobs_running ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_by_owner ON jobs (owner_no, job_no);
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;

-- How far every entry of the schedule is: for which moment it last ran, or which messages it has counted.
CREATE TABLE schedule_marks (
    entry     TEXT NOT NULL,
    owner_no  INTEGER NOT NULL,                  -- 0: of all
    last_due  INTEGER,
    event_no  INTEGER,                           -- messages up to here were counted
    waiting   INTEGER NOT NULL DEFAULT 0,        -- messages since the last run
    latest_at INTEGER,                           -- when the latest of them came
    PRIMARY KEY (entry, owner_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX schedule_waiting ON schedule_marks (entry, waiting) WHERE waiting > 0;

-- Who works on an event leaves it to nobody else for a while.
ALTER TABLE outbox ADD COLUMN lease_until INTEGER;
ALTER TABLE outbox ADD COLUMN fence INTEGER NOT NULL DEFAULT 0;
