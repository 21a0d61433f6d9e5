-- Keys of callers, and an audit trail that says more and cannot be changed.
-- Only a hash of a key's secret part is here. An operator's key has no workspace: ''.
CREATE TABLE api_keys (
    key_no       INTEGER PRIMARY KEY AUTOINCREMENT,
    key_id       TEXT NOT NULL UNIQUE,
    prefix       TEXT NOT NULL UNIQUE,   -- the public part of the key's text
    salt         BLOB NOT NULL,
    hash         BLOB NOT NULL,
    label        TEXT NOT NULL,
    rights       TEXT NOT NULL,          -- names, separated by blanks
    operator     INTEGER NOT NULL CHECK (operator = (workspace_id = '')),
    workspace_id TEXT NOT NULL CHECK (workspace_id <> '*'),
    user_id      TEXT NOT NULL,
    agent_id     TEXT NOT NULL,
    app_id       TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    created_by   TEXT NOT NULL,
    expires_at   INTEGER,
    revoked_at   INTEGER,
    last_used_at INTEGER                 -- to the hour
) STRICT;
CREATE INDEX api_keys_by_workspace ON api_keys (workspace_id, key_no);

-- NULL in rows that were written before; those rows' hashes do not cover these columns.
ALTER TABLE audit ADD COLUMN kind TEXT;
ALTER TABLE audit ADD COLUMN tenant TEXT;
ALTER TABLE audit ADD COLUMN request_id TEXT;
CREATE INDEX audit_by_tenant ON audit (tenant, audit_no);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN
    SELECT raise(ABORT, 'the audit trail is append-only');
END;
CREATE TRIGGER audit_is_not_erased BEFORE DELETE ON audit BEGIN
    SELECT raise(ABORT, 'the audit trail is append-only');
END;
