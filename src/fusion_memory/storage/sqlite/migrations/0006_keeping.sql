-- Schema 6: how near at hand a memory is kept. A memory without a row here is warm, was never found by a search, and
-- is not archived; so rows exist only for what was used, rose, cooled or was put away.

CREATE TABLE keeping (
    event_no     INTEGER PRIMARY KEY REFERENCES events ON DELETE CASCADE,
    owner_no     INTEGER NOT NULL REFERENCES owners,
    tier         TEXT NOT NULL DEFAULT 'warm' CHECK (tier IN ('hot', 'warm', 'cold')),
    archived_at  INTEGER,                -- kept, and left out of searches that do not ask for it
    reason       TEXT,                   -- why it was archived
    uses         INTEGER NOT NULL DEFAULT 0,
    last_used_at INTEGER
) STRICT;
CREATE INDEX keeping_by_owner ON keeping (owner_no, tier, event_no);
CREATE INDEX keeping_archived ON keeping (owner_no) WHERE archived_at IS NOT NULL;

-- What in-memory filters follow: `keepings` grows when a tier or the archive changes, `archived` counts the archive.
ALTER TABLE owners ADD COLUMN keepings INTEGER NOT NULL DEFAULT 0;
ALTER TABLE owners ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER keeping_came AFTER INSERT ON keeping WHEN new.tier <> 'warm' OR new.archived_at IS NOT NULL BEGIN
    UPDATE owners SET keepings = keepings + 1, archived = archived + (new.archived_at IS NOT NULL)
    WHERE owner_no = new.owner_no;
END;
CREATE TRIGGER keeping_changed AFTER UPDATE OF tier, archived_at ON keeping
WHEN old.tier <> new.tier OR (old.archived_at IS NULL) <> (new.archived_at IS NULL) BEGIN
    UPDATE owners
    SET keepings = keepings + 1, archived = archived + (new.archived_at IS NOT NULL) - (old.archived_at IS NOT NULL)
    WHERE owner_no = new.owner_no;
END;
CREATE TRIGGER keeping_gone AFTER DELETE ON keeping WHEN old.tier <> 'warm' OR old.archived_at IS NOT NULL BEGIN
    UPDATE owners SET keepings = keepings + 1, archived = archived - (old.archived_at IS NOT NULL)
    WHERE owner_no = old.owner_no;
END;
