-- The associative graph: what of it is stored, and its edges as a read may see them. Both ends of an edge belong to
-- one owner; the other end passes the filter of the read inside the query.

-- name: association_texts
WITH stretches (thread, low, high) AS (
    SELECT e.thread, min(e.seq) - :reach, max(e.seq) FROM json_each(:event_nos) AS wanted
    CROSS JOIN events e ON e.event_no = wanted.value
    WHERE e.owner_no = :owner_no AND e.session_id IS NOT NULL AND e.kind = 'message' GROUP BY e.thread
)
SELECT n.event_no, n.thread, n.seq, n.speaker, t.terms
FROM stretches
CROSS JOIN events n ON n.owner_no = :owner_no AND n.thread = stretches.thread
                   AND n.seq BETWEEN stretches.low AND stretches.high
CROSS JOIN spans s ON s.event_no = n.event_no AND s.position = 0
CROSS JOIN span_terms t ON t.span_no = s.span_no
WHERE n.kind = 'message' ORDER BY n.thread, n.seq;

-- name: associations_forget
DELETE FROM associations WHERE later_no IN (SELECT value FROM json_each(:event_nos));

-- name: association_put
INSERT INTO associations (later_no, earlier_no, shared) VALUES (:later_no, :earlier_no, :shared);

-- name: association_beside
SELECT e.event_no, n.event_no, abs(n.seq - e.seq)
FROM json_each(:event_nos) AS wanted
CROSS JOIN events e ON e.event_no = wanted.value
CROSS JOIN events n ON n.owner_no = e.owner_no AND n.thread = e.thread
                   AND n.seq BETWEEN e.seq - :reach AND e.seq + :reach AND n.seq <> e.seq
WHERE e.owner_no = :owner_no
  AND (:any_session OR n.session_id IN (SELECT value FROM json_each(:session_ids)))
  AND (:agent_id IS NULL OR n.agent_id = :agent_id) AND (:run_id IS NULL OR n.run_id = :run_id)
  AND (:app_id IS NULL OR n.app_id = :app_id);

-- name: association_words
SELECT a.later_no, n.event_no, a.shared
FROM json_each(:event_nos) AS wanted
CROSS JOIN associations a ON a.later_no = wanted.value
CROSS JOIN events n ON n.event_no = a.earlier_no
WHERE n.owner_no = :owner_no
  AND (:any_session OR n.session_id IN (SELECT value FROM json_each(:session_ids)))
  AND (:agent_id IS NULL OR n.agent_id = :agent_id) AND (:run_id IS NULL OR n.run_id = :run_id)
  AND (:app_id IS NULL OR n.app_id = :app_id)
UNION ALL
SELECT a.earlier_no, n.event_no, a.shared
FROM json_each(:event_nos) AS wanted
CROSS JOIN associations a ON a.earlier_no = wanted.value
CROSS JOIN events n ON n.event_no = a.later_no
WHERE n.owner_no = :owner_no
  AND (:any_session OR n.session_id IN (SELECT value FROM json_each(:session_ids)))
  AND (:agent_id IS NULL OR n.agent_id = :agent_id) AND (:run_id IS NULL OR n.run_id = :run_id)
  AND (:app_id IS NULL OR n.app_id = :app_id);

-- name: association_entities
SELECT DISTINCT x.event_no, CASE WHEN :joined THEN coalesce(o.root_no, o.entity_no) ELSE o.entity_no END
FROM json_each(:event_nos) AS wanted
CROSS JOIN entity_mentions x ON x.event_no = wanted.value
CROSS JOIN entities o ON o.entity_no = x.entity_no
WHERE o.owner_no = :owner_no;

-- name: association_named
SELECT DISTINCT CASE WHEN :joined THEN coalesce(o.root_no, o.entity_no) ELSE o.entity_no END
FROM json_each(:keys) AS wanted
CROSS JOIN entities o ON o.owner_no = :owner_no AND o.key = wanted.value;

-- name: association_mentions
SELECT wanted.value, (
    SELECT json_group_array(near.event_no) FROM (
        SELECT DISTINCT n.event_no FROM (
            SELECT x.event_no FROM entities m CROSS JOIN entity_mentions x ON x.entity_no = m.entity_no
            WHERE +m.owner_no = :owner_no AND (m.entity_no = wanted.value OR (:joined AND m.root_no = wanted.value))
        ) AS named
        CROSS JOIN events n ON n.event_no = named.event_no
        WHERE n.owner_no = :owner_no
          AND (:any_session OR n.session_id IN (SELECT value FROM json_each(:session_ids)))
          AND (:any_role OR n.role IN (SELECT value FROM json_each(:roles)))
          AND (:agent_id IS NULL OR n.agent_id = :agent_id) AND (:run_id IS NULL OR n.run_id = :run_id)
          AND (:app_id IS NULL OR n.app_id = :app_id)
          AND (:since_ms IS NULL OR n.said_at >= :since_ms) AND (:until_ms IS NULL OR n.said_at < :until_ms)
          AND (:as_of_ms IS NULL OR n.recorded_at <= :as_of_ms)
          AND (:metadata IS NULL OR NOT EXISTS (
              SELECT 1 FROM json_each(:metadata) AS asked
              WHERE NOT EXISTS (
                  SELECT 1 FROM json_each(n.metadata) AS present
                  WHERE present.key = asked.key AND present.value IS asked.value
                    AND replace(present.type, 'real', 'integer') = replace(asked.type, 'real', 'integer')
              )
          ))
        LIMIT :count
    ) AS near
)
FROM json_each(:entity_nos) AS wanted;

-- name: association_places
SELECT s.span_no, n.event_no, n.thread, n.seq, n.said_at, n.trust, n.speaker
FROM json_each(:event_nos) AS wanted
CROSS JOIN events n ON n.event_no = wanted.value
CROSS JOIN spans s ON s.event_no = n.event_no AND s.position = 0
LEFT JOIN keeping k ON k.event_no = n.event_no
WHERE n.owner_no = :owner_no
  AND (NOT :hide_archived OR k.archived_at IS NULL)
  AND (:any_tier OR coalesce(k.tier, 'warm') IN (SELECT value FROM json_each(:tiers)))
  AND (:any_session OR n.session_id IN (SELECT value FROM json_each(:session_ids)))
  AND (:any_role OR n.role IN (SELECT value FROM json_each(:roles)))
  AND (:agent_id IS NULL OR n.agent_id = :agent_id) AND (:run_id IS NULL OR n.run_id = :run_id)
  AND (:app_id IS NULL OR n.app_id = :app_id)
  AND (:since_ms IS NULL OR n.said_at >= :since_ms) AND (:until_ms IS NULL OR n.said_at < :until_ms)
  AND (:as_of_ms IS NULL OR n.recorded_at <= :as_of_ms)
  AND (:metadata IS NULL OR NOT EXISTS (
      SELECT 1 FROM json_each(:metadata) AS asked
      WHERE NOT EXISTS (
          SELECT 1 FROM json_each(n.metadata) AS present
          WHERE present.key = asked.key AND present.value IS asked.value
            AND replace(present.type, 'real', 'integer') = replace(asked.type, 'real', 'integer')
      )
  ));

-- name: association_degrees
SELECT a.earlier_no, count(*)
FROM json_each(:event_nos) AS wanted
CROSS JOIN associations a ON a.earlier_no = wanted.value
CROSS JOIN events n ON n.event_no = a.later_no
WHERE n.owner_no = :owner_no
  AND (:any_session OR n.session_id IN (SELECT value FROM json_each(:session_ids)))
  AND (:agent_id IS NULL OR n.agent_id = :agent_id) AND (:run_id IS NULL OR n.run_id = :run_id)
  AND (:app_id IS NULL OR n.app_id = :app_id)
  AND (:as_of_ms IS NULL OR n.recorded_at <= :as_of_ms)
  AND (:any_role OR n.role IN (SELECT value FROM json_each(:roles)))
  AND (:since_ms IS NULL OR n.said_at >= :since_ms) AND (:until_ms IS NULL OR n.said_at < :until_ms)
  AND (:metadata IS NULL OR NOT EXISTS (
      SELECT 1 FROM json_each(:metadata) AS asked
      WHERE NOT EXISTS (
          SELECT 1 FROM json_each(n.metadata) AS present
          WHERE present.key = asked.key AND present.value IS asked.value
            AND replace(present.type, 'real', 'integer') = replace(asked.type, 'real', 'integer')
      )
  ))
GROUP BY a.earlier_no;
