-- Statements of policies that take a set of values.

-- name: policy_facts
SELECT f.event_no, f.type, max(f.importance), count(*), sum(h.closed_by IS NOT NULL), max(coalesce(h.valid_to, 0))
FROM json_each(:event_nos) AS wanted
CROSS JOIN facts f ON f.event_no = wanted.value
LEFT JOIN facts h ON h.fact_no = f.head_no
WHERE f.owner_no = :owner_no AND f.retracted_at IS NULL
GROUP BY f.event_no, f.type;

-- name: policy_memories
SELECT e.event_no, e.event_id, e.session_id, e.said_at, e.last_seen_at, coalesce(k.tier, 'warm'),
       k.archived_at IS NOT NULL, coalesce(k.uses, 0), k.last_used_at, json_extract(e.metadata, '$.retention'),
       k.reason
FROM json_each(:event_nos) AS wanted
CROSS JOIN events e ON e.event_no = wanted.value
LEFT JOIN keeping k ON k.event_no = e.event_no
WHERE e.owner_no = :owner_no ORDER BY e.said_at, e.event_no;

-- name: holds_on_events
SELECT e.event_no, min(h.hold_no)
FROM json_each(:event_nos) AS wanted
CROSS JOIN events e ON e.event_no = wanted.value
CROSS JOIN holds h ON h.owner_no IN (:owner_no, :workspace, :everything) AND h.released_at IS NULL
WHERE e.owner_no = :owner_no
  AND CASE WHEN h.single
      THEN EXISTS (SELECT 1 FROM held_memories m WHERE m.hold_no = h.hold_no AND m.event_no = e.event_no)
      ELSE h.owner_no <> :owner_no OR h.session_id = '' OR h.session_id = e.session_id END
GROUP BY e.event_no;

-- name: holds_over_events
SELECT h.hold_id, o.workspace_id, o.user_id, o.agent_id, o.run_id, h.session_id
FROM holds h JOIN owners o ON o.owner_no = h.owner_no
WHERE h.owner_no IN (:owner_no, :workspace, :everything) AND h.released_at IS NULL
  AND EXISTS (
      SELECT 1 FROM json_each(:event_nos) AS wanted CROSS JOIN events e ON e.event_no = wanted.value
      WHERE e.owner_no = :owner_no
        AND CASE WHEN h.single
            THEN EXISTS (SELECT 1 FROM held_memories m WHERE m.hold_no = h.hold_no AND m.event_no = e.event_no)
            ELSE h.owner_no <> :owner_no OR h.session_id = '' OR h.session_id = e.session_id END)
ORDER BY h.hold_no;

-- name: holds_by_numbers
SELECT hold_id, reason FROM holds WHERE hold_no IN (SELECT value FROM json_each(:hold_nos)) ORDER BY hold_no;

-- name: held_memories_free
DELETE FROM held_memories WHERE event_no IN (SELECT value FROM json_each(:event_nos));
