-- name: owner_find
SELECT owner_no FROM owners
WHERE workspace_id = :workspace_id AND user_id = :user_id AND agent_id = :agent_id AND run_id = :run_id;

-- name: owner_create
INSERT INTO owners (workspace_id, user_id, agent_id, run_id, created_at)
VALUES (:workspace_id, :user_id, :agent_id, :run_id, :created_at)
ON CONFLICT (workspace_id, user_id, agent_id, run_id) DO NOTHING;

-- name: owner_note_erasure
UPDATE owners SET erasures = erasures + 1 WHERE owner_no = :owner_no;

-- name: owner_list
SELECT owner_no, workspace_id, user_id, agent_id, run_id FROM owners ORDER BY owner_no;

-- name: owner_of_number
SELECT workspace_id, user_id, agent_id, run_id FROM owners WHERE owner_no = :owner_no;
