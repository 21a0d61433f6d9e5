-- name: outbox_enqueue
INSERT INTO outbox (kind, event_no, owner_no, created_at, available_at)
VALUES (:kind, :event_no, :owner_no, :at, :at)
ON CONFLICT (kind, event_no) DO NOTHING;

-- name: outbox_due
SELECT job_no, event_no, owner_no, attempts FROM outbox
WHERE kind = :kind AND available_at <= :at AND created_at <= :before AND coalesce(lease_until, 0) <= :at
ORDER BY job_no LIMIT :count;

-- name: outbox_count
SELECT count(*) FROM outbox WHERE kind = :kind AND (:owner_no IS NULL OR owner_no = :owner_no);

-- name: outbox_last_error
SELECT last_error FROM outbox WHERE last_error IS NOT NULL ORDER BY job_no DESC LIMIT 1;
