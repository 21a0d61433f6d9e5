-- Vectors: stored per space and owner, numbered in the order they came.

-- name: vector_state
SELECT vectors, erasures FROM owners WHERE owner_no = :owner_no;

-- name: vector_count
UPDATE owners SET vectors = vectors + :added WHERE owner_no = :owner_no;

-- name: vector_owners
SELECT s.owner_no, s.span_no FROM json_each(:span_nos) AS wanted JOIN spans s ON s.span_no = wanted.value;

-- name: vector_drop
DELETE FROM vectors
WHERE (space_no, owner_no, span_no) IN (SELECT :space_no, :owner_no, value FROM json_each(:span_nos));

-- name: vector_put
INSERT INTO vectors (space_no, owner_no, vector_no, span_no, vector)
VALUES (:space_no, :owner_no, :vector_no, :span_no, :vector);

-- name: vector_total
SELECT count(*) FROM vectors
WHERE space_no = :space_no AND owner_no = :owner_no AND vector_no <= :last;

-- name: vector_rows
SELECT v.vector_no, v.vector
FROM json_each(:numbers) AS wanted
CROSS JOIN vectors v ON v.space_no = :space_no AND v.owner_no = :owner_no AND v.vector_no = wanted.value;

-- name: vector_page
SELECT vector_no, span_no, vector FROM vectors
WHERE space_no = :space_no AND owner_no = :owner_no AND vector_no > :after AND vector_no <= :last
ORDER BY vector_no LIMIT :count;

-- name: vector_numbers
SELECT vector_no FROM vectors
WHERE space_no = :space_no AND owner_no = :owner_no AND vector_no <= :last ORDER BY vector_no;
