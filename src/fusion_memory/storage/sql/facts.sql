-- The ledger of facts, one row per telling; what takes a set of values stands with each dialect.

-- name: fact_append
INSERT INTO facts (
    fact_id, owner_no, event_no, first, last, type, subject, subject_key, predicate, object, object_key, text,
    polarity, slot, confidence, importance, method, rule, origin, said_at, recorded_at, starts_at, asserted_at,
    until_at, when_start, when_end, granularity, time_role, time_words, time_first, time_last, certain, recurrence,
    previous, previous_key, ends, held, corrects, claim_hash, group_no, simhash, band_a, band_b, band_c
) VALUES (
    :fact_id, :owner_no, :event_no, :first, :last, :type, :subject, :subject_key, :predicate, :object, :object_key,
    :text, :polarity, :slot, :confidence, :importance, :method, :rule, :origin, :said_at, :recorded_at, :starts_at,
    :asserted_at, :until_at, :when_start, :when_end, :granularity, :time_role, :time_words, :time_first, :time_last,
    :certain, :recurrence, :previous, :previous_key, :ends, :held, :corrects, :claim_hash, :group_no, :simhash,
    :band_a, :band_b, :band_c
)
ON CONFLICT (fact_id) DO NOTHING
RETURNING fact_no;

-- name: fact_start_group
UPDATE facts SET group_no = fact_no WHERE fact_no = :fact_no;

-- name: fact_same_claim
SELECT fact_no, group_no, type, predicate, slot, polarity, object, text, simhash FROM facts
WHERE owner_no = :owner_no AND claim_hash = :claim_hash AND +event_no <= :until
ORDER BY event_no, fact_no LIMIT 1;

-- name: fact_derive
UPDATE facts
SET head_no = :head_no, valid_from = :valid_from, valid_to = :valid_to, closed_by = :closed_by, ended = :ended,
    times_seen = :times_seen, last_seen_at = :last_seen_at
WHERE fact_no = :fact_no;

-- name: facts_near
SELECT fact_no, group_no, type, predicate, slot, polarity, object, text, simhash FROM facts
WHERE owner_no = :owner_no AND band_a = :band_a AND +subject_key = :subject_key AND +event_no <= :until
UNION
SELECT fact_no, group_no, type, predicate, slot, polarity, object, text, simhash FROM facts
WHERE owner_no = :owner_no AND band_b = :band_b AND +subject_key = :subject_key AND +event_no <= :until
UNION
SELECT fact_no, group_no, type, predicate, slot, polarity, object, text, simhash FROM facts
WHERE owner_no = :owner_no AND band_c = :band_c AND +subject_key = :subject_key AND +event_no <= :until
ORDER BY fact_no LIMIT :count;

-- name: facts_like
SELECT fact_no, group_no, type, predicate, slot, polarity, object, text, simhash FROM facts
WHERE owner_no = :owner_no AND subject_key = :subject_key AND predicate = :predicate
  AND +event_no <= :until AND (head_no = fact_no OR head_no IS NULL)
ORDER BY fact_no DESC LIMIT :count;

-- name: fact_extend
UPDATE facts SET times_seen = times_seen + 1, last_seen_at = max(last_seen_at, :said_at)
WHERE group_no = :group_no AND head_no = fact_no AND +owner_no = :owner_no
  AND valid_to IS NULL AND held = 0 AND retracted_at IS NULL AND valid_from <= :starts_at AND event_no < :event_no
  AND (SELECT max(m.asserted_at) FROM facts m WHERE m.head_no = facts.head_no) < :asserted_at
RETURNING fact_no;

-- name: fact_join
UPDATE facts SET head_no = :head_no WHERE fact_no = :fact_no;

-- name: fact_answer_before
SELECT h.fact_no
FROM (
    SELECT fact_no, head_no, asserted_at, polarity, ends, held, retracted_at FROM facts
    WHERE owner_no = :owner_no AND subject_key = :subject_key AND slot = :slot AND fact_no <> :fact_no
    ORDER BY asserted_at DESC, fact_no DESC LIMIT 1
) AS l
JOIN facts h ON h.fact_no = l.head_no
WHERE l.asserted_at < :asserted_at AND l.polarity = 'positive' AND l.ends = 0 AND l.held = 0
  AND l.retracted_at IS NULL AND h.valid_to IS NULL AND h.valid_from <= :starts_at
  AND NOT EXISTS (SELECT 1 FROM facts o WHERE o.owner_no = :owner_no AND o.object_key = :object_key
                  AND +o.subject_key = :subject_key AND o.fact_no <> :fact_no)
  AND NOT EXISTS (SELECT 1 FROM facts o WHERE o.owner_no = :owner_no AND o.previous_key = :object_key
                  AND +o.subject_key = :subject_key);

-- name: fact_close
UPDATE facts SET valid_to = :valid_to, closed_by = :closed_by, ended = 0 WHERE fact_no = :fact_no;

-- name: fact_link
INSERT INTO fact_links (owner_no, from_no, to_no, kind, reason, recorded_at)
VALUES (:owner_no, :from_no, :to_no, :kind, :reason, :recorded_at)
ON CONFLICT DO NOTHING;

-- name: facts_kept_by_hand
SELECT subject_key, group_no, slot, object_key, previous_key, corrects, claim_hash, fact_no FROM facts
WHERE owner_no = :owner_no AND (origin = 'correction' OR retracted_at IS NOT NULL)
ORDER BY fact_no;

-- name: fact_twin
SELECT group_no FROM facts
WHERE owner_no = :owner_no AND claim_hash = :claim_hash AND origin = 'claim' AND retracted_at IS NULL
ORDER BY event_no, fact_no LIMIT 1;

-- name: fact_set_group
UPDATE facts SET group_no = :group_no WHERE fact_no = :fact_no;

-- name: fact_tellings
SELECT f.fact_no, f.fact_id, f.event_no, f.first, f.subject_key, f.group_no, f.type, f.predicate, f.slot,
       f.object_key, f.polarity, f.starts_at, f.asserted_at, f.until_at, f.said_at, f.previous_key, f.ends,
       f.corrects, f.held, f.retracted_at
FROM facts f JOIN events e ON e.event_no = f.event_no
WHERE f.owner_no = :owner_no AND f.recorded_at <= :as_of
  AND (:session_id IS NULL OR e.session_id = :session_id) AND (:agent_id IS NULL OR e.agent_id = :agent_id)
  AND (:run_id IS NULL OR e.run_id = :run_id) AND (:app_id IS NULL OR e.app_id = :app_id);

-- name: fact_stats
SELECT count(*), coalesce(sum(CASE WHEN head_no = fact_no THEN 1 ELSE 0 END), 0) FROM facts
WHERE owner_no = :owner_no;

-- name: fact_correction_of
SELECT fact_id FROM facts WHERE corrects = :fact_id AND owner_no = :owner_no AND retracted_at IS NULL
ORDER BY fact_no DESC LIMIT 1;
