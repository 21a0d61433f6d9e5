-- What was asked under a key of the caller's, so that it is done once. Keys are kept as digests. An answer goes with the
-- memories of its owner; then neither it nor what tells the request remains.
CREATE TABLE idempotency (
    key_hash   BLOB PRIMARY KEY,         -- of the caller, its bounds and the key
    state      TEXT NOT NULL CHECK (state IN ('running', 'done', 'gone')),
    ticket     TEXT NOT NULL,            -- of the attempt
    holder     TEXT NOT NULL,            -- the process that does it
    owner_no   INTEGER NOT NULL,         -- 0: no owner's
    salt       BLOB NOT NULL,
    digest     BLOB NOT NULL,            -- of the request, salted
    first_at   INTEGER NOT NULL,
    lease_at   INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    status     INTEGER,
    headers    TEXT,
    body       BLOB
) STRICT;
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);
CREATE INDEX idempotency_by_owner ON idempotency (owner_no);
