-- name: audit_last_hash
SELECT hash FROM audit ORDER BY audit_no DESC LIMIT 1;

-- name: audit_append
INSERT INTO audit (at, principal, action, owner_no, subject, detail, previous, hash)
VALUES (:at, :principal, :action, :owner_no, :subject, :detail, :previous, :hash);

-- name: audit_of_owner
SELECT at, action, subject, detail FROM audit WHERE owner_no = :owner_no ORDER BY audit_no DESC LIMIT :count;

-- name: audit_page
SELECT audit_no, at, principal, action, owner_no, subject, detail, previous, hash FROM audit
WHERE audit_no > :after ORDER BY audit_no LIMIT :count;

-- name: erased_between
SELECT 1 FROM audit WHERE owner_no = :owner_no AND action = 'forget' AND at BETWEEN :since AND :until LIMIT 1;

-- name: erased_since
SELECT 1 FROM audit WHERE owner_no = :owner_no AND action = 'forget' AND at >= :since LIMIT 1;
