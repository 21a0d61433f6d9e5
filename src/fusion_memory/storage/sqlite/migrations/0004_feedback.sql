-- What people said of memories that searches brought. Numbers only; it goes with its memory.
CREATE TABLE feedback (
    feedback_no INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_no    INTEGER NOT NULL REFERENCES owners,
    event_no    INTEGER NOT NULL REFERENCES events ON DELETE CASCADE,
    trace_id    TEXT NOT NULL,           -- '' where it was said without a search
    useful      INTEGER NOT NULL CHECK (useful IN (0, 1)),
    at          INTEGER NOT NULL,
    features    TEXT NOT NULL,
    UNIQUE (event_no, trace_id)
) STRICT;
CREATE INDEX feedback_by_owner ON feedback (owner_no, at);
