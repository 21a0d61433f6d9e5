-- What else of an owner goes when the owner goes; see memory/subjects.py, which names every table.

-- name: subject_postings
DELETE FROM postings WHERE owner_no = :owner_no;

-- name: subject_columns
DELETE FROM span_columns WHERE owner_no = :owner_no;

-- name: subject_traces
DELETE FROM traces WHERE owner_no = :owner_no;

-- name: subject_entity_links
DELETE FROM entity_links WHERE owner_no = :owner_no;

-- name: subject_profile
DELETE FROM profile_values WHERE owner_no = :owner_no;

-- name: subject_core
DELETE FROM core_facts WHERE owner_no = :owner_no;

-- name: subject_policies
DELETE FROM policies WHERE owner_no = :owner_no;

-- name: subject_holds
DELETE FROM holds WHERE owner_no = :owner_no;

-- name: subject_summaries
DELETE FROM summaries WHERE owner_no = :owner_no;

-- name: subject_condensations
DELETE FROM condensations WHERE owner_no = :owner_no;

-- name: subject_care
DELETE FROM care_progress WHERE owner_no = :owner_no;

-- name: subject_outbox
DELETE FROM outbox WHERE owner_no = :owner_no;

-- name: subject_jobs
DELETE FROM jobs WHERE owner_no = :owner_no;

-- name: subject_marks
DELETE FROM schedule_marks WHERE owner_no = :owner_no;

-- name: subject_keys
DELETE FROM api_keys
WHERE operator = 0 AND workspace_id = :workspace_id
  AND CASE WHEN :user_id <> '' THEN user_id = :user_id
      ELSE user_id = '' AND agent_id = :agent_id AND :agent_id <> '' END;

-- name: subject_owner
DELETE FROM owners WHERE owner_no = :owner_no;

-- name: schema_tables
SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name;
