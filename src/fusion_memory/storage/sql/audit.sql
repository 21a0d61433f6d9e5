-- name: audit_last_hash
SELECT hash FROM audit ORDER BY audit_no DESC LIMIT 1;

-- name: audit_append
INSERT INTO audit (at, principal, action, owner_no, subject, detail, kind, tenant, request_id, previous, hash)
VALUES (:at, :principal, :action, :owner_no, :subject, :detail, :kind, :tenant, :request_id, :previous, :hash);

-- name: audit_of_owner
SELECT at, action, subject, detail FROM audit
WHERE owner_no = :owner_no AND owner_no <> 0 AND action NOT IN ('denied', 'login', 'refused')
ORDER BY audit_no DESC LIMIT :count;

-- name: audit_page
SELECT audit_no, at, principal, action, owner_no, subject, detail, kind, tenant, request_id, previous, hash
FROM audit WHERE audit_no > :after ORDER BY audit_no LIMIT :count;

-- name: audit_listed
SELECT audit_no, at, principal, kind, action, tenant, request_id, subject, detail, hash FROM audit
WHERE audit_no < :before AND at >= :since AND at < :until
  AND (:action IS NULL OR action = :action)
  AND (:principal IS NULL OR principal = :principal)
  AND (:request_id IS NULL OR request_id = :request_id)
ORDER BY audit_no DESC LIMIT :count;

-- name: audit_listed_of_tenant
SELECT audit_no, at, principal, kind, action, tenant, request_id, subject, detail, hash FROM audit
WHERE (tenant = :tenant
       OR (tenant IS NULL AND owner_no IN (SELECT owner_no FROM owners WHERE workspace_id = :tenant)))
  AND audit_no < :before AND at >= :since AND at < :until
  AND (:action IS NULL OR action = :action)
  AND (:principal IS NULL OR principal = :principal)
  AND (:request_id IS NULL OR request_id = :request_id)
ORDER BY audit_no DESC LIMIT :count;

-- name: audit_listed_of_owner
SELECT audit_no, at, principal, kind, action, tenant, request_id, subject, detail, hash FROM audit
WHERE owner_no = :owner_no
  AND audit_no < :before AND at >= :since AND at < :until
  AND (:action IS NULL OR action = :action)
  AND (:principal IS NULL OR principal = :principal)
  AND (:request_id IS NULL OR request_id = :request_id)
ORDER BY audit_no DESC LIMIT :count;

-- name: erased_between
SELECT 1 FROM audit WHERE owner_no = :owner_no AND action = 'forget' AND at BETWEEN :since AND :until LIMIT 1;

-- name: erased_since
SELECT 1 FROM audit WHERE owner_no = :owner_no AND action = 'forget' AND at >= :since LIMIT 1;
