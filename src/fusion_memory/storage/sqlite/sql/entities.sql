-- The statements of the entity registry that take a set of values; see memory.sql for CROSS JOIN.

-- name: entities_mentioned_in
SELECT DISTINCT e.entity_no FROM json_each(:event_nos) AS wanted
CROSS JOIN entity_mentions x ON x.event_no = wanted.value
CROSS JOIN entities e ON e.entity_no = x.entity_no
WHERE e.owner_no = :owner_no;

-- name: entities_linked_in
SELECT DISTINCT l.entity_no, l.into_no FROM json_each(:event_nos) AS wanted
CROSS JOIN entity_links l ON l.event_no = wanted.value
WHERE l.owner_no = :owner_no;

-- name: entity_mentions_of_events_drop
DELETE FROM entity_mentions WHERE event_no IN (SELECT value FROM json_each(:event_nos));

-- name: entity_links_of_events_drop
DELETE FROM entity_links WHERE event_no IN (SELECT value FROM json_each(:event_nos));

-- name: entity_members
SELECT m.root_no, m.entity_no, m.entity_id, m.name, m.kind, m.by_hand, m.merged_into, m.key
FROM json_each(:root_nos) AS wanted CROSS JOIN entities m ON m.root_no = wanted.value
WHERE m.owner_no = :owner_no ORDER BY m.entity_no;

-- name: entity_sightings
SELECT x.entity_no, count(*), min(e.said_at), max(e.said_at)
FROM json_each(:root_nos) AS wanted
CROSS JOIN entities m ON m.root_no = wanted.value
CROSS JOIN entity_mentions x ON x.entity_no = m.entity_no
CROSS JOIN events e ON e.event_no = x.event_no
WHERE m.owner_no = :owner_no AND e.owner_no = :owner_no
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
  AND (:as_of IS NULL OR e.recorded_at <= :as_of)
GROUP BY x.entity_no;

-- name: entity_links_seen
SELECT DISTINCT l.entity_no, l.into_no
FROM json_each(:root_nos) AS wanted
CROSS JOIN entities m ON m.root_no = wanted.value
CROSS JOIN entity_links l ON l.entity_no = m.entity_no
LEFT JOIN events e ON e.event_no = l.event_no
WHERE m.owner_no = :owner_no AND l.apart = 0 AND m.merged_into = l.into_no
  AND (l.event_no IS NULL OR (
       (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
   AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)))
  AND (:as_of IS NULL OR coalesce(e.recorded_at, l.recorded_at) <= :as_of);

-- name: entity_neighbours
SELECT o.root_no, count(DISTINCT x.event_no)
FROM json_each(:entity_nos) AS wanted
CROSS JOIN entity_mentions x ON x.entity_no = wanted.value
CROSS JOIN events e ON e.event_no = x.event_no
CROSS JOIN entity_mentions y ON y.event_no = x.event_no
CROSS JOIN entities o ON o.entity_no = y.entity_no
WHERE e.owner_no = :owner_no AND o.owner_no = :owner_no
  AND y.entity_no NOT IN (SELECT value FROM json_each(:entity_nos))
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
  AND (:as_of IS NULL OR e.recorded_at <= :as_of)
GROUP BY o.root_no ORDER BY 2 DESC, o.root_no LIMIT :count;

-- name: entity_component
WITH RECURSIVE near (entity_no) AS (
    SELECT value FROM json_each(:entity_nos)
    UNION
    SELECT l.into_no FROM near JOIN entity_links l ON l.entity_no = near.entity_no AND l.apart = 0
    UNION
    SELECT l.entity_no FROM near JOIN entity_links l ON l.into_no = near.entity_no AND l.apart = 0
)
SELECT e.entity_no, e.merged_into, e.root_no FROM near CROSS JOIN entities e ON e.entity_no = near.entity_no;

-- name: entity_links_among
SELECT l.entity_no, l.into_no, l.apart, l.event_no IS NULL
FROM json_each(:entity_nos) AS wanted CROSS JOIN entity_links l ON l.entity_no = wanted.value
GROUP BY l.entity_no, l.into_no, l.apart, l.event_no IS NULL
ORDER BY l.event_no IS NULL DESC, min(l.event_no), min(l.link_no);
