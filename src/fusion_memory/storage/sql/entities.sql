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

-- name: entity_is_root
UPDATE entities SET root_no = entity_no, merged_into = NULL WHERE entity_no = :entity_no;

-- name: entity_set_by_hand
UPDATE entities SET by_hand = 1 WHERE entity_no = :entity_no;

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
SELECT link_no, entity_no, into_no FROM entity_links WHERE event_no = :event_no;

-- name: entity_link_drop
DELETE FROM entity_links WHERE link_no = :link_no;

-- name: entity_links_by_hand_drop
DELETE FROM entity_links
WHERE event_no IS NULL
  AND ((entity_no = :left_no AND into_no = :right_no) OR (entity_no = :right_no AND into_no = :left_no));

-- name: entity_apart
SELECT 1 FROM entity_links
WHERE apart = 1
  AND ((entity_no = :left_no AND into_no = :right_no) OR (entity_no = :right_no AND into_no = :left_no)) LIMIT 1;

-- name: entity_link_holds
SELECT 1 FROM entity_links WHERE entity_no = :entity_no AND into_no = :into_no AND apart = 0 LIMIT 1;

-- name: entity_point
UPDATE entities SET merged_into = :into_no WHERE entity_no = :entity_no;

-- name: entity_root_below
UPDATE entities SET root_no = :root_no
WHERE entity_no IN (
    WITH RECURSIVE below (entity_no) AS (
        SELECT entity_no FROM entities WHERE entity_no = :entity_no
        UNION
        SELECT e.entity_no FROM entities e JOIN below b ON e.merged_into = b.entity_no
    )
    SELECT entity_no FROM below
);

-- name: entity_standing
SELECT e.merged_into, e.by_hand, EXISTS (SELECT 1 FROM entity_mentions x WHERE x.entity_no = e.entity_no),
       EXISTS (SELECT 1 FROM entities c WHERE c.merged_into = e.entity_no AND c.by_hand = 1)
FROM entities e WHERE e.entity_no = :entity_no;

-- name: entity_merged_here
SELECT entity_no FROM entities WHERE merged_into = :entity_no;

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

-- name: entity_pointers
SELECT merged_into, root_no FROM entities WHERE entity_no = :entity_no;
