-- name: key_create
INSERT INTO api_keys (key_id, prefix, salt, hash, label, rights, operator, workspace_id, user_id, agent_id, app_id,
                      created_at, created_by, expires_at)
VALUES (:key_id, :prefix, :salt, :hash, :label, :rights, :operator, :workspace_id, :user_id, :agent_id, :app_id,
        :created_at, :created_by, :expires_at);

-- name: key_by_prefix
SELECT key_id, prefix, label, rights, operator, workspace_id, user_id, agent_id, app_id, created_at, created_by,
       expires_at, revoked_at, last_used_at, salt, hash
FROM api_keys WHERE prefix = :prefix;

-- name: key_by_id
SELECT key_id, prefix, label, rights, operator, workspace_id, user_id, agent_id, app_id, created_at, created_by,
       expires_at, revoked_at, last_used_at
FROM api_keys WHERE key_id = :key_id;

-- name: keys_of_workspace
SELECT key_id, prefix, label, rights, operator, workspace_id, user_id, agent_id, app_id, created_at, created_by,
       expires_at, revoked_at, last_used_at
FROM api_keys
WHERE workspace_id = :workspace_id
  AND (:user_id = '' OR user_id = :user_id)
  AND (:agent_id = '' OR agent_id = :agent_id)
  AND (:app_id = '' OR app_id = :app_id)
ORDER BY key_no DESC LIMIT :count;

-- name: keys_all
SELECT key_id, prefix, label, rights, operator, workspace_id, user_id, agent_id, app_id, created_at, created_by,
       expires_at, revoked_at, last_used_at
FROM api_keys ORDER BY key_no DESC LIMIT :count;

-- name: key_revoke
UPDATE api_keys SET revoked_at = :at WHERE key_id = :key_id AND revoked_at IS NULL;

-- name: key_expire
UPDATE api_keys SET expires_at = :at WHERE key_id = :key_id AND (expires_at IS NULL OR expires_at > :at);

-- name: key_used
UPDATE api_keys SET last_used_at = :at
WHERE key_id = :key_id AND (last_used_at IS NULL OR last_used_at < :at);
