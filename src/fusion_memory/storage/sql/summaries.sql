-- Summaries of sessions, and what of a session is to be read for one.

-- name: summary_progress
SELECT e.session_id, count(*), sum(CASE WHEN e.event_no > coalesce(s.through_no, 0) THEN 1 ELSE 0 END),
       coalesce(max(s.version), 0)
FROM events e
LEFT JOIN summaries s ON s.owner_no = e.owner_no AND s.session_id = e.session_id
     AND s.agent_id = coalesce(:agent_id, '') AND s.run_id = coalesce(:run_id, '') AND s.app_id = coalesce(:app_id, '')
WHERE e.owner_no = :owner_no AND e.kind = 'message' AND e.session_id IS NOT NULL
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
GROUP BY e.session_id ORDER BY max(e.event_no);

-- name: summary_material
SELECT event_no, event_id, role, speaker, said_at, substr(content, 1, :chars) FROM events
WHERE owner_no = :owner_no AND session_id = :session_id AND kind = 'message'
  AND (:agent_id IS NULL OR agent_id = :agent_id)
  AND (:run_id IS NULL OR run_id = :run_id) AND (:app_id IS NULL OR app_id = :app_id)
ORDER BY said_at DESC, seq DESC LIMIT :count;

-- name: summary_standing
SELECT version, through_no, summary_id FROM summaries
WHERE owner_no = :owner_no AND session_id = :session_id
  AND agent_id = coalesce(:agent_id, '') AND run_id = coalesce(:run_id, '') AND app_id = coalesce(:app_id, '');

-- name: summary_drop
DELETE FROM summaries
WHERE owner_no = :owner_no AND session_id = :session_id
  AND agent_id = coalesce(:agent_id, '') AND run_id = coalesce(:run_id, '') AND app_id = coalesce(:app_id, '');

-- name: summary_put
INSERT INTO summaries (
    summary_id, owner_no, session_id, agent_id, run_id, app_id, text, messages, through_no, first_said_at,
    last_said_at, method, cause, fresh, version, source_tokens, tokens, created_at
) VALUES (
    :summary_id, :owner_no, :session_id, coalesce(:agent_id, ''), coalesce(:run_id, ''), coalesce(:app_id, ''), :text,
    :messages, :through_no, :first_said_at, :last_said_at, :method, :cause, :fresh, :version, :source_tokens, :tokens,
    :created_at
)
RETURNING summary_no;

-- name: summary_source_put
INSERT INTO summary_sources (summary_no, event_no, position) VALUES (:summary_no, :event_no, :position);

-- name: summaries_of_scope
SELECT summary_no, summary_id, session_id, text, messages, first_said_at, last_said_at, method, cause, fresh, version,
       source_tokens, tokens, created_at
FROM summaries
WHERE owner_no = :owner_no AND (:as_of_ms IS NULL OR created_at <= :as_of_ms)
  AND (:session_id IS NULL OR session_id = :session_id) AND (:agent_id IS NULL OR agent_id = :agent_id)
  AND (:run_id IS NULL OR run_id = :run_id) AND (:app_id IS NULL OR app_id = :app_id)
ORDER BY last_said_at DESC, summary_no DESC LIMIT :count;

-- name: summary_sources
SELECT e.event_id FROM summary_sources q JOIN events e ON e.event_no = q.event_no
WHERE q.summary_no = :summary_no AND e.owner_no = :owner_no ORDER BY q.position;

-- name: schema_sessions
SELECT e.session_id, count(s.span_no)
FROM events e CROSS JOIN spans s ON s.event_no = e.event_no
WHERE e.owner_no = :owner_no AND e.kind = 'message' AND e.session_id IS NOT NULL
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
GROUP BY e.session_id HAVING count(s.span_no) >= :least
ORDER BY max(e.said_at) DESC, max(e.event_no) DESC LIMIT :count;
