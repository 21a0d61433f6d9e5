-- name: audit_rows_given
SELECT seq FROM sqlite_sequence WHERE name = 'audit';
