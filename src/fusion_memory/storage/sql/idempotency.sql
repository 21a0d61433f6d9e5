-- name: once_find
SELECT state, ticket, holder, salt, digest, first_at, lease_at, status, headers, body
FROM idempotency WHERE key_hash = :key_hash;

-- name: once_open
INSERT INTO idempotency (key_hash, state, ticket, holder, owner_no, salt, digest, first_at, lease_at, expires_at)
VALUES (:key_hash, 'running', :ticket, :holder, 0, :salt, :digest, :at, :lease_at, :expires_at);

-- name: once_take_over
UPDATE idempotency SET ticket = :ticket, holder = :holder, lease_at = :lease_at
WHERE key_hash = :key_hash AND state = 'running';

-- name: once_running
SELECT first_at FROM idempotency WHERE key_hash = :key_hash AND ticket = :ticket AND state = 'running';

-- name: once_finish
UPDATE idempotency SET state = 'done', owner_no = :owner_no, status = :status, headers = :headers, body = :body
WHERE key_hash = :key_hash AND ticket = :ticket AND state = 'running';

-- name: once_withhold
UPDATE idempotency SET state = 'gone', salt = x'', digest = x'' WHERE key_hash = :key_hash AND ticket = :ticket;

-- name: once_abandon
DELETE FROM idempotency WHERE key_hash = :key_hash AND ticket = :ticket AND state = 'running';

-- name: once_lose
UPDATE idempotency SET lease_at = 0 WHERE key_hash = :key_hash AND ticket = :ticket AND state = 'running';

-- name: once_expire
DELETE FROM idempotency WHERE expires_at <= :at;

-- name: once_erase
UPDATE idempotency SET state = 'gone', salt = x'', digest = x'', status = NULL, headers = NULL, body = NULL
WHERE owner_no = :owner_no AND state = 'done';
