-- What became of every event, and what the gate decided about every claim.

-- name: encoding_record
INSERT INTO encodings (event_no, owner_no, state, reason, method, version, claims, at)
VALUES (:event_no, :owner_no, :state, :reason, :method, :version, :claims, :at)
ON CONFLICT (event_no) DO NOTHING;

-- name: encoding_replace
INSERT INTO encodings (event_no, owner_no, state, reason, method, version, claims, at)
VALUES (:event_no, :owner_no, :state, :reason, :method, :version, :claims, :at)
ON CONFLICT (event_no) DO UPDATE
SET state = excluded.state, reason = excluded.reason, method = excluded.method, version = excluded.version,
    claims = excluded.claims, at = excluded.at;

-- name: encoding_of
SELECT state, version FROM encodings WHERE event_no = :event_no;

-- name: decision_record
INSERT INTO decisions (owner_no, event_no, fact_no, decision, reason, type, text, scores, method, at)
VALUES (:owner_no, :event_no, :fact_no, :decision, :reason, :type, :text, :scores, :method, :at);

-- name: telling_of_id
SELECT fact_no FROM facts WHERE fact_id = :fact_id AND owner_no = :owner_no;

-- name: encoding_balance
SELECT count(*),
       coalesce(sum(CASE WHEN n.state = 'extracted' THEN 1 ELSE 0 END), 0),
       coalesce(sum(CASE WHEN n.state = 'empty' THEN 1 ELSE 0 END), 0),
       coalesce(sum(CASE WHEN n.state IS NULL AND o.job_no IS NOT NULL THEN 1 ELSE 0 END), 0),
       coalesce(sum(CASE WHEN n.state = 'dead' THEN 1 ELSE 0 END), 0)
FROM events e
LEFT JOIN encodings n ON n.event_no = e.event_no
LEFT JOIN outbox o ON o.event_no = e.event_no AND o.kind = 'extract'
WHERE e.owner_no = :owner_no
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id);

-- name: encoding_reasons
SELECT n.state, n.reason, count(*)
FROM encodings n JOIN events e ON e.event_no = n.event_no
WHERE n.owner_no = :owner_no
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
GROUP BY n.state, n.reason ORDER BY n.state, n.reason;

-- name: encoding_names
SELECT replace(substr(n.method, instr(n.method, '/') + 1), '+model', ''), count(*)
FROM encodings n JOIN events e ON e.event_no = n.event_no
WHERE n.owner_no = :owner_no AND instr(n.method, '/') > 0
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
GROUP BY 1 ORDER BY 1;

-- name: decision_counts
SELECT d.decision, d.reason, count(*)
FROM decisions d JOIN events e ON e.event_no = d.event_no
WHERE d.owner_no = :owner_no
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
GROUP BY d.decision, d.reason ORDER BY d.decision, d.reason;

-- name: decisions_latest
SELECT d.decision_no, e.event_id, d.decision, d.reason, d.text, d.type, d.scores, f.fact_id, d.method, d.at
FROM decisions d JOIN events e ON e.event_no = d.event_no
LEFT JOIN facts f ON f.fact_no = d.fact_no
WHERE d.owner_no = :owner_no AND d.decision_no < :before
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
ORDER BY d.decision_no DESC LIMIT :count;
