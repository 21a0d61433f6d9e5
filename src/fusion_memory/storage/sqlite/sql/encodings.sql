-- Statements over events to encode that take sets of values; SQLite binds a set as a JSON array.

-- name: events_by_numbers
SELECT e.event_no, e.event_id, e.content, e.kind, e.role, e.speaker, e.said_at, e.recorded_at, e.workspace_id,
       e.user_id, e.agent_id, e.run_id, e.session_id, e.app_id, e.thread, e.seq, e.client_id, e.origin, e.trust,
       e.metadata, e.times_seen, e.last_seen_at, e.dedup_key, e.owner_no
FROM json_each(:event_nos) AS wanted CROSS JOIN events e ON e.event_no = wanted.value
ORDER BY e.event_no;

-- name: encoding_reasons_of_events
SELECT n.event_no, n.state, n.reason FROM json_each(:event_nos) AS wanted
CROSS JOIN encodings n ON n.event_no = wanted.value WHERE n.owner_no = :owner_no;

-- name: decisions_of_events_drop
DELETE FROM decisions WHERE +owner_no = :owner_no AND event_no IN (SELECT value FROM json_each(:event_nos));

-- name: decisions_of_events
SELECT e.event_id, d.decision
FROM json_each(:event_ids) AS wanted CROSS JOIN events e ON e.event_id = wanted.value
JOIN decisions d ON d.event_no = e.event_no
WHERE e.owner_no = :owner_no
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
ORDER BY d.decision_no;

-- name: model_claims_beside
WITH threads (owner_no, thread) AS (
    SELECT DISTINCT e.owner_no, e.thread FROM json_each(:event_nos) AS wanted
    CROSS JOIN events e ON e.event_no = wanted.value WHERE e.owner_no = :owner_no
)
SELECT DISTINCT n.event_no, coalesce(f.subject, '') || ' ' || coalesce(f.object, '') || ' ' || d.text,
       coalesce(n.speaker, '') || ' ' || n.content
FROM threads CROSS JOIN events n ON n.owner_no = threads.owner_no AND n.thread = threads.thread
CROSS JOIN decisions d ON d.event_no = n.event_no AND d.method = 'model'
LEFT JOIN facts f ON f.fact_no = d.fact_no
WHERE n.event_no NOT IN (SELECT value FROM json_each(:event_nos));
