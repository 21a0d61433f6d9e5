-- The keyword index: postings per owner and key, in blocks. CROSS JOIN keeps SQLite from walking the
-- owner's whole index and testing the wanted values against every row of it.

-- name: keyword_owner
SELECT spans, terms, ordinals, erasures FROM owners WHERE owner_no = :owner_no;

-- name: keyword_count
UPDATE owners
SET spans = spans + :spans, terms = terms + :terms, ordinals = ordinals + :ordinals, erasures = erasures + :erasures
WHERE owner_no = :owner_no;

-- name: keyword_facts
SELECT s.span_no, e.role, e.said_at, e.recorded_at, CASE WHEN e.trust <> 'assistant' THEN e.thread END
FROM json_each(:span_nos) AS wanted
JOIN spans s ON s.span_no = wanted.value
JOIN events e ON e.event_no = s.event_no;

-- name: keyword_text_put
INSERT INTO span_terms (span_no, owner_no, ordinal, labels, terms)
VALUES (:span_no, :owner_no, :ordinal, :labels, :terms);

-- name: keyword_texts
SELECT t.span_no, t.owner_no, t.ordinal, t.labels, t.terms
FROM json_each(:span_nos) AS wanted JOIN span_terms t ON t.span_no = wanted.value
ORDER BY t.owner_no, t.ordinal;

-- name: keyword_text_drop
DELETE FROM span_terms WHERE span_no IN (SELECT value FROM json_each(:span_nos));

-- name: keyword_holding
SELECT t.ordinal, t.terms
FROM json_each(:ordinals) AS wanted CROSS JOIN span_terms t ON t.owner_no = :owner_no AND t.ordinal = wanted.value
WHERE instr(' ' || t.terms || ' ', :needle) > 0
ORDER BY t.ordinal;

-- name: postings_tails
SELECT p.key, p.block_no, p.first, p.entries
FROM json_each(:keys) AS wanted CROSS JOIN postings p ON p.owner_no = :owner_no AND p.key = wanted.value
WHERE p.first = (SELECT max(l.first) FROM postings l WHERE l.owner_no = :owner_no AND l.key = wanted.value);

-- name: postings_of
SELECT p.key, p.first, p.entries
FROM json_each(:keys) AS wanted CROSS JOIN postings p ON p.owner_no = :owner_no AND p.key = wanted.value;

-- name: postings_around
SELECT block_no, first, entries FROM postings
WHERE owner_no = :owner_no AND key = :key AND first <= :last
  AND first >= coalesce(
      (SELECT max(l.first) FROM postings l WHERE l.owner_no = :owner_no AND l.key = :key AND l.first <= :low), 0
  );

-- name: postings_insert
INSERT INTO postings (owner_no, key, first, entries) VALUES (:owner_no, :key, :first, :entries);

-- name: postings_update
UPDATE postings SET entries = :entries WHERE block_no = :block_no;

-- name: postings_rewrite
UPDATE postings SET first = :first, entries = :entries WHERE block_no = :block_no;

-- name: postings_delete
DELETE FROM postings WHERE block_no = :block_no;

-- name: columns_from
SELECT block_no, first, entries FROM span_columns WHERE owner_no = :owner_no AND first >= :first ORDER BY first;

-- name: columns_at
SELECT c.block_no, c.first, c.entries
FROM json_each(:firsts) AS wanted CROSS JOIN span_columns c ON c.owner_no = :owner_no AND c.first = wanted.value;

-- name: columns_insert
INSERT INTO span_columns (owner_no, first, entries) VALUES (:owner_no, :first, :entries);

-- name: columns_update
UPDATE span_columns SET entries = :entries WHERE block_no = :block_no;

-- name: spans_picked
SELECT s.span_no
FROM json_each(:span_nos) AS candidate CROSS JOIN spans s ON s.span_no = candidate.value
JOIN events e ON e.event_no = s.event_no
WHERE s.owner_no = :owner_no
  AND NOT EXISTS (
      SELECT 1 FROM json_each(:metadata) AS wanted
      WHERE NOT EXISTS (
          SELECT 1 FROM json_each(e.metadata) AS present
          WHERE present.key = wanted.key AND present.value IS wanted.value
            AND replace(present.type, 'real', 'integer') = replace(wanted.type, 'real', 'integer')
      )
  )
  AND (:any_trust OR e.trust IN (SELECT value FROM json_each(:trusts)))
  AND (:any_origin OR e.origin IN (SELECT value FROM json_each(:origins)))
  AND (:any_type OR EXISTS (
      SELECT 1 FROM facts f
      WHERE f.event_no = e.event_no AND f.owner_no = e.owner_no AND f.type IN (SELECT value FROM json_each(:types))
  ));

-- name: keyword_miscounts
SELECT o.owner_no, o.spans, o.terms, coalesce(h.spans, 0), coalesce(h.terms, 0)
FROM owners o LEFT JOIN (
    SELECT owner_no, sum(terms <> '') AS spans,
           sum(CASE WHEN terms = '' THEN 0 ELSE length(terms) - length(replace(terms, ' ', '')) + 1 END) AS terms
    FROM span_terms GROUP BY owner_no
) AS h ON h.owner_no = o.owner_no
WHERE o.spans <> coalesce(h.spans, 0) OR o.terms <> coalesce(h.terms, 0);
