-- The recent messages: no table of their own, read off the ledger. The first half walks back in time from the
-- present; the second finds what a fast clock dated later than now, which counts as said when it was recorded.

-- name: working_messages
SELECT * FROM (
    SELECT event_no, event_id, content, kind, role, speaker, said_at, recorded_at, workspace_id, user_id, agent_id,
           run_id, session_id, app_id, thread, seq, client_id, origin, trust, metadata, times_seen, last_seen_at,
           dedup_key
    FROM events
    WHERE owner_no = :owner_no AND said_at BETWEEN :since_ms AND :now_ms AND recorded_at >= :since_ms
      AND kind = 'message'
      AND (:as_of_ms IS NULL OR recorded_at <= :as_of_ms)
      AND (:session_id IS NULL OR session_id = :session_id) AND (:agent_id IS NULL OR agent_id = :agent_id)
      AND (:run_id IS NULL OR run_id = :run_id) AND (:app_id IS NULL OR app_id = :app_id)
    ORDER BY said_at DESC, event_no DESC LIMIT :count
)
UNION ALL
SELECT * FROM (
    SELECT event_no, event_id, content, kind, role, speaker, said_at, recorded_at, workspace_id, user_id, agent_id,
           run_id, session_id, app_id, thread, seq, client_id, origin, trust, metadata, times_seen, last_seen_at,
           dedup_key
    FROM events
    WHERE owner_no = :owner_no AND said_at > :now_ms AND recorded_at BETWEEN :since_ms AND :now_ms
      AND kind = 'message'
      AND (:as_of_ms IS NULL OR recorded_at <= :as_of_ms)
      AND (:session_id IS NULL OR session_id = :session_id) AND (:agent_id IS NULL OR agent_id = :agent_id)
      AND (:run_id IS NULL OR run_id = :run_id) AND (:app_id IS NULL OR app_id = :app_id)
    ORDER BY recorded_at DESC, event_no DESC LIMIT :count
);
