-- What operators see. Statements on more than one owner walk a bounded stretch of their table, by number.
-- Deeds under the owner number 0 are those of whoever has no row of owners: nobody's in particular.

-- name: feed_ends
SELECT coalesce((SELECT max(audit_no) FROM audit), 0), coalesce((SELECT max(decision_no) FROM decisions), 0);

-- name: deeds_of_owner
SELECT a.audit_no, a.at, a.action, a.principal, a.subject, a.detail, o.workspace_id, o.user_id, o.agent_id, o.run_id
FROM audit a JOIN owners o ON o.owner_no = a.owner_no
WHERE a.owner_no = :owner_no AND a.audit_no > :after ORDER BY a.audit_no LIMIT :count;

-- name: deeds_of_many
SELECT a.audit_no, a.at, a.action, a.principal, a.subject, a.detail, coalesce(a.tenant, o.workspace_id), o.user_id,
       o.agent_id, o.run_id
FROM audit a LEFT JOIN owners o ON o.owner_no = a.owner_no
WHERE a.audit_no > :after AND a.audit_no <= :until
  AND (:workspace_id IS NULL OR a.tenant = :workspace_id OR (a.tenant IS NULL AND o.workspace_id = :workspace_id))
ORDER BY a.audit_no LIMIT :count;

-- name: judgements_of_owner
SELECT d.decision_no, d.at, e.event_id, d.decision, d.method, o.workspace_id, o.user_id, o.agent_id, o.run_id
FROM decisions d JOIN events e ON e.event_no = d.event_no JOIN owners o ON o.owner_no = d.owner_no
WHERE d.owner_no = :owner_no AND d.decision_no > :after ORDER BY d.decision_no LIMIT :count;

-- name: judgements_of_many
SELECT d.decision_no, d.at, e.event_id, d.decision, d.method, o.workspace_id, o.user_id, o.agent_id, o.run_id
FROM decisions d JOIN events e ON e.event_no = d.event_no JOIN owners o ON o.owner_no = d.owner_no
WHERE d.decision_no > :after AND d.decision_no <= :until
  AND (:workspace_id IS NULL OR o.workspace_id = :workspace_id)
ORDER BY d.decision_no LIMIT :count;

-- name: latest_deeds_of_owner
SELECT at, action, detail FROM audit
WHERE owner_no = :owner_no AND owner_no <> 0 AND at >= :since ORDER BY audit_no DESC LIMIT :count;

-- name: latest_deeds_of_many
SELECT a.at, a.action, a.detail FROM audit a LEFT JOIN owners o ON o.owner_no = a.owner_no
WHERE a.audit_no > (SELECT coalesce(max(audit_no), 0) FROM audit) - :count AND a.at >= :since
  AND (:workspace_id IS NULL OR a.tenant = :workspace_id OR (a.tenant IS NULL AND o.workspace_id = :workspace_id));

-- name: queues
SELECT q.kind, count(*), coalesce(sum(q.available_at <= :at), 0), coalesce(sum(q.attempts > 0), 0),
       min(CASE WHEN q.available_at <= :at THEN q.created_at END)
FROM outbox q JOIN owners o ON o.owner_no = q.owner_no
WHERE (:owner_no IS NULL OR q.owner_no = :owner_no) AND (:workspace_id IS NULL OR o.workspace_id = :workspace_id)
GROUP BY q.kind;

-- name: queue_errors
SELECT q.kind, q.last_error FROM outbox q JOIN owners o ON o.owner_no = q.owner_no
WHERE q.last_error IS NOT NULL
  AND (:owner_no IS NULL OR q.owner_no = :owner_no) AND (:workspace_id IS NULL OR o.workspace_id = :workspace_id)
ORDER BY q.job_no;

-- name: dead_readings
SELECT 'extract', count(*) FROM encodings d JOIN owners o ON o.owner_no = d.owner_no
WHERE d.state = 'dead'
  AND (:owner_no IS NULL OR d.owner_no = :owner_no) AND (:workspace_id IS NULL OR o.workspace_id = :workspace_id)
UNION ALL
SELECT 'refine', count(*) FROM second_readings r JOIN owners o ON o.owner_no = r.owner_no
WHERE r.state = 'failed'
  AND (:owner_no IS NULL OR r.owner_no = :owner_no) AND (:workspace_id IS NULL OR o.workspace_id = :workspace_id);

-- name: model_usage_by_purpose
SELECT purpose, sum(calls), sum(failures), sum(input_tokens), sum(output_tokens), sum(seconds)
FROM model_usage GROUP BY purpose ORDER BY purpose;

-- name: oldest_due
SELECT min(created_at) FROM outbox WHERE available_at <= :at AND attempts = 0;

-- name: holdings
SELECT count(*),
       coalesce(sum((SELECT count(*) FROM events e WHERE e.owner_no = o.owner_no)), 0),
       coalesce(sum((SELECT count(*) FROM facts f WHERE f.owner_no = o.owner_no AND f.head_no = f.fact_no)), 0),
       coalesce(sum((SELECT count(*) FROM entities n WHERE n.owner_no = o.owner_no AND n.merged_into IS NULL)), 0),
       coalesce(sum((SELECT count(DISTINCT e.session_id) FROM events e WHERE e.owner_no = o.owner_no)), 0)
FROM owners o
WHERE (:owner_no IS NULL OR o.owner_no = :owner_no) AND (:workspace_id IS NULL OR o.workspace_id = :workspace_id);

-- name: traces_with_payload
SELECT trace_no, trace_id, payload FROM traces WHERE owner_no = :owner_no;

-- name: point_vectors
SELECT v.vector_no, v.vector, e.event_no, e.event_id, e.said_at, e.kind, e.role, e.times_seen
FROM vectors v JOIN spans s ON s.span_no = v.span_no JOIN events e ON e.event_no = s.event_no
WHERE v.space_no = :space_no AND v.owner_no = :owner_no AND s.position = 0
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
ORDER BY v.vector_no;

-- name: fact_types_of_owner
SELECT event_no, min(type) FROM facts WHERE owner_no = :owner_no AND retracted_at IS NULL GROUP BY event_no;

-- name: point_marks
SELECT coalesce((SELECT max(audit_no) FROM audit WHERE owner_no = :owner_no AND owner_no <> 0), 0),
       coalesce((SELECT max(decision_no) FROM decisions WHERE owner_no = :owner_no), 0);
