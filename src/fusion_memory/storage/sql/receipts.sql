-- name: receipt_add
INSERT INTO receipts (receipt_id, owner_digest, at, body, hash)
VALUES (:receipt_id, :owner_digest, :at, :body, :hash)
RETURNING receipt_no;

-- name: receipt_by_id
SELECT receipt_no, receipt_id, owner_digest, at, body, hash FROM receipts WHERE receipt_id = :receipt_id;

-- name: receipts_of_owner
SELECT receipt_no, receipt_id, owner_digest, at, body, hash FROM receipts
WHERE (:owner_digest IS NULL OR owner_digest = :owner_digest) ORDER BY receipt_no DESC LIMIT :count;

-- name: receipt_in_audit
SELECT detail FROM audit WHERE action = 'receipt' AND subject = :subject;

-- name: tombstone_add
INSERT INTO tombstones (digest, kind, at, receipt_no) VALUES (:digest, :kind, :at, :receipt_no)
ON CONFLICT (digest) DO UPDATE SET at = max(at, excluded.at), receipt_no = excluded.receipt_no;

-- name: tombstones_of_receipt
SELECT t.kind, t.at, t.digest FROM receipts r JOIN tombstones t ON t.receipt_no = r.receipt_no
WHERE r.receipt_id = :receipt_id;

-- name: tombstones_all
SELECT kind, at, digest FROM tombstones;

-- name: tombstones_count
SELECT count(*) FROM tombstones;

-- name: tombstones_clear
DELETE FROM tombstones;

-- name: erasure_key
SELECT key FROM erasure_key;

-- name: erasure_key_set
INSERT INTO erasure_key (only, key) VALUES (1, :key) ON CONFLICT (only) DO UPDATE SET key = excluded.key;

-- name: event_ids
SELECT event_no, event_id, owner_no FROM events WHERE event_no > :after ORDER BY event_no LIMIT :count;

-- name: owner_columns
SELECT owner_no, workspace_id, user_id, agent_id, run_id, created_at FROM owners ORDER BY owner_no;
