-- What must never be found in a database, whatever happened to the process that wrote it. Each statement
-- returns one row per defect: what it is about.

-- name: events without passages
SELECT e.event_id FROM events e WHERE NOT EXISTS (SELECT 1 FROM spans s WHERE s.event_no = e.event_no);

-- name: events not covered by their passages
SELECT e.event_id FROM events e JOIN spans s ON s.event_no = e.event_no GROUP BY e.event_no
HAVING min(s.position) <> 0 OR max(s.position) <> count(*) - 1 OR min(s.first) <> 0 OR max(s.last) <> length(e.content);

-- name: passages of another owner than their event
SELECT s.span_no FROM spans s JOIN events e ON e.event_no = s.event_no WHERE e.owner_no <> s.owner_no;

-- name: passages missing in the keyword index
SELECT s.span_no FROM spans s
WHERE NOT EXISTS (SELECT 1 FROM span_terms t WHERE t.span_no = s.span_no AND t.owner_no = s.owner_no);

-- name: keyword entries without a passage
SELECT t.span_no FROM span_terms t WHERE NOT EXISTS (SELECT 1 FROM spans s WHERE s.span_no = t.span_no);

-- name: passages with neither a vector nor a job that makes one
SELECT s.span_no FROM spans s
WHERE NOT EXISTS (SELECT 1 FROM vectors v WHERE v.span_no = s.span_no AND v.owner_no = s.owner_no)
  AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.event_no = s.event_no AND o.kind = 'embed');

-- name: vectors without a passage
SELECT v.span_no FROM vectors v WHERE NOT EXISTS (SELECT 1 FROM spans s WHERE s.span_no = v.span_no);

-- name: vectors beyond the owner's counter
SELECT o.owner_no FROM owners o
WHERE o.vectors < (SELECT coalesce(max(v.vector_no), 0) FROM vectors v WHERE v.owner_no = o.owner_no);

-- name: jobs without an event
SELECT o.job_no FROM outbox o WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.event_no = o.event_no);

-- name: events that the audit trail does not account for
SELECT a.added - a.forgotten - a.held FROM (
    SELECT (SELECT coalesce(sum(detail ->> 'inserted'), 0) FROM audit WHERE action = 'add') AS added,
           (SELECT coalesce(sum(detail ->> 'memories'), 0) FROM audit WHERE action = 'forget') AS forgotten,
           (SELECT count(*) FROM events) AS held
) AS a WHERE a.added - a.forgotten <> a.held;

-- name: passages that the audit trail does not account for
SELECT a.added - a.forgotten - a.held FROM (
    SELECT (SELECT coalesce(sum(detail ->> 'spans'), 0) FROM audit WHERE action = 'add') AS added,
           (SELECT coalesce(sum(detail ->> 'spans'), 0) FROM audit WHERE action = 'forget') AS forgotten,
           (SELECT count(*) FROM spans) AS held
) AS a WHERE a.added - a.forgotten <> a.held;

-- name: gaps in the audit trail
SELECT a.audit_no FROM audit a WHERE a.audit_no > 1 AND NOT EXISTS (SELECT 1 FROM audit b WHERE b.audit_no = a.audit_no - 1);

-- name: tellings of another owner than their event
SELECT f.fact_id FROM facts f JOIN events e ON e.event_no = f.event_no WHERE e.owner_no <> f.owner_no;

-- name: tellings whose evidence lies outside their event
SELECT f.fact_id FROM facts f JOIN events e ON e.event_no = f.event_no
WHERE f.first < 0 OR f.last <= f.first OR f.last > length(e.content);

-- name: tellings without a fact
SELECT f.fact_id FROM facts f LEFT JOIN facts h ON h.fact_no = f.head_no AND h.head_no = h.fact_no
WHERE h.fact_no IS NULL OR h.owner_no <> f.owner_no OR h.group_no <> f.group_no OR h.valid_from IS NULL;

-- name: facts that end before they begin or were ended by nothing
SELECT f.fact_id FROM facts f
WHERE f.head_no = f.fact_no
  AND (f.valid_to < f.valid_from OR (f.valid_to IS NOT NULL AND f.closed_by IS NULL AND f.ended = 0)
       OR (f.closed_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM facts c WHERE c.fact_no = f.closed_by)));

-- name: facts that count their sources wrongly
SELECT f.fact_id FROM facts f
WHERE f.head_no = f.fact_no
  AND f.times_seen <> (SELECT count(DISTINCT m.event_no) FROM facts m WHERE m.head_no = f.fact_no);

-- name: encoded events that are due as well
SELECT n.event_no FROM encodings n JOIN outbox o ON o.event_no = n.event_no WHERE o.kind = 'extract';
