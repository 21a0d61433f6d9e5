-- Schema 3: which sayings of a session speak of the same things. Derived from their terms, numbers only; the other
-- edges of the associative graph (turns side by side, shared entities) are read from events and mentions when asked.

CREATE TABLE associations (
    later_no   INTEGER NOT NULL REFERENCES events ON DELETE CASCADE,
    earlier_no INTEGER NOT NULL REFERENCES events ON DELETE CASCADE,
    shared     INTEGER NOT NULL,         -- meaningful words that stand in both
    PRIMARY KEY (later_no, earlier_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX associations_back ON associations (earlier_no);
