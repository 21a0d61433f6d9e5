-- Statements over the ledger that take sets of values; SQLite binds a set as a JSON array.
-- CROSS JOIN keeps the order written: from the few values wanted to the rows they name.

-- name: fact_groups_touched
SELECT f.group_no FROM json_each(:groups) AS wanted CROSS JOIN facts f ON f.group_no = wanted.value
WHERE +f.owner_no = :owner_no
UNION
SELECT f.group_no FROM json_each(:slots) AS wanted
CROSS JOIN facts f ON f.owner_no = :owner_no AND f.subject_key = :subject_key AND f.slot = wanted.value
UNION
SELECT f.group_no FROM json_each(:values) AS wanted
CROSS JOIN facts f ON f.owner_no = :owner_no AND f.object_key = wanted.value AND +f.subject_key = :subject_key
UNION
SELECT f.group_no FROM json_each(:corrected) AS wanted CROSS JOIN facts f ON f.fact_id = wanted.value
WHERE f.owner_no = :owner_no;

-- name: fact_group_keys
SELECT DISTINCT f.slot, f.object_key FROM json_each(:groups) AS wanted
CROSS JOIN facts f ON f.group_no = wanted.value WHERE +f.owner_no = :owner_no;

-- name: fact_neighbourhood
WITH near (fact_no) AS (
    SELECT f.fact_no FROM json_each(:groups) AS wanted CROSS JOIN facts f ON f.group_no = wanted.value
    UNION
    SELECT f.fact_no FROM json_each(:slots) AS wanted
    CROSS JOIN facts f ON f.owner_no = :owner_no AND f.subject_key = :subject_key AND f.slot = wanted.value
    UNION
    SELECT f.fact_no FROM json_each(:values) AS wanted
    CROSS JOIN facts f ON f.owner_no = :owner_no AND f.object_key = wanted.value AND +f.subject_key = :subject_key
    UNION
    SELECT f.fact_no FROM json_each(:values) AS wanted
    CROSS JOIN facts f ON f.owner_no = :owner_no AND f.previous_key = wanted.value AND +f.subject_key = :subject_key
)
SELECT f.fact_no, f.fact_id, f.event_no, f.first, f.subject_key, f.group_no, f.type, f.predicate, f.slot,
       f.object_key, f.polarity, f.starts_at, f.asserted_at, f.until_at, f.said_at, f.previous_key, f.ends,
       f.corrects, f.held, f.retracted_at, f.recorded_at,
       f.head_no, f.valid_from, f.valid_to, f.closed_by, f.ended, f.times_seen, f.last_seen_at
FROM near CROSS JOIN facts f ON f.fact_no = near.fact_no
WHERE +f.owner_no = :owner_no
UNION ALL
SELECT c.fact_no, c.fact_id, c.event_no, c.first, c.subject_key, c.group_no, c.type, c.predicate, c.slot,
       c.object_key, c.polarity, c.starts_at, c.asserted_at, c.until_at, c.said_at, c.previous_key, c.ends,
       c.corrects, c.held, c.retracted_at, c.recorded_at,
       c.head_no, c.valid_from, c.valid_to, c.closed_by, c.ended, c.times_seen, c.last_seen_at
FROM near CROSS JOIN facts f ON f.fact_no = near.fact_no
CROSS JOIN facts c ON c.corrects = f.fact_id
WHERE +c.owner_no = :owner_no AND c.fact_no NOT IN (SELECT fact_no FROM near);

-- name: facts_touched_by_events
SELECT f.subject_key, f.group_no, f.slot, f.object_key, f.previous_key, f.corrects, f.fact_no, f.event_no,
       f.said_at, f.starts_at, f.asserted_at, f.until_at, f.ends, f.held, f.polarity
FROM json_each(:event_nos) AS wanted CROSS JOIN facts f ON f.event_no = wanted.value
WHERE f.owner_no = :owner_no;

-- name: facts_of_event_take_back
UPDATE facts SET retracted_at = :at
WHERE +owner_no = :owner_no AND event_no = :event_no AND origin = 'claim' AND retracted_at IS NULL
RETURNING subject_key, group_no, slot, object_key, previous_key, corrects, fact_id;

-- name: facts_of_events_drop
DELETE FROM facts
WHERE +owner_no = :owner_no AND event_no IN (SELECT value FROM json_each(:event_nos))
  AND origin = 'claim' AND retracted_at IS NULL;

-- name: fact_standings
SELECT f.fact_no, f.fact_id, f.type, f.predicate, f.slot, f.subject_key, f.object_key, f.polarity, f.valid_from,
       f.valid_to, f.ended, f.held, f.retracted_at, f.times_seen, f.last_seen_at,
       (SELECT h.fact_id FROM facts c JOIN facts h ON h.fact_no = c.head_no WHERE c.fact_no = f.closed_by),
       EXISTS (SELECT 1 FROM facts c WHERE c.corrects = f.fact_id AND c.retracted_at IS NULL)
FROM facts f
WHERE f.owner_no = :owner_no AND f.head_no = f.fact_no
  AND (:any_type OR f.type IN (SELECT value FROM json_each(:types)))
  AND (:any_predicate OR f.predicate IN (SELECT value FROM json_each(:predicates)))
  AND (:any_slot OR f.slot IN (SELECT value FROM json_each(:slots)));

-- name: fact_standings_of
SELECT f.fact_no, f.fact_id, f.type, f.predicate, f.slot, f.subject_key, f.object_key, f.polarity, f.valid_from,
       f.valid_to, f.ended, f.held, f.retracted_at, f.times_seen, f.last_seen_at,
       (SELECT h.fact_id FROM facts c JOIN facts h ON h.fact_no = c.head_no WHERE c.fact_no = f.closed_by),
       EXISTS (SELECT 1 FROM facts c WHERE c.corrects = f.fact_id AND c.retracted_at IS NULL)
FROM json_each(:heads) AS wanted CROSS JOIN facts f ON f.fact_no = wanted.value
WHERE f.owner_no = :owner_no AND f.head_no = f.fact_no
  AND (:any_type OR f.type IN (SELECT value FROM json_each(:types)))
  AND (:any_predicate OR f.predicate IN (SELECT value FROM json_each(:predicates)))
  AND (:any_slot OR f.slot IN (SELECT value FROM json_each(:slots)));

-- name: fact_heads_of_ids
SELECT DISTINCT f.head_no FROM json_each(:ids) AS wanted CROSS JOIN facts f ON f.fact_id = wanted.value
WHERE +f.owner_no = :owner_no;

-- name: fact_heads_of_events
SELECT DISTINCT f.head_no FROM json_each(:event_ids) AS wanted
CROSS JOIN events e ON e.event_id = wanted.value CROSS JOIN facts f ON f.event_no = e.event_no
WHERE +f.owner_no = :owner_no;

-- name: fact_heads_of_subjects
SELECT f.fact_no FROM json_each(:subjects) AS wanted
CROSS JOIN facts f ON f.owner_no = :owner_no AND f.subject_key = wanted.value
WHERE f.head_no = f.fact_no;

-- name: fact_heads_of_objects
SELECT f.fact_no FROM json_each(:objects) AS wanted
CROSS JOIN facts f ON f.owner_no = :owner_no AND f.object_key = wanted.value
WHERE f.head_no = f.fact_no;

-- name: facts_by_numbers
SELECT f.fact_no, f.fact_id, f.type, f.subject, f.predicate, f.object, f.text, f.polarity, f.slot, f.confidence,
       f.importance, f.said_at, f.recorded_at, f.when_start, f.when_end, f.granularity, f.time_role, f.time_words,
       f.time_first, f.time_last, f.certain, f.recurrence, f.method, f.rule, f.origin
FROM json_each(:fact_nos) AS wanted CROSS JOIN facts f ON f.fact_no = wanted.value
WHERE f.owner_no = :owner_no;

-- name: fact_members
SELECT f.head_no, f.fact_no FROM json_each(:fact_nos) AS wanted CROSS JOIN facts f ON f.head_no = wanted.value
WHERE +f.owner_no = :owner_no ORDER BY f.said_at, f.event_no, f.first;

-- name: fact_evidence
SELECT f.fact_no, e.event_id, substr(e.content, f.first + 1, f.last - f.first), f.first, f.last, e.said_at,
       e.recorded_at, e.speaker, e.role, e.trust, e.session_id, f.confidence, f.importance
FROM json_each(:fact_nos) AS wanted
CROSS JOIN facts f ON f.fact_no = wanted.value
CROSS JOIN events e ON e.event_no = f.event_no
WHERE f.owner_no = :owner_no;

-- name: fact_superseded_by
SELECT c.head_no, p.fact_id, p.slot IS c.slot, p.valid_from
FROM json_each(:fact_nos) AS wanted
CROSS JOIN facts c ON c.head_no = wanted.value
CROSS JOIN facts p ON p.closed_by = c.fact_no
WHERE +p.owner_no = :owner_no AND +c.owner_no = :owner_no
ORDER BY c.head_no, p.slot IS c.slot, p.valid_from, p.event_no, p.first, p.fact_id;

-- name: fact_words
SELECT f.fact_no, f.object_key, f.text FROM json_each(:fact_nos) AS wanted
CROSS JOIN facts f ON f.fact_no = wanted.value WHERE f.owner_no = :owner_no;

-- name: event_numbers_of
SELECT e.event_no FROM json_each(:event_ids) AS wanted CROSS JOIN events e ON e.event_id = wanted.value
WHERE e.owner_no = :owner_no;

-- name: facts_only_in_events
SELECT count(*) FROM (
    SELECT f.head_no, count(*) AS told FROM json_each(:event_nos) AS wanted
    CROSS JOIN facts f ON f.event_no = wanted.value
    WHERE f.owner_no = :owner_no GROUP BY f.head_no
) AS gone
WHERE gone.told = (SELECT count(*) FROM facts m WHERE m.head_no = gone.head_no);

-- name: fact_rows_of_run
SELECT m.fact_no, m.fact_id, m.event_no, e.event_id, m.first, m.last, m.type, m.subject, m.predicate, m.object,
       m.text, m.polarity, m.slot, m.importance, m.said_at, m.starts_at, m.asserted_at, m.when_start, m.when_end,
       m.granularity, m.time_role, m.time_words, m.time_first, m.time_last, m.certain, m.recurrence, m.previous,
       m.ends, m.subject_key, m.group_no, m.object_key, m.previous_key, m.corrects
FROM facts t CROSS JOIN facts m ON m.head_no = t.head_no CROSS JOIN events e ON e.event_no = m.event_no
WHERE t.fact_id = :fact_id AND +t.owner_no = :owner_no AND +m.owner_no = :owner_no
ORDER BY m.event_no, m.first, m.fact_id;

-- name: facts_retract
WITH RECURSIVE gone (fact_no, corrects) AS (
    SELECT f.fact_no, f.corrects FROM json_each(:fact_nos) AS wanted CROSS JOIN facts f ON f.fact_no = wanted.value
    WHERE f.owner_no = :owner_no
    UNION
    SELECT f.fact_no, f.corrects FROM gone CROSS JOIN facts f ON f.fact_id = gone.corrects
    WHERE f.owner_no = :owner_no
)
UPDATE facts SET retracted_at = :at
WHERE retracted_at IS NULL AND fact_no IN (SELECT fact_no FROM gone)
RETURNING subject_key, group_no, slot, object_key, previous_key, corrects;

-- name: fact_heads_count
SELECT count(*) FROM facts INDEXED BY facts_latest_of_type WHERE owner_no = :owner_no AND head_no = fact_no;

-- name: fact_relations
SELECT DISTINCT predicate, slot FROM facts INDEXED BY facts_latest_of_relation
WHERE owner_no = :owner_no AND head_no = fact_no;

-- name: fact_latest_of_types
SELECT DISTINCT latest.value FROM json_each(:types) AS wanted, json_each((
    SELECT json_group_array(fact_no) FROM (
        SELECT fact_no FROM facts
        WHERE owner_no = :owner_no AND type = wanted.value AND head_no = fact_no AND retracted_at IS NULL AND held = 0
          AND valid_from <= :at AND (valid_to IS NULL OR valid_to > :at)
        ORDER BY valid_from DESC LIMIT :count
    ) AS newest
)) AS latest;

-- name: fact_latest_of_relations
SELECT DISTINCT latest.value FROM json_each(:relations) AS wanted, json_each((
    SELECT json_group_array(fact_no) FROM (
        SELECT fact_no FROM facts
        WHERE owner_no = :owner_no AND predicate = wanted.value ->> 0 AND slot IS wanted.value ->> 1
          AND head_no = fact_no AND retracted_at IS NULL AND held = 0
          AND valid_from <= :at AND (valid_to IS NULL OR valid_to > :at)
        ORDER BY valid_from DESC LIMIT :count
    ) AS newest
)) AS latest;

-- name: fact_heads_of_spans
SELECT DISTINCT f.head_no FROM json_each(:span_nos) AS wanted
CROSS JOIN spans s ON s.span_no = wanted.value CROSS JOIN facts f ON f.event_no = s.event_no
WHERE +f.owner_no = :owner_no AND f.head_no IS NOT NULL;

-- name: fact_heads_superseded_by
SELECT DISTINCT older.fact_no FROM json_each(:heads) AS wanted
CROSS JOIN facts t ON t.head_no = wanted.value CROSS JOIN facts older ON older.closed_by = t.fact_no
WHERE +older.owner_no = :owner_no AND older.head_no = older.fact_no;
