-- name: profile_values
SELECT key, value FROM profile_values WHERE owner_no = :owner_no ORDER BY key;

-- name: profile_value_set
INSERT INTO profile_values (owner_no, key, value, updated_at) VALUES (:owner_no, :key, :value, :at)
ON CONFLICT (owner_no, key) DO UPDATE SET value = :value, updated_at = :at;

-- name: profile_value_drop
DELETE FROM profile_values WHERE owner_no = :owner_no AND key = :key;

-- name: profile_values_clear
DELETE FROM profile_values WHERE owner_no = :owner_no;
