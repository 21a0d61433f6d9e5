-- Schema 2: what was understood. Everything here can be rebuilt from events, except what a person corrected,
-- merged or set by hand, which carries its own origin.

-- The ledger: one row for every telling of a claim, with the words of its own event and of no other, so that
-- erasing an event erases its words. A fact is a run of tellings of one claim that nothing interrupted: they
-- share head_no. Append-only but for retracted_at and for the derived columns at the end.
CREATE TABLE facts (
    fact_no      INTEGER PRIMARY KEY AUTOINCREMENT,
    fact_id      TEXT NOT NULL UNIQUE,   -- made of the event's id and the claim: a rebuild gives the same
    owner_no     INTEGER NOT NULL REFERENCES owners,
    event_no     INTEGER NOT NULL REFERENCES events ON DELETE CASCADE,
    first        INTEGER NOT NULL,       -- the evidence in the event's content
    last         INTEGER NOT NULL,
    type         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    subject_key  TEXT NOT NULL,          -- what spellings share
    predicate    TEXT NOT NULL,
    object       TEXT NOT NULL,
    object_key   TEXT NOT NULL,
    text         TEXT NOT NULL,
    polarity     TEXT NOT NULL,
    slot         TEXT,
    confidence   REAL NOT NULL,
    importance   REAL NOT NULL,
    method       TEXT NOT NULL,
    rule         TEXT NOT NULL,
    origin       TEXT NOT NULL CHECK (origin IN ('claim', 'correction')),
    said_at      INTEGER NOT NULL,
    recorded_at  INTEGER NOT NULL,       -- when it was learned: of a claim, when its event was recorded
    starts_at    INTEGER NOT NULL,       -- from when on it holds, as far as this telling says
    asserted_at  INTEGER NOT NULL,       -- the latest moment at which this telling says it holds: the order
    until_at     INTEGER,                -- when it ends, if this telling says so
    when_start   INTEGER,                -- the time the words tell, when they do
    when_end     INTEGER,
    granularity  TEXT,
    time_role    TEXT,
    time_words   TEXT,
    time_first   INTEGER,
    time_last    INTEGER,
    certain      INTEGER,
    recurrence   TEXT,
    previous     TEXT,                   -- the former value, when the words say that it is over
    previous_key TEXT,
    ends         INTEGER NOT NULL DEFAULT 0,
    held         INTEGER NOT NULL DEFAULT 0,   -- quarantined: kept, and never supersedes
    retracted_at INTEGER,
    corrects     TEXT,                   -- the fact_id of the telling whose place a correction takes
    claim_hash   BLOB NOT NULL,          -- of subject, question or predicate, object, polarity: the same claim again
    group_no     INTEGER NOT NULL,       -- tellings of one claim, however worded: the fact_no of the first one
    simhash      BLOB NOT NULL,          -- 8 bytes, big-endian, and in three parts to find near ones
    band_a       INTEGER NOT NULL,
    band_b       INTEGER NOT NULL,
    band_c       INTEGER NOT NULL,
    -- derived, on every telling: the first telling of its fact
    head_no      INTEGER,
    -- derived, on the head: equal to a derivation of the whole ledger from scratch
    valid_from   INTEGER,
    valid_to     INTEGER,
    closed_by    INTEGER,                -- the telling that superseded it
    ended        INTEGER NOT NULL DEFAULT 0,
    times_seen   INTEGER NOT NULL DEFAULT 1,
    last_seen_at INTEGER
) STRICT;
CREATE INDEX facts_by_event ON facts (event_no);
CREATE INDEX facts_by_slot ON facts (owner_no, subject_key, slot, asserted_at) WHERE slot IS NOT NULL;
CREATE INDEX facts_by_subject ON facts (owner_no, subject_key, predicate);
CREATE INDEX facts_by_object ON facts (owner_no, object_key);
CREATE INDEX facts_by_previous ON facts (owner_no, previous_key) WHERE previous_key IS NOT NULL;
CREATE INDEX facts_by_corrected ON facts (corrects) WHERE corrects IS NOT NULL;
CREATE INDEX facts_by_claim ON facts (owner_no, claim_hash);
CREATE INDEX facts_by_group ON facts (group_no);
CREATE INDEX facts_heads_of_group ON facts (group_no) WHERE head_no = fact_no;
CREATE INDEX facts_by_head ON facts (head_no, asserted_at);
CREATE INDEX facts_by_closer ON facts (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX facts_by_validity ON facts (owner_no, valid_from, fact_no) WHERE head_no = fact_no;
CREATE INDEX facts_by_time ON facts (owner_no, when_start) WHERE when_start IS NOT NULL;
CREATE INDEX facts_by_band_a ON facts (owner_no, band_a);
CREATE INDEX facts_by_band_b ON facts (owner_no, band_b);
CREATE INDEX facts_by_band_c ON facts (owner_no, band_c);

-- Facts that are close without being the same or contradicting each other.
CREATE TABLE fact_links (
    owner_no    INTEGER NOT NULL REFERENCES owners,
    from_no     INTEGER NOT NULL REFERENCES facts ON DELETE CASCADE,
    to_no       INTEGER NOT NULL REFERENCES facts ON DELETE CASCADE,
    kind        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (from_no, to_no, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX fact_links_back ON fact_links (to_no);

-- What became of every event: with the outbox this proves that none was dropped.
CREATE TABLE encodings (
    event_no INTEGER PRIMARY KEY REFERENCES events ON DELETE CASCADE,
    owner_no INTEGER NOT NULL REFERENCES owners,
    state    TEXT NOT NULL CHECK (state IN ('extracted', 'empty', 'dead')),
    reason   TEXT NOT NULL,
    method   TEXT NOT NULL,
    version  TEXT NOT NULL,
    claims   INTEGER NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX encodings_by_owner ON encodings (owner_no, state);

-- What the gate decided about every claim, and why.
CREATE TABLE decisions (
    decision_no INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_no    INTEGER NOT NULL REFERENCES owners,
    event_no    INTEGER NOT NULL REFERENCES events ON DELETE CASCADE,
    fact_no     INTEGER REFERENCES facts ON DELETE SET NULL,
    decision    TEXT NOT NULL,
    reason      TEXT NOT NULL,
    type        TEXT NOT NULL,
    text        TEXT NOT NULL,
    scores      TEXT NOT NULL,
    method      TEXT NOT NULL,
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX decisions_by_owner ON decisions (owner_no, decision_no);
CREATE INDEX decisions_by_event ON decisions (event_no);
CREATE INDEX decisions_by_fact ON decisions (fact_no);

-- Who and what was spoken of: one row for every spelling-free name. A name that turned out to be another one's
-- stays, pointing at it, so that what was said of each can be told apart again.
CREATE TABLE entities (
    entity_no   INTEGER PRIMARY KEY AUTOINCREMENT,
    entity_id   TEXT NOT NULL UNIQUE,    -- made of the event that named it first and the name: a rebuild gives the same
    owner_no    INTEGER NOT NULL REFERENCES owners,
    key         TEXT NOT NULL,           -- what spellings share
    name        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    by_hand     INTEGER NOT NULL DEFAULT 0,   -- a person set this name: it stays without mentions
    merged_into INTEGER REFERENCES entities,
    root_no     INTEGER REFERENCES entities,  -- derived: the end of merged_into, itself when that is absent
    UNIQUE (owner_no, key)
) STRICT;
CREATE INDEX entities_by_root ON entities (root_no);
CREATE INDEX entities_by_merge ON entities (merged_into);

-- Why one name points at another: an event said so, or a person did (no event). `apart`: a person said that the
-- two are not one, which no event overrules.
CREATE TABLE entity_links (
    link_no     INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_no    INTEGER NOT NULL REFERENCES owners,
    entity_no   INTEGER NOT NULL REFERENCES entities ON DELETE CASCADE,
    into_no     INTEGER NOT NULL REFERENCES entities ON DELETE CASCADE,
    event_no    INTEGER REFERENCES events ON DELETE CASCADE,
    apart       INTEGER NOT NULL DEFAULT 0,
    reason      TEXT NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX entity_links_by_entity ON entity_links (entity_no, into_no);
CREATE INDEX entity_links_by_into ON entity_links (into_no);
CREATE INDEX entity_links_by_event ON entity_links (event_no);

CREATE TABLE entity_mentions (
    entity_no INTEGER NOT NULL REFERENCES entities ON DELETE CASCADE,
    event_no  INTEGER NOT NULL REFERENCES events ON DELETE CASCADE,
    first     INTEGER NOT NULL,
    last      INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    PRIMARY KEY (entity_no, event_no, first)
) STRICT, WITHOUT ROWID;
CREATE INDEX entity_mentions_by_event ON entity_mentions (event_no);

-- Key-value profile of an owner, set by a caller; never searched.
CREATE TABLE profile_values (
    owner_no   INTEGER NOT NULL REFERENCES owners,
    key        TEXT NOT NULL,
    value      TEXT NOT NULL,            -- JSON
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (owner_no, key)
) STRICT, WITHOUT ROWID;

-- The few facts that are always at hand.
CREATE TABLE core_facts (
    owner_no    INTEGER NOT NULL REFERENCES owners,
    fact_no     INTEGER NOT NULL REFERENCES facts ON DELETE CASCADE,
    importance  REAL NOT NULL,
    promoted_at INTEGER NOT NULL,
    PRIMARY KEY (owner_no, fact_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX core_facts_by_fact ON core_facts (fact_no);

-- What was stored before there was extraction is due for it.
INSERT INTO outbox (kind, event_no, owner_no, created_at, available_at)
SELECT 'extract', event_no, owner_no, recorded_at, recorded_at FROM events ORDER BY event_no;

-- What became of every event that was due for a second reading, by a language model.
CREATE TABLE second_readings (
    event_no INTEGER PRIMARY KEY REFERENCES events ON DELETE CASCADE,
    owner_no INTEGER NOT NULL REFERENCES owners,
    state    TEXT NOT NULL CHECK (state IN ('read', 'withheld', 'failed')),
    reason   TEXT NOT NULL,
    version  TEXT NOT NULL,
    claims   INTEGER NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX second_readings_by_owner ON second_readings (owner_no, state);

-- What language models cost, one row a round of work: numbers only.
CREATE TABLE model_usage (
    usage_no      INTEGER PRIMARY KEY AUTOINCREMENT,
    at            INTEGER NOT NULL,
    purpose       TEXT NOT NULL,
    calls         INTEGER NOT NULL,
    failures      INTEGER NOT NULL,
    input_tokens  INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    seconds       REAL NOT NULL
) STRICT;

-- What a session was about, quoted from it: derived, one per session and place. It goes with any memory it
-- quotes, words and all, and the session is then due for a new one.
CREATE TABLE summaries (
    summary_no    INTEGER PRIMARY KEY AUTOINCREMENT,
    summary_id    TEXT NOT NULL UNIQUE,
    owner_no      INTEGER NOT NULL REFERENCES owners,
    session_id    TEXT NOT NULL,
    agent_id      TEXT NOT NULL,         -- what the summary was narrowed to; '' where it was not
    run_id        TEXT NOT NULL,
    app_id        TEXT NOT NULL,
    text          TEXT NOT NULL,
    messages      INTEGER NOT NULL,      -- read for it; those quoted stand in summary_sources
    through_no    INTEGER NOT NULL,      -- the last event read: later ones are new
    first_said_at INTEGER NOT NULL,
    last_said_at  INTEGER NOT NULL,
    method        TEXT NOT NULL,
    cause         TEXT NOT NULL,
    fresh         INTEGER NOT NULL,      -- messages that were new when it was made
    version       INTEGER NOT NULL,
    source_tokens INTEGER NOT NULL,
    tokens        INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    UNIQUE (owner_no, session_id, agent_id, run_id, app_id)
) STRICT;

CREATE TABLE summary_sources (
    summary_no INTEGER NOT NULL REFERENCES summaries ON DELETE CASCADE,
    event_no   INTEGER NOT NULL REFERENCES events ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    PRIMARY KEY (summary_no, event_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX summary_sources_by_event ON summary_sources (event_no);
CREATE TRIGGER summary_source_gone AFTER DELETE ON summary_sources BEGIN
    DELETE FROM summaries WHERE summary_no = old.summary_no;
END;
