-- name: policy_level
SELECT fields, set_at, set_by FROM policies WHERE owner_no = :owner_no AND session_id = :session_id;

-- name: policies_of_sessions
SELECT session_id, fields FROM policies WHERE owner_no = :owner_no AND session_id <> '';

-- name: policy_set
INSERT INTO policies (owner_no, session_id, fields, set_at, set_by)
VALUES (:owner_no, :session_id, :fields, :at, :by)
ON CONFLICT (owner_no, session_id) DO UPDATE
SET fields = excluded.fields, set_at = excluded.set_at, set_by = excluded.set_by;

-- name: policy_drop
DELETE FROM policies WHERE owner_no = :owner_no AND session_id = :session_id;

-- name: hold_place
INSERT INTO holds (hold_id, owner_no, session_id, single, reason, placed_at, placed_by)
VALUES (:hold_id, :owner_no, :session_id, :single, :reason, :at, :by)
RETURNING hold_no;

-- name: hold_memory
INSERT INTO held_memories (hold_no, event_no) VALUES (:hold_no, :event_no);

-- name: hold_release
UPDATE holds SET released_at = :at, released_by = :by
WHERE hold_id = :hold_id AND owner_no = :owner_no AND session_id = :session_id AND released_at IS NULL
RETURNING hold_no;

-- name: hold_free
DELETE FROM held_memories WHERE hold_no = :hold_no;

-- name: holds_of_owner
SELECT h.hold_no, h.hold_id, h.session_id, h.single, h.reason, h.placed_at, h.placed_by, h.released_at, h.released_by
FROM holds h WHERE h.owner_no = :owner_no AND (:all OR h.released_at IS NULL) ORDER BY h.hold_no;

-- name: hold_memories
SELECT e.event_id FROM held_memories m JOIN events e ON e.event_no = m.event_no
WHERE m.hold_no = :hold_no ORDER BY e.event_no;

-- name: holds_active
SELECT count(*) FROM holds WHERE owner_no IN (:owner, :workspace, :everything) AND released_at IS NULL;

-- name: policy_page
SELECT e.event_no, e.event_id, e.session_id, e.said_at, e.last_seen_at, coalesce(k.tier, 'warm'),
       k.archived_at IS NOT NULL, coalesce(k.uses, 0), k.last_used_at, json_extract(e.metadata, '$.retention'),
       k.reason
FROM events e LEFT JOIN keeping k ON k.event_no = e.event_no
WHERE e.owner_no = :owner_no AND (e.said_at, e.event_no) > (:said_at, :event_no)
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
ORDER BY e.said_at, e.event_no LIMIT :count;
