-- What was decided about two facts that rules had left side by side: codes only. It goes with either of them.
CREATE TABLE resolutions (
    older_no INTEGER NOT NULL REFERENCES facts ON DELETE CASCADE,
    newer_no INTEGER NOT NULL REFERENCES facts ON DELETE CASCADE,
    owner_no INTEGER NOT NULL REFERENCES owners,
    verdict  TEXT NOT NULL CHECK (verdict IN ('ADD', 'UPDATE', 'SUPERSEDE', 'NOOP')),
    reason   TEXT NOT NULL,
    method   TEXT NOT NULL,              -- rules, or model
    at       INTEGER NOT NULL,
    PRIMARY KEY (older_no, newer_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX resolutions_by_newer ON resolutions (newer_no);
