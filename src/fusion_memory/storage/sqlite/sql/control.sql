-- How transactions begin and end, and what the database says of its own health.

-- name: begin_read
BEGIN DEFERRED;

-- name: begin_write
BEGIN IMMEDIATE;

-- name: begin_alone
BEGIN EXCLUSIVE;

-- name: commit
COMMIT;

-- name: rollback
ROLLBACK;

-- name: schema_objects
SELECT count(*) FROM sqlite_schema;

-- name: compact
VACUUM;

-- name: integrity_check
SELECT integrity_check FROM pragma_integrity_check;

-- name: foreign_key_check
SELECT "table", rowid, parent FROM pragma_foreign_key_check;
