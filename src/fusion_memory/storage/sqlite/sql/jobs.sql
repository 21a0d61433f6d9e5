-- Statements over jobs that take sets of values; SQLite binds a set as a JSON array.

-- name: job_claim
UPDATE jobs SET state = 'running', lease_by = :worker, lease_until = :until, fence = fence + 1,
    attempts = attempts + 1, started_at = coalesce(started_at, :at)
WHERE job_no = (
    SELECT job_no FROM (
        SELECT job_no, available_at AS since FROM jobs
        WHERE state = 'queued' AND available_at <= :at AND kind IN (SELECT value FROM json_each(:kinds))
        UNION ALL
        SELECT job_no, lease_until FROM jobs
        WHERE state = 'running' AND lease_until <= :at AND attempts < max_attempts
          AND kind IN (SELECT value FROM json_each(:kinds))
    ) AS due ORDER BY since, job_no LIMIT 1
)
RETURNING job_no, job_id, kind, scope, payload, fence, attempts, max_attempts;

-- name: job_next
SELECT min(since) FROM (
    SELECT min(available_at) AS since FROM jobs
    WHERE state = 'queued' AND kind IN (SELECT value FROM json_each(:kinds))
    UNION ALL
    SELECT min(lease_until) FROM jobs WHERE state = 'running' AND kind IN (SELECT value FROM json_each(:kinds))
) AS due;

-- name: outbox_next
SELECT min(max(available_at, coalesce(lease_until, 0), created_at + :grace)) FROM outbox
WHERE kind IN (SELECT value FROM json_each(:kinds));

-- name: outbox_claim
UPDATE outbox SET lease_until = :until, fence = fence + 1
WHERE job_no IN (SELECT value FROM json_each(:job_nos)) AND coalesce(lease_until, 0) <= :at
RETURNING job_no, event_no, owner_no, attempts, fence;

-- name: outbox_renew
UPDATE outbox SET lease_until = :until
WHERE job_no = :job_no AND fence = :fence;

-- name: outbox_release
UPDATE outbox SET lease_until = NULL WHERE job_no = :job_no AND fence = :fence;
