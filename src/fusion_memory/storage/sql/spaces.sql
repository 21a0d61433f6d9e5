-- name: space_active
SELECT space_no, model, dimension, version FROM spaces WHERE state = 'active';

-- name: space_find
SELECT space_no, state FROM spaces WHERE model = :model AND dimension = :dimension AND version = :version;

-- name: space_create
INSERT INTO spaces (model, dimension, version, state, created_at)
VALUES (:model, :dimension, :version, :state, :created_at)
ON CONFLICT (model, dimension, version) DO NOTHING;

-- name: space_set_state
UPDATE spaces SET state = :state WHERE space_no = :space_no;

-- name: space_drop_vectors
DELETE FROM vectors WHERE space_no = :space_no;

-- name: space_missing
SELECT s.span_no, s.owner_no, e.speaker, e.role, substr(e.content, s.first + 1, s.last - s.first),
       CASE WHEN s.first > 0
            THEN substr(e.content, max(s.first - :reach, 0) + 1, min(s.first, :reach))
            ELSE (SELECT substr(b.content, max(length(b.content) - :reach, 0) + 1) FROM events b
                  WHERE e.session_id IS NOT NULL AND b.owner_no = e.owner_no AND b.thread = e.thread
                    AND b.seq = e.seq - 1)
       END
FROM spans s JOIN events e ON e.event_no = s.event_no
WHERE s.span_no > :after
  AND NOT EXISTS (
      SELECT 1 FROM vectors v WHERE v.space_no = :space_no AND v.owner_no = s.owner_no AND v.span_no = s.span_no
  )
ORDER BY s.span_no LIMIT :count;

-- name: space_missing_of_owner
SELECT s.span_no, s.owner_no, e.speaker, e.role, substr(e.content, s.first + 1, s.last - s.first),
       CASE WHEN s.first > 0
            THEN substr(e.content, max(s.first - :reach, 0) + 1, min(s.first, :reach))
            ELSE (SELECT substr(b.content, max(length(b.content) - :reach, 0) + 1) FROM events b
                  WHERE e.session_id IS NOT NULL AND b.owner_no = e.owner_no AND b.thread = e.thread
                    AND b.seq = e.seq - 1)
       END
FROM spans s JOIN events e ON e.event_no = s.event_no
WHERE s.owner_no = :owner_no
  AND NOT EXISTS (
      SELECT 1 FROM vectors v WHERE v.space_no = :space_no AND v.owner_no = s.owner_no AND v.span_no = s.span_no
  )
ORDER BY s.span_no LIMIT :count;

-- name: space_missing_of_event
SELECT s.span_no, s.owner_no, e.speaker, e.role, substr(e.content, s.first + 1, s.last - s.first),
       CASE WHEN s.first > 0
            THEN substr(e.content, max(s.first - :reach, 0) + 1, min(s.first, :reach))
            ELSE (SELECT substr(b.content, max(length(b.content) - :reach, 0) + 1) FROM events b
                  WHERE e.session_id IS NOT NULL AND b.owner_no = e.owner_no AND b.thread = e.thread
                    AND b.seq = e.seq - 1)
       END
FROM spans s JOIN events e ON e.event_no = s.event_no
WHERE e.event_no = :event_no
  AND NOT EXISTS (
      SELECT 1 FROM vectors v WHERE v.space_no = :space_no AND v.owner_no = s.owner_no AND v.span_no = s.span_no
  )
ORDER BY s.span_no;
