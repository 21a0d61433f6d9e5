-- name: tasks_waiting
SELECT o.job_no, o.kind, e.event_id, o.created_at, o.available_at, o.attempts, o.last_error
FROM outbox o JOIN events e ON e.event_no = o.event_no
WHERE e.owner_no = :owner_no
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
ORDER BY o.job_no LIMIT :count;

-- name: tasks_dead
SELECT d.event_no, 'extract', e.event_id, e.recorded_at, d.at, d.reason
FROM encodings d JOIN events e ON e.event_no = d.event_no
WHERE d.owner_no = :owner_no AND d.state = 'dead'
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
UNION ALL
SELECT r.event_no, 'refine', e.event_id, e.recorded_at, r.at, r.reason
FROM second_readings r JOIN events e ON e.event_no = r.event_no
WHERE r.owner_no = :owner_no AND r.state = 'failed'
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
ORDER BY 1 LIMIT :count;

-- name: jobs_of_scope
SELECT o.job_no, o.event_no, o.owner_no, o.attempts
FROM outbox o JOIN events e ON e.event_no = o.event_no
WHERE o.kind = :kind AND e.owner_no = :owner_no
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
ORDER BY o.job_no LIMIT :count;

-- name: jobs_of_owner
SELECT job_no, event_no, owner_no, attempts FROM outbox
WHERE owner_no = :owner_no AND kind = :kind AND available_at <= :at ORDER BY job_no;
