-- How far background care is with an owner, and what it looks at piece by piece.

-- name: care_reached
SELECT reached, at FROM care_progress WHERE owner_no = :owner_no AND task = :task;

-- name: care_reach
INSERT INTO care_progress (owner_no, task, reached, at) VALUES (:owner_no, :task, :reached, :at)
ON CONFLICT (owner_no, task) DO UPDATE SET reached = excluded.reached, at = excluded.at;

-- name: care_events_after
SELECT event_no FROM events WHERE owner_no = :owner_no AND event_no > :after ORDER BY event_no LIMIT :count;

-- name: care_facts_after
SELECT subject_key, group_no, slot, object_key, previous_key, corrects, fact_no FROM facts
WHERE owner_no = :owner_no AND fact_no > :after ORDER BY fact_no LIMIT :count;

-- name: care_superseded_events
SELECT f.event_no
FROM facts f
JOIN events e ON e.event_no = f.event_no
JOIN facts h ON h.fact_no = f.head_no
LEFT JOIN facts c ON c.fact_no = h.closed_by
LEFT JOIN keeping k ON k.event_no = f.event_no
WHERE f.owner_no = :owner_no AND k.archived_at IS NULL
GROUP BY f.event_no
HAVING sum(CASE WHEN h.closed_by IS NOT NULL AND h.valid_to <= :before AND c.recorded_at <= :before
                THEN 0 ELSE 1 END) = 0
   AND sum(DISTINCT f.last - f.first) >= :covered * max(length(e.content))
ORDER BY f.event_no LIMIT :count;

-- name: care_risen_events
SELECT k.event_no FROM keeping k
WHERE k.owner_no = :owner_no AND k.archived_at IS NOT NULL AND k.reason = :reason
  AND EXISTS (
      SELECT 1 FROM facts f JOIN facts h ON h.fact_no = f.head_no
      WHERE f.event_no = k.event_no AND h.closed_by IS NULL AND h.retracted_at IS NULL
  )
ORDER BY k.event_no LIMIT :count;

-- name: care_told_since
SELECT count(*), coalesce(max(fact_no), 0) FROM facts WHERE owner_no = :owner_no AND fact_no > :after;

-- name: care_subjects_since
SELECT DISTINCT subject_key FROM facts WHERE owner_no = :owner_no AND fact_no > :after ORDER BY subject_key;

-- name: care_current_facts
SELECT f.fact_no, f.group_no, f.type, f.predicate, f.slot, f.polarity, f.object, f.text, f.simhash, f.event_no, f.subject,
       f.subject_key, f.fact_id, f.said_at, e.trust, substr(e.content, f.first + 1, f.last - f.first)
FROM facts f JOIN events e ON e.event_no = f.event_no
WHERE f.owner_no = :owner_no AND f.subject_key = :subject_key AND f.head_no = f.fact_no
  AND f.valid_to IS NULL AND f.held = 0 AND f.retracted_at IS NULL
ORDER BY f.asserted_at DESC, f.fact_no DESC LIMIT :count;

-- name: care_join_groups
UPDATE facts SET group_no = :into_no WHERE owner_no = :owner_no AND group_no = :group_no;

-- name: care_give_slot
UPDATE facts SET slot = :slot WHERE owner_no = :owner_no AND group_no = :group_no AND slot IS NULL;

-- name: care_claim_keys
SELECT subject_key, group_no, slot, object_key, previous_key, corrects FROM facts
WHERE owner_no = :owner_no AND group_no = :group_no;

-- name: resolution_known
SELECT method FROM resolutions WHERE older_no = :older_no AND newer_no = :newer_no AND owner_no = :owner_no;

-- name: resolution_put
INSERT INTO resolutions (older_no, newer_no, owner_no, verdict, reason, method, at)
VALUES (:older_no, :newer_no, :owner_no, :verdict, :reason, :method, :at)
ON CONFLICT (older_no, newer_no) DO UPDATE
SET verdict = excluded.verdict, reason = excluded.reason, method = excluded.method, at = excluded.at;
