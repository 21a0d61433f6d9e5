-- The statements of the memory room that take a set of values; SQLite binds a set as a JSON array.
-- CROSS JOIN keeps the order written: from the few values wanted to the rows they name. Without statistics
-- the planner may start from an index on the owner and walk everything it has.

-- name: passages
SELECT s.span_no, s.position, s.kind, s.first, s.last, substr(e.content, s.first + 1, s.last - s.first),
       length(e.content), e.event_no, e.event_id, e.role, e.speaker, e.said_at, e.session_id, e.client_id,
       e.trust, e.metadata, e.thread, e.seq, coalesce(k.tier, 'warm'), k.archived_at IS NOT NULL
FROM json_each(:span_nos) AS wanted
CROSS JOIN spans s ON s.span_no = wanted.value
CROSS JOIN events e ON e.event_no = s.event_no
LEFT JOIN keeping k ON k.event_no = e.event_no
WHERE s.owner_no = :owner_no;

-- name: places
SELECT s.span_no, s.event_no, e.thread, e.seq, e.said_at, e.trust, e.speaker
FROM json_each(:span_nos) AS wanted
CROSS JOIN spans s ON s.span_no = wanted.value
CROSS JOIN events e ON e.event_no = s.event_no
WHERE s.owner_no = :owner_no;

-- name: neighbours
SELECT DISTINCT s.span_no, n.event_no, n.thread, n.seq, n.said_at, n.trust, n.speaker
FROM json_each(:event_nos) AS wanted
CROSS JOIN events e ON e.event_no = wanted.value
CROSS JOIN events n ON n.owner_no = e.owner_no AND n.thread = e.thread
                   AND n.seq BETWEEN e.seq - :reach AND e.seq + :reach AND n.seq <> e.seq
CROSS JOIN spans s ON s.event_no = n.event_no AND s.position = 0
WHERE e.owner_no = :owner_no
  AND (:session_id IS NULL OR n.session_id = :session_id) AND (:agent_id IS NULL OR n.agent_id = :agent_id)
  AND (:run_id IS NULL OR n.run_id = :run_id) AND (:app_id IS NULL OR n.app_id = :app_id);

-- name: surroundings
SELECT s.span_no,
       CASE WHEN s.first > 0 THEN substr(e.content, max(s.first - :chars, 0) + 1, min(s.first, :chars))
            ELSE coalesce(substr(p.content, -:chars), '') END,
       CASE WHEN s.last < length(e.content) THEN substr(e.content, s.last + 1, :chars)
            ELSE coalesce(substr(n.content, 1, :chars), '') END
FROM json_each(:span_nos) AS wanted
CROSS JOIN spans s ON s.span_no = wanted.value
CROSS JOIN events e ON e.event_no = s.event_no
LEFT JOIN events p ON s.first = 0 AND e.session_id IS NOT NULL
                  AND p.owner_no = e.owner_no AND p.thread = e.thread AND p.seq = e.seq - 1
                  AND (:agent_id IS NULL OR p.agent_id = :agent_id) AND (:run_id IS NULL OR p.run_id = :run_id)
                  AND (:app_id IS NULL OR p.app_id = :app_id)
LEFT JOIN events n ON s.last = length(e.content) AND e.session_id IS NOT NULL
                  AND n.owner_no = e.owner_no AND n.thread = e.thread AND n.seq = e.seq + 1
                  AND (:agent_id IS NULL OR n.agent_id = :agent_id) AND (:run_id IS NULL OR n.run_id = :run_id)
                  AND (:app_id IS NULL OR n.app_id = :app_id)
WHERE s.owner_no = :owner_no;

-- name: spans_of_content
SELECT s.span_no FROM events e JOIN spans s ON s.event_no = e.event_no
WHERE e.owner_no = :owner_no AND e.content_hash = :content_hash
ORDER BY e.event_no DESC, s.position LIMIT :count;

-- name: events_by_ids
SELECT e.event_no, e.event_id FROM json_each(:event_ids) AS wanted
CROSS JOIN events e ON e.event_id = wanted.value
WHERE e.owner_no = :owner_no
  AND (:session_id IS NULL OR session_id = :session_id) AND (:agent_id IS NULL OR agent_id = :agent_id)
  AND (:run_id IS NULL OR run_id = :run_id) AND (:app_id IS NULL OR app_id = :app_id);

-- name: spans_of_events
SELECT s.span_no FROM json_each(:event_nos) AS wanted CROSS JOIN spans s ON s.event_no = wanted.value
WHERE +s.owner_no = :owner_no;  -- +: by event, never by reading all spans of the owner

-- name: vectors_of_spans
SELECT count(*) FROM json_each(:span_nos) AS wanted CROSS JOIN vectors v ON v.span_no = wanted.value
WHERE v.owner_no = :owner_no;

-- name: events_following
SELECT n.event_no FROM json_each(:event_nos) AS wanted CROSS JOIN events e ON e.event_no = wanted.value
CROSS JOIN events n ON n.owner_no = e.owner_no AND n.thread = e.thread AND n.seq = e.seq + 1
WHERE e.owner_no = :owner_no AND n.event_no NOT IN (SELECT value FROM json_each(:event_nos));

-- name: vectors_in_context_drop
DELETE FROM vectors WHERE span_no IN (SELECT value FROM json_each(:span_nos));

-- name: first_spans
SELECT s.span_no FROM json_each(:event_nos) AS wanted CROSS JOIN spans s ON s.event_no = wanted.value
WHERE s.owner_no = :owner_no AND s.first = 0;

-- name: events_erase
DELETE FROM events WHERE +owner_no = :owner_no AND event_no IN (SELECT value FROM json_each(:event_nos));

-- name: traces_mentioning
SELECT t.trace_no, t.trace_id FROM traces t
WHERE t.owner_no = :owner_no
  AND EXISTS (SELECT 1 FROM json_each(:event_ids) AS gone WHERE instr(t.payload, gone.value) > 0);

-- name: traces_erase
DELETE FROM traces WHERE owner_no = :owner_no AND trace_no IN (SELECT value FROM json_each(:trace_nos));

-- name: outbox_done
DELETE FROM outbox WHERE job_no IN (SELECT value FROM json_each(:job_nos));

-- name: outbox_failed
UPDATE outbox SET attempts = attempts + 1, last_error = :error, available_at = :available_at, lease_until = NULL
WHERE job_no IN (SELECT value FROM json_each(:job_nos));

-- name: outbox_of_events
SELECT job_no, event_no, owner_no, attempts FROM outbox
WHERE kind = :kind AND event_no IN (SELECT value FROM json_each(:event_nos)) ORDER BY job_no;

-- name: visible_spans
SELECT s.span_no, e.metadata FROM json_each(:span_nos) AS wanted
CROSS JOIN spans s ON s.span_no = wanted.value
CROSS JOIN events e ON e.event_no = s.event_no
LEFT JOIN keeping k ON k.event_no = e.event_no
WHERE e.owner_no = :owner_no
  AND (NOT :hide_archived OR k.archived_at IS NULL)
  AND (:any_tier OR coalesce(k.tier, 'warm') IN (SELECT value FROM json_each(:tiers)))
  AND (:any_session OR e.session_id IN (SELECT value FROM json_each(:session_ids)))
  AND (:any_role OR e.role IN (SELECT value FROM json_each(:roles)))
  AND (:agent_id IS NULL OR e.agent_id = :agent_id) AND (:run_id IS NULL OR e.run_id = :run_id)
  AND (:app_id IS NULL OR e.app_id = :app_id)
  AND (:since_ms IS NULL OR e.said_at >= :since_ms) AND (:until_ms IS NULL OR e.said_at < :until_ms)
  AND (:as_of_ms IS NULL OR e.recorded_at <= :as_of_ms)
  AND (:any_trust OR e.trust IN (SELECT value FROM json_each(:trusts)))
  AND (:any_origin OR e.origin IN (SELECT value FROM json_each(:origins)))
  AND (:any_type OR EXISTS (
      SELECT 1 FROM facts f
      WHERE f.event_no = e.event_no AND f.owner_no = e.owner_no AND f.type IN (SELECT value FROM json_each(:types))
  ));

-- name: span_numbers
SELECT e.event_id, s.position, s.span_no FROM json_each(:event_ids) AS wanted
CROSS JOIN events e ON e.event_id = wanted.value
CROSS JOIN spans s ON s.event_no = e.event_no
WHERE e.owner_no = :owner_no;

-- name: texts_of_events
SELECT e.event_no, s.span_no, substr(e.content, s.first + 1, s.last - s.first)
FROM json_each(:event_nos) AS wanted
CROSS JOIN events e ON e.event_no = wanted.value
CROSS JOIN spans s ON s.event_no = e.event_no
WHERE e.owner_no = :owner_no ORDER BY e.event_no, s.position;
