-- Jobs: submitted, claimed under a lease, finished under its fence, listed. See also the dialect's jobs.sql.

-- name: job_submit
INSERT INTO jobs (job_id, kind, owner_no, scope, payload, key, state, max_attempts, available_at, principal, created_at)
VALUES (:job_id, :kind, :owner_no, :scope, :payload, :key, 'queued', :max_attempts, :available_at, :principal, :at)
ON CONFLICT DO NOTHING;

-- name: job_open_of_key
SELECT job_id FROM jobs
WHERE coalesce(owner_no, 0) = coalesce(:owner_no, 0) AND key = :key AND state IN ('queued', 'running');

-- name: job_take
UPDATE jobs SET state = 'running', lease_by = :worker, lease_until = :until, fence = fence + 1,
    attempts = attempts + 1, started_at = coalesce(started_at, :at)
WHERE job_id = :job_id
  AND ((state = 'queued' AND available_at <= :at) OR (state = 'running' AND lease_until <= :at))
  AND attempts < max_attempts
RETURNING job_no, job_id, kind, scope, payload, fence, attempts, max_attempts;

-- name: job_bury_abandoned
UPDATE jobs SET state = 'dead', last_error = 'abandoned', finished_at = :at, lease_by = NULL, lease_until = NULL
WHERE state = 'running' AND lease_until <= :at AND attempts >= max_attempts;

-- name: job_beat
UPDATE jobs SET lease_until = :until, done = coalesce(:done, done), total = coalesce(:total, total)
WHERE job_no = :job_no AND fence = :fence AND state = 'running';

-- name: job_finish
UPDATE jobs SET state = 'done', counts = :counts, finished_at = :at, last_error = NULL,
    lease_by = NULL, lease_until = NULL
WHERE job_no = :job_no AND fence = :fence AND state = 'running';

-- name: job_put_off
UPDATE jobs SET state = 'queued', last_error = :error, available_at = :available_at,
    lease_by = NULL, lease_until = NULL
WHERE job_no = :job_no AND fence = :fence AND state = 'running';

-- name: job_bury
UPDATE jobs SET state = 'dead', last_error = :error, finished_at = :at, lease_by = NULL, lease_until = NULL
WHERE job_no = :job_no AND fence = :fence AND state = 'running';

-- name: job_release
UPDATE jobs SET state = 'queued', attempts = attempts - 1, available_at = :at, lease_by = NULL, lease_until = NULL
WHERE job_no = :job_no AND fence = :fence AND state = 'running';

-- name: job_cancel
UPDATE jobs SET state = 'cancelled', finished_at = :at, fence = fence + 1, lease_by = NULL, lease_until = NULL
WHERE job_id = :job_id AND state IN ('queued', 'running');

-- name: job_retry
UPDATE OR IGNORE jobs SET state = 'queued', attempts = 0, available_at = :at, finished_at = NULL, done = 0
WHERE job_id = :job_id AND state IN ('queued', 'dead', 'cancelled');

-- name: job_of_id
SELECT job_id, kind, owner_no, scope, payload, state, attempts, max_attempts, available_at, done, total, counts,
       last_error, principal, created_at, started_at, finished_at, job_no
FROM jobs WHERE job_id = :job_id;

-- name: job_page
SELECT job_id, kind, owner_no, scope, payload, state, attempts, max_attempts, available_at, done, total, counts,
       last_error, principal, created_at, started_at, finished_at, job_no
FROM jobs
WHERE (:everywhere OR owner_no = :owner_no) AND job_no < :before
  AND (:state IS NULL OR state = :state) AND (:kind IS NULL OR kind = :kind)
ORDER BY job_no DESC LIMIT :count;

-- name: job_counts
SELECT state, count(*) FROM jobs GROUP BY state;

-- name: job_prune
DELETE FROM jobs WHERE finished_at < :before AND (:owner_no IS NULL OR owner_no = :owner_no);

-- name: schedule_marks
SELECT entry, last_due, event_no FROM schedule_marks WHERE owner_no = 0;

-- name: schedule_mark
INSERT INTO schedule_marks (entry, owner_no, last_due, event_no) VALUES (:entry, 0, :last_due, :event_no)
ON CONFLICT (entry, owner_no) DO UPDATE SET last_due = excluded.last_due, event_no = excluded.event_no;

-- name: schedule_latest_event
SELECT coalesce(max(event_no), 0) FROM events;

-- name: schedule_count_news
INSERT INTO schedule_marks (entry, owner_no, waiting, latest_at)
SELECT :entry, owner_no, count(*), max(recorded_at) FROM events WHERE event_no > :after GROUP BY owner_no
ON CONFLICT (entry, owner_no) DO UPDATE
SET waiting = schedule_marks.waiting + excluded.waiting, latest_at = excluded.latest_at;

-- name: schedule_owners_due
SELECT owner_no FROM schedule_marks
WHERE entry = :entry AND owner_no > 0 AND waiting > 0
  AND ((:messages > 0 AND waiting >= :messages) OR (:idle_before IS NOT NULL AND latest_at <= :idle_before))
ORDER BY owner_no LIMIT :count;

-- name: schedule_first_idle
SELECT min(latest_at) FROM schedule_marks WHERE entry = :entry AND waiting > 0 AND owner_no > 0;

-- name: schedule_served
UPDATE schedule_marks SET waiting = 0 WHERE entry = :entry AND owner_no = :owner_no;

-- name: schedule_prune
DELETE FROM schedule_marks WHERE owner_no > 0 AND waiting = 0;
