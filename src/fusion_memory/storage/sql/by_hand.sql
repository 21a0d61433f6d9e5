-- What a person said about memories, as it travels between databases.

-- name: tellings_by_hand
SELECT e.event_id, f.fact_id, f.first, f.last, f.type, f.subject, f.predicate, f.object, f.text, f.polarity, f.slot,
       f.confidence, f.importance, f.method, f.rule, f.said_at, f.recorded_at, f.starts_at, f.asserted_at,
       f.when_start, f.when_end, f.granularity, f.time_role, f.time_words, f.time_first, f.time_last, f.certain,
       f.recurrence, f.previous, f.ends, f.held, f.retracted_at, f.corrects, f.origin
FROM facts f JOIN events e ON e.event_no = f.event_no
WHERE f.owner_no = :owner_no AND (f.origin = 'correction' OR f.retracted_at IS NOT NULL)
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id)
ORDER BY f.recorded_at, f.fact_id;

-- name: telling_retract
UPDATE facts SET retracted_at = :at WHERE fact_id = :fact_id AND owner_no = :owner_no AND retracted_at IS NOT :at
RETURNING subject_key, group_no, slot, object_key, previous_key, corrects;

-- name: telling_keys
SELECT subject_key, group_no, slot, object_key, previous_key, corrects FROM facts
WHERE fact_id = :fact_id AND owner_no = :owner_no;

-- name: names_of_owner
SELECT n.entity_id, n.key, n.name, n.kind, n.by_hand,
       (SELECT e.event_id FROM entity_mentions x JOIN events e ON e.event_no = x.event_no
        WHERE x.entity_no = n.entity_no ORDER BY x.event_no LIMIT 1),
       EXISTS (SELECT 1 FROM entity_links l WHERE l.event_no IS NULL AND l.entity_no = n.entity_no)
       OR EXISTS (SELECT 1 FROM entity_links l WHERE l.event_no IS NULL AND l.into_no = n.entity_no)
FROM entities n WHERE n.owner_no = :owner_no ORDER BY n.key;

-- name: name_links_by_hand
SELECT a.key, b.key, l.apart, l.reason, l.recorded_at FROM entity_links l
JOIN entities a ON a.entity_no = l.entity_no JOIN entities b ON b.entity_no = l.into_no
WHERE l.owner_no = :owner_no AND l.event_no IS NULL ORDER BY l.link_no;

-- name: name_link_known
SELECT 1 FROM entity_links
WHERE entity_no = :entity_no AND into_no = :into_no AND event_no IS NULL AND apart = :apart LIMIT 1;

-- name: name_id_taken
SELECT 1 FROM entities WHERE entity_id = :entity_id;

-- name: name_set_id
UPDATE entities SET entity_id = :entity_id WHERE entity_no = :entity_no;

-- name: profile_values_dated
SELECT key, value, updated_at FROM profile_values WHERE owner_no = :owner_no ORDER BY key;

-- name: core_facts_dated
SELECT f.fact_id, c.importance, c.promoted_at FROM core_facts c JOIN facts f ON f.fact_no = c.fact_no
WHERE c.owner_no = :owner_no ORDER BY f.fact_id;

-- name: core_keep
INSERT INTO core_facts (owner_no, fact_no, importance, promoted_at)
SELECT owner_no, fact_no, :importance, :promoted_at FROM facts WHERE owner_no = :owner_no AND fact_id = :fact_id
ON CONFLICT (owner_no, fact_no) DO NOTHING;
