-- Memory cards of sessions: which sessions are how far, cards and their lines.

-- name: condensation_progress
SELECT e.session_id, count(*),
       sum(CASE WHEN e.event_no > coalesce(c.through_no, 0) THEN 1 ELSE 0 END),
       sum(CASE WHEN e.event_no > coalesce(c.through_no, 0) THEN length(CAST(e.content AS BLOB)) ELSE 0 END),
       max(e.recorded_at), coalesce(max(c.version), 0), coalesce(max(c.healed), 0)
FROM events e
LEFT JOIN condensations c ON c.owner_no = e.owner_no AND c.session_id = e.session_id
     AND c.agent_id = coalesce(:agent_id, '') AND c.run_id = coalesce(:run_id, '')
     AND c.app_id = coalesce(:app_id, '')
     AND c.version = (
         SELECT max(l.version) FROM condensations l
         WHERE l.owner_no = c.owner_no AND l.session_id = c.session_id AND l.agent_id = c.agent_id
           AND l.run_id = c.run_id AND l.app_id = c.app_id
     )
WHERE e.owner_no = :owner_no AND e.kind = 'message' AND e.session_id IS NOT NULL
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
GROUP BY e.session_id ORDER BY max(e.event_no);

-- name: condensation_standing
SELECT version, through_no, healed FROM condensations
WHERE owner_no = :owner_no AND session_id = :session_id
  AND agent_id = coalesce(:agent_id, '') AND run_id = coalesce(:run_id, '') AND app_id = coalesce(:app_id, '')
ORDER BY version DESC LIMIT 1;

-- name: condensation_put
INSERT INTO condensations (
    condensation_id, owner_no, session_id, agent_id, run_id, app_id, version, messages, through_no, first_said_at,
    last_said_at, method, cause, details, source_tokens, created_at
) VALUES (
    :condensation_id, :owner_no, :session_id, coalesce(:agent_id, ''), coalesce(:run_id, ''), coalesce(:app_id, ''),
    :version, :messages, :through_no, :first_said_at, :last_said_at, :method, :cause, :details, :source_tokens,
    :created_at
)
RETURNING condensation_no;

-- name: condensation_line_put
INSERT INTO condensation_lines (condensation_no, bucket, position, text, fact_id)
VALUES (:condensation_no, :bucket, :position, :text, :fact_id)
RETURNING line_no;

-- name: condensation_source_put
INSERT INTO condensation_sources (line_no, event_no, position) VALUES (:line_no, :event_no, :position);

-- name: condensation_read_put
INSERT INTO condensation_reads (condensation_no, event_no) VALUES (:condensation_no, :event_no);

-- name: condensations_forget_old
DELETE FROM condensations
WHERE owner_no = :owner_no AND session_id = :session_id
  AND agent_id = coalesce(:agent_id, '') AND run_id = coalesce(:run_id, '') AND app_id = coalesce(:app_id, '')
  AND version <= :version;

-- name: condensations_of_scope
SELECT c.condensation_no, c.condensation_id, c.session_id, c.messages, c.first_said_at, c.last_said_at, c.method,
       c.cause, c.details, c.version, c.source_tokens, c.created_at
FROM condensations c
WHERE c.owner_no = :owner_no AND (:as_of_ms IS NULL OR c.created_at <= :as_of_ms)
  AND (:session_id IS NULL OR c.session_id = :session_id)
  AND (:agent_id IS NULL OR c.agent_id = :agent_id)
  AND (:run_id IS NULL OR c.run_id = :run_id) AND (:app_id IS NULL OR c.app_id = :app_id)
  AND (:history OR NOT EXISTS (
      SELECT 1 FROM condensations l
      WHERE l.owner_no = c.owner_no AND l.session_id = c.session_id AND l.agent_id = c.agent_id
        AND l.run_id = c.run_id AND l.app_id = c.app_id AND l.version > c.version
        AND (:as_of_ms IS NULL OR l.created_at <= :as_of_ms)
  ))
ORDER BY c.last_said_at DESC, c.condensation_no DESC LIMIT :count;

-- name: condensation_lines_of
SELECT l.bucket, l.text, l.fact_id, e.event_id
FROM condensation_lines l
JOIN condensations c ON c.condensation_no = l.condensation_no
JOIN condensation_sources s ON s.line_no = l.line_no
JOIN events e ON e.event_no = s.event_no
WHERE l.condensation_no = :condensation_no AND c.owner_no = :owner_no AND e.owner_no = :owner_no
  AND (l.fact_id IS NULL OR NOT EXISTS (
      SELECT 1 FROM facts f WHERE f.fact_id = l.fact_id AND f.owner_no = :owner_no AND f.retracted_at IS NOT NULL
  ))
  AND (l.fact_id IS NULL OR NOT EXISTS (
      SELECT 1 FROM facts f WHERE f.corrects = l.fact_id AND f.owner_no = :owner_no AND f.retracted_at IS NULL
  ))
ORDER BY l.position, s.position;

-- name: condensation_lines_of_event_drop
DELETE FROM condensation_lines
WHERE line_no IN (
    SELECT s.line_no FROM condensation_sources s JOIN events e ON e.event_no = s.event_no
    WHERE s.event_no = :event_no AND e.owner_no = :owner_no
);

-- name: condensations_read_of_event_drop
DELETE FROM condensations
WHERE owner_no = :owner_no
  AND condensation_no IN (SELECT condensation_no FROM condensation_reads WHERE event_no = :event_no);

-- name: condensation_counts
SELECT count(*), count(DISTINCT session_id) FROM condensations
WHERE owner_no = :owner_no AND (:session_id IS NULL OR session_id = :session_id)
  AND (:agent_id IS NULL OR agent_id = :agent_id) AND (:run_id IS NULL OR run_id = :run_id)
  AND (:app_id IS NULL OR app_id = :app_id);

-- name: condensation_uncited
SELECT count(*) FROM condensation_lines l JOIN condensations c ON c.condensation_no = l.condensation_no
WHERE c.owner_no = :owner_no
  AND NOT EXISTS (SELECT 1 FROM condensation_sources s WHERE s.line_no = l.line_no);
