-- What became of events that are due for a second reading by a language model, and what that cost.

-- name: second_reading_due
SELECT o.job_no, o.event_no, o.owner_no, o.attempts FROM outbox o
WHERE o.kind = 'refine' AND o.available_at <= :at AND coalesce(o.lease_until, 0) <= :at
  AND NOT EXISTS (SELECT 1 FROM outbox first WHERE first.kind = 'extract' AND first.event_no = o.event_no)
ORDER BY o.job_no LIMIT :count;

-- name: second_reading_record
INSERT INTO second_readings (event_no, owner_no, state, reason, version, claims, at)
VALUES (:event_no, :owner_no, :state, :reason, :version, :claims, :at)
ON CONFLICT (event_no) DO UPDATE SET state = excluded.state, reason = excluded.reason,
    version = excluded.version, claims = excluded.claims, at = excluded.at;

-- name: second_reading_of
SELECT state FROM second_readings WHERE event_no = :event_no;

-- name: second_reading_balance
SELECT r.state, r.reason, count(*) FROM second_readings r JOIN events e ON e.event_no = r.event_no
WHERE r.owner_no = :owner_no
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
GROUP BY r.state, r.reason;

-- name: second_reading_asked
SELECT count(*), coalesce(sum(CASE WHEN r.state = 'read' THEN 1 ELSE 0 END), 0),
       coalesce(sum(CASE WHEN r.state = 'withheld' THEN 1 ELSE 0 END), 0),
       coalesce(sum(CASE WHEN r.state = 'failed' THEN 1 ELSE 0 END), 0),
       coalesce(sum(CASE WHEN o.job_no IS NOT NULL THEN 1 ELSE 0 END), 0)
FROM events e
LEFT JOIN second_readings r ON r.event_no = e.event_no
LEFT JOIN outbox o ON o.event_no = e.event_no AND o.kind = 'refine'
WHERE e.owner_no = :owner_no AND (r.event_no IS NOT NULL OR o.job_no IS NOT NULL)
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id);

-- name: second_readings_to_repeat
SELECT r.event_no FROM second_readings r JOIN events e ON e.event_no = r.event_no
LEFT JOIN encodings n ON n.event_no = r.event_no
WHERE r.owner_no = :owner_no AND r.state IN ('read', 'failed')
  AND (NOT :only_lost OR (r.state = 'read' AND coalesce(n.method, '') NOT LIKE '%+model'))
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
ORDER BY r.event_no;

-- name: second_reading_forget
DELETE FROM second_readings WHERE event_no = :event_no;

-- name: model_decisions_kept
SELECT count(*), coalesce(sum(CASE WHEN decision <> 'reject' THEN 1 ELSE 0 END), 0)
FROM decisions WHERE event_no = :event_no AND +owner_no = :owner_no AND method = 'model';

-- name: model_decisions_drop
DELETE FROM decisions WHERE event_no = :event_no AND +owner_no = :owner_no AND method = 'model';

-- name: model_tellings_drop
DELETE FROM facts
WHERE event_no = :event_no AND +owner_no = :owner_no AND method = 'model' AND origin = 'claim'
  AND retracted_at IS NULL;

-- name: speakers_of_owner
SELECT DISTINCT speaker FROM events WHERE owner_no = :owner_no AND trust = 'user' AND speaker IS NOT NULL;

-- name: encoding_unseen_by_model
UPDATE encodings SET claims = claims - :claims, method = replace(method, '+model', ''),
    state = CASE WHEN state = 'extracted' AND claims <= :claims THEN 'empty' ELSE state END,
    reason = CASE WHEN state = 'extracted' AND claims <= :claims THEN 'nothing_to_remember' ELSE reason END
WHERE event_no = :event_no AND method LIKE '%+model';

-- name: encoding_seen_by_model
UPDATE encodings SET state = CASE WHEN :claims > 0 THEN 'extracted' ELSE state END,
    reason = CASE WHEN :claims > 0 THEN 'kept' ELSE reason END,
    claims = claims + :claims, method = method || '+model'
WHERE event_no = :event_no AND method NOT LIKE '%+model';

-- name: model_usage_record
INSERT INTO model_usage (at, purpose, calls, failures, input_tokens, output_tokens, seconds)
VALUES (:at, :purpose, :calls, :failures, :input_tokens, :output_tokens, :seconds);

-- name: model_usage_sum
SELECT coalesce(sum(calls), 0), coalesce(sum(failures), 0), coalesce(sum(input_tokens), 0),
       coalesce(sum(output_tokens), 0), coalesce(sum(seconds), 0.0)
FROM model_usage WHERE :purpose IS NULL OR purpose = :purpose;
