-- name: span_append
INSERT INTO spans (event_no, owner_no, position, kind, first, last)
VALUES (:event_no, :owner_no, :position, :kind, :first, :last)
RETURNING span_no;

-- name: span_by_position
SELECT s.span_no, s.kind, s.first, s.last, substr(e.content, s.first + 1, s.last - s.first)
FROM spans s JOIN events e ON e.event_no = s.event_no
WHERE e.event_id = :event_id AND s.position = :position AND e.owner_no = :owner_no
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id);

-- name: span_stats
SELECT count(*), count(v.span_no)
FROM spans s JOIN events e ON e.event_no = s.event_no
LEFT JOIN vectors v ON v.space_no = :space_no AND v.owner_no = s.owner_no AND v.span_no = s.span_no
WHERE s.owner_no = :owner_no
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id);
