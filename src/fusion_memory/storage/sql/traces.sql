-- name: trace_save
INSERT INTO traces (trace_id, owner_no, created_at, query, recipe, payload)
VALUES (:trace_id, :owner_no, :created_at, :query, :recipe, :payload);

-- name: trace_by_id
SELECT trace_id, query, created_at, recipe, payload FROM traces
WHERE trace_id = :trace_id AND owner_no = :owner_no;

-- name: traces_of_owner
SELECT trace_no FROM traces WHERE owner_no = :owner_no;

-- name: trace_prune
DELETE FROM traces
WHERE owner_no = :owner_no
  AND trace_no <= (
      SELECT trace_no FROM traces WHERE owner_no = :owner_no ORDER BY trace_no DESC LIMIT 1 OFFSET :kept
  );

-- name: packs_of_owner
SELECT trace_id, query, created_at, recipe, payload FROM traces
WHERE owner_no = :owner_no AND substr(trace_id, 1, 5) = 'pack_'
ORDER BY trace_no DESC LIMIT :count;

-- name: trace_payload
SELECT payload FROM traces WHERE owner_no = :owner_no AND trace_no = :trace_no;

-- name: trace_blank
UPDATE traces SET query = '', payload = :payload WHERE owner_no = :owner_no AND trace_no = :trace_no;
