-- The keyword index as it is stored, to be read back and compared with the texts it was made from.

-- name: texts
SELECT owner_no, ordinal, span_no, labels, terms FROM span_terms;

-- name: postings
SELECT owner_no, key, entries FROM postings;

-- name: columns
SELECT owner_no, first, entries FROM span_columns;
