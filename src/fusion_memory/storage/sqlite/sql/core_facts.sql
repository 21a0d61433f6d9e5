-- Facts that may matter at any time; SQLite binds a set as a JSON array.

-- name: core_candidates
SELECT fact_id FROM facts
WHERE owner_no = :owner_no AND head_no = fact_no AND retracted_at IS NULL AND held = 0
  AND (importance >= 0.6 OR times_seen >= 3
       OR type IN (SELECT value FROM json_each(:types)) OR predicate IN (SELECT value FROM json_each(:predicates)))
ORDER BY importance DESC, times_seen DESC, fact_no DESC LIMIT :count;
