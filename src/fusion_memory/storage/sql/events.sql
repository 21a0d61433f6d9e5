-- name: event_append
INSERT INTO events (
    event_id, owner_no, workspace_id, user_id, agent_id, run_id, session_id, app_id, thread, seq, kind, role,
    speaker, content, content_hash, dedup_key, client_id, said_at, recorded_at, origin, trust, metadata,
    row_hash, times_seen, last_seen_at
) VALUES (
    :event_id, :owner_no, :workspace_id, :user_id, :agent_id, :run_id, :session_id, :app_id, :thread,
    (SELECT coalesce(max(seq), -1) + 1 FROM events WHERE owner_no = :owner_no AND thread = :thread), :kind, :role,
    :speaker, :content, :content_hash, :dedup_key, :client_id, :said_at, :recorded_at, :origin, :trust, :metadata,
    :row_hash, :times_seen, :last_seen_at
)
ON CONFLICT DO NOTHING
RETURNING event_no, event_id;

-- name: event_sighted
UPDATE events SET times_seen = times_seen + 1, last_seen_at = :at
WHERE owner_no = :owner_no AND dedup_key = :dedup_key
RETURNING event_no, event_id;

-- name: event_known
SELECT event_no, event_id FROM events WHERE owner_no = :owner_no AND dedup_key = :dedup_key;

-- name: event_by_id
SELECT event_no, event_id, content, kind, role, speaker, said_at, recorded_at, workspace_id, user_id, agent_id,
       run_id, session_id, app_id, thread, seq, client_id, origin, trust, metadata, times_seen, last_seen_at, dedup_key
FROM events
WHERE event_id = :event_id AND owner_no = :owner_no
  AND (:session_id IS NULL OR session_id = :session_id) AND (:agent_id IS NULL OR agent_id = :agent_id)
  AND (:run_id IS NULL OR run_id = :run_id) AND (:app_id IS NULL OR app_id = :app_id);

-- name: event_history
SELECT event_no, event_id, content, kind, role, speaker, said_at, recorded_at, workspace_id, user_id, agent_id,
       run_id, session_id, app_id, thread, seq, client_id, origin, trust, metadata, times_seen, last_seen_at, dedup_key
FROM events
WHERE owner_no = :owner_no
  AND (:session_id IS NULL OR session_id = :session_id) AND (:agent_id IS NULL OR agent_id = :agent_id)
  AND (:run_id IS NULL OR run_id = :run_id) AND (:app_id IS NULL OR app_id = :app_id)
ORDER BY said_at DESC, event_no DESC LIMIT :count;

-- name: event_page
SELECT event_no, event_id, content, kind, role, speaker, said_at, recorded_at, workspace_id, user_id, agent_id,
       run_id, session_id, app_id, thread, seq, client_id, origin, trust, metadata, times_seen, last_seen_at, dedup_key
FROM events
WHERE event_no > :after AND (:owner_no IS NULL OR owner_no = :owner_no)
  AND (:session_id IS NULL OR session_id = :session_id) AND (:agent_id IS NULL OR agent_id = :agent_id)
  AND (:run_id IS NULL OR run_id = :run_id) AND (:app_id IS NULL OR app_id = :app_id)
ORDER BY event_no LIMIT :count;

-- name: event_numbers
SELECT event_no, event_id FROM events
WHERE owner_no = :owner_no
  AND (:session_id IS NULL OR session_id = :session_id) AND (:agent_id IS NULL OR agent_id = :agent_id)
  AND (:run_id IS NULL OR run_id = :run_id) AND (:app_id IS NULL OR app_id = :app_id)
ORDER BY event_no;

-- name: event_row_hashes
SELECT event_no, event_id, content, kind, role, speaker, said_at, recorded_at, client_id, origin, row_hash
FROM events WHERE event_no > :after ORDER BY event_no LIMIT :count;

-- name: event_stats
SELECT count(*), count(DISTINCT session_id), min(said_at), max(said_at) FROM events
WHERE owner_no = :owner_no
  AND (:session_id IS NULL OR session_id = :session_id) AND (:agent_id IS NULL OR agent_id = :agent_id)
  AND (:run_id IS NULL OR run_id = :run_id) AND (:app_id IS NULL OR app_id = :app_id);

-- name: event_last_said
SELECT said_at FROM events WHERE owner_no = :owner_no ORDER BY said_at DESC LIMIT 1;

-- name: turns_said_before
SELECT event_no, event_id, seq, trust, said_at, role, speaker, agent_id, run_id, app_id, again_at, recorded_at
FROM (
    SELECT e.*, CASE WHEN times_seen > 1 AND client_id IS NULL AND said_at = recorded_at
                      AND last_seen_at <= :recorded_at THEN last_seen_at END AS again_at
    FROM events e WHERE e.owner_no = :owner_no AND e.thread = :thread AND e.seq < :seq
) AS turns
ORDER BY coalesce(again_at, recorded_at) DESC, seq DESC LIMIT :count;

-- name: events_taken_back
SELECT e.event_id FROM encodings n JOIN events e ON e.event_no = n.event_no
WHERE (:owner_no IS NULL OR n.owner_no = :owner_no) AND n.reason = 'taken_back';

-- name: event_listed
SELECT event_no, event_id, content, kind, role, speaker, said_at, recorded_at, workspace_id, user_id, agent_id,
       run_id, session_id, app_id, thread, seq, client_id, origin, trust, metadata, times_seen, last_seen_at, dedup_key
FROM events
WHERE owner_no = :owner_no
  AND (:session_id IS NULL OR session_id = :session_id) AND (:agent_id IS NULL OR agent_id = :agent_id)
  AND (:run_id IS NULL OR run_id = :run_id) AND (:app_id IS NULL OR app_id = :app_id)
  AND (:since IS NULL OR said_at >= :since) AND (:until IS NULL OR said_at < :until)
  AND (:as_of IS NULL OR recorded_at <= :as_of)
  AND (:role IS NULL OR role = :role) AND (:speaker IS NULL OR speaker = :speaker)
  AND (:origin IS NULL OR origin = :origin) AND (:trust IS NULL OR trust = :trust)
  AND (:at IS NULL OR said_at < :at OR (said_at = :at AND event_no < coalesce(
      (SELECT last.event_no FROM events last WHERE last.event_id = :event_id AND last.owner_no = :owner_no),
      9223372036854775807)))
ORDER BY said_at DESC, event_no DESC LIMIT :count;
