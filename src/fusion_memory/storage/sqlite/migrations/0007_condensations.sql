-- Memory cards of sessions, line by line. Derived: a line goes with any memory it was made of, words and all, and a
-- card that lost one is due for a new version. Versions are added, never changed.
CREATE TABLE condensations (
    condensation_no INTEGER PRIMARY KEY AUTOINCREMENT,
    condensation_id TEXT NOT NULL UNIQUE,
    owner_no        INTEGER NOT NULL REFERENCES owners,
    session_id      TEXT NOT NULL,
    agent_id        TEXT NOT NULL,       -- what the card was narrowed to; '' where it was not
    run_id          TEXT NOT NULL,
    app_id          TEXT NOT NULL,
    version         INTEGER NOT NULL,
    messages        INTEGER NOT NULL,    -- read for it
    through_no      INTEGER NOT NULL,    -- the last event read: later ones are new
    first_said_at   INTEGER NOT NULL,
    last_said_at    INTEGER NOT NULL,
    method          TEXT NOT NULL,
    cause           TEXT NOT NULL,
    details         TEXT NOT NULL,       -- JSON: numbers and the name of the trigger
    source_tokens   INTEGER NOT NULL,
    healed          INTEGER NOT NULL DEFAULT 0,  -- lines that went with a memory
    created_at      INTEGER NOT NULL,
    UNIQUE (owner_no, session_id, agent_id, run_id, app_id, version)
) STRICT;

CREATE TABLE condensation_lines (
    line_no         INTEGER PRIMARY KEY AUTOINCREMENT,
    condensation_no INTEGER NOT NULL REFERENCES condensations ON DELETE CASCADE,
    bucket          TEXT NOT NULL,
    position        INTEGER NOT NULL,
    text            TEXT NOT NULL,
    fact_id         TEXT                 -- the fact it tells; one taken back or corrected is told no more
) STRICT;
CREATE INDEX condensation_lines_of ON condensation_lines (condensation_no, position);
CREATE TRIGGER condensation_line_gone AFTER DELETE ON condensation_lines BEGIN
    UPDATE condensations SET healed = healed + 1 WHERE condensation_no = old.condensation_no;
END;

CREATE TABLE condensation_sources (
    line_no  INTEGER NOT NULL REFERENCES condensation_lines ON DELETE CASCADE,
    event_no INTEGER NOT NULL REFERENCES events ON DELETE CASCADE,
    position INTEGER NOT NULL,
    PRIMARY KEY (line_no, event_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX condensation_sources_by_event ON condensation_sources (event_no);
CREATE TRIGGER condensation_source_gone AFTER DELETE ON condensation_sources BEGIN
    DELETE FROM condensation_lines WHERE line_no = old.line_no;
END;

-- What a language model saw for a card: it may lend words to any line, so the card goes with any of it.
CREATE TABLE condensation_reads (
    condensation_no INTEGER NOT NULL REFERENCES condensations ON DELETE CASCADE,
    event_no        INTEGER NOT NULL REFERENCES events ON DELETE CASCADE,
    PRIMARY KEY (condensation_no, event_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX condensation_reads_by_event ON condensation_reads (event_no);
CREATE TRIGGER condensation_read_gone AFTER DELETE ON condensation_reads BEGIN
    DELETE FROM condensations WHERE condensation_no = old.condensation_no;
END;

-- How far a task of background care is with an owner: numbers only.
CREATE TABLE care_progress (
    owner_no INTEGER NOT NULL REFERENCES owners,
    task     TEXT NOT NULL,
    reached  INTEGER NOT NULL,           -- the last key that was looked at
    at       INTEGER NOT NULL,
    PRIMARY KEY (owner_no, task)
) STRICT, WITHOUT ROWID;
