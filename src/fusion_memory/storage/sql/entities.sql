-- name: entity_by_key
SELECT entity_no, entity_id, name, kind, by_hand, merged_into, root_no FROM entities
WHERE owner_no = :owner_no AND key = :key;

-- name: entity_by_id
SELECT entity_no, entity_id, name, kind, by_hand, merged_into, root_no FROM entities
WHERE owner_no = :owner_no AND entity_id = :entity_id;

-- name: entity_create
INSERT INTO entities (entity_id, owner_no, key, name, kind, by_hand)
VALUES (:entity_id, :owner_no, :key, :name, :kind, :by_hand)
RETURNING entity_no;

-- name: entity_set_by_hand
UPDATE entities SET by_hand = :by_hand WHERE entity_no = :entity_no;

-- name: entity_rename
UPDATE entities SET name = :name WHERE entity_no = :entity_no;

-- name: entity_set_kind
UPDATE entities SET kind = :kind WHERE entity_no = :entity_no;

-- name: entity_kinds
SELECT kind, count(*) FROM entity_mentions WHERE entity_no = :entity_no GROUP BY kind
ORDER BY kind = 'thing', count(*) DESC, min(event_no), kind;

-- name: entity_surfaces
SELECT substr(e.content, x.first + 1, x.last - x.first)
FROM entity_mentions x JOIN events e ON e.event_no = x.event_no
WHERE x.entity_no = :entity_no ORDER BY x.event_no, x.first LIMIT :count;

-- name: entity_event_id
SELECT event_id FROM events WHERE event_no = :event_no AND owner_no = :owner_no;

-- name: entity_mentions_of_event
SELECT entity_no, first, last, kind FROM entity_mentions WHERE event_no = :event_no;

-- name: entity_mention_add
INSERT INTO entity_mentions (entity_no, event_no, first, last, kind)
VALUES (:entity_no, :event_no, :first, :last, :kind)
ON CONFLICT DO NOTHING;

-- name: entity_mention_drop
DELETE FROM entity_mentions WHERE entity_no = :entity_no AND event_no = :event_no AND first = :first;

-- name: entity_link_add
INSERT INTO entity_links (owner_no, entity_no, into_no, event_no, apart, reason, recorded_at)
VALUES (:owner_no, :entity_no, :into_no, :event_no, :apart, :reason, :recorded_at);

-- name: entity_links_of_event
SELECT link_no, entity_no, into_no FROM entity_links WHERE event_no = :event_no ORDER BY link_no;

-- name: entity_link_said_before
SELECT 1 FROM entity_links
WHERE entity_no = :entity_no AND into_no = :into_no AND apart = 0 AND event_no < :event_no LIMIT 1;

-- name: entity_link_drop
DELETE FROM entity_links WHERE link_no = :link_no;

-- name: entity_links_by_hand_drop
DELETE FROM entity_links
WHERE event_no IS NULL
  AND ((entity_no = :left_no AND into_no = :right_no) OR (entity_no = :right_no AND into_no = :left_no));

-- name: entity_merged_by_hand
SELECT link_no FROM entity_links
WHERE entity_no = :entity_no AND into_no = :into_no AND event_no IS NULL AND apart = 0 AND reason <> :alias
ORDER BY link_no DESC LIMIT 1;

-- name: entity_pairs_apart
SELECT DISTINCT l.entity_id, r.entity_id FROM entity_links a
JOIN entities l ON l.entity_no = a.entity_no JOIN entities r ON r.entity_no = a.into_no
WHERE a.owner_no = :owner_no AND a.apart = 1 AND (:as_of IS NULL OR a.recorded_at <= :as_of);

-- name: entity_linked_with
SELECT entity_no, into_no FROM entity_links WHERE entity_no = :entity_no
UNION
SELECT entity_no, into_no FROM entity_links WHERE into_no = :entity_no;

-- name: entity_links_of_drop
DELETE FROM entity_links WHERE entity_no = :entity_no OR into_no = :entity_no;

-- name: entity_point
UPDATE entities SET merged_into = :into_no, root_no = :root_no WHERE entity_no = :entity_no;

-- name: entity_standing
SELECT e.by_hand, EXISTS (SELECT 1 FROM entity_mentions x WHERE x.entity_no = e.entity_no),
       EXISTS (SELECT 1 FROM entity_links l JOIN entities c ON c.entity_no = l.entity_no
               WHERE l.into_no = e.entity_no AND l.event_no IS NULL AND l.apart = 0 AND c.by_hand = 1)
FROM entities e WHERE e.entity_no = :entity_no;

-- name: entity_drop
DELETE FROM entities WHERE entity_no = :entity_no;

-- name: entity_links_of_owner_drop
DELETE FROM entity_links WHERE owner_no = :owner_no;

-- name: entity_mentions_of_owner_drop
DELETE FROM entity_mentions WHERE entity_no IN (SELECT entity_no FROM entities WHERE owner_no = :owner_no);

-- name: entity_pointers_of_owner_drop
UPDATE entities SET merged_into = NULL, root_no = NULL WHERE owner_no = :owner_no;

-- name: entities_of_owner_drop
DELETE FROM entities WHERE owner_no = :owner_no;

-- name: entity_roots
SELECT entity_no FROM entities WHERE owner_no = :owner_no AND merged_into IS NULL ORDER BY entity_no;


-- name: entity_by_number
SELECT entity_no, entity_id, name, kind, by_hand, merged_into, root_no FROM entities
WHERE owner_no = :owner_no AND entity_no = :entity_no;
