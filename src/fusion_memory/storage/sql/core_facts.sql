-- name: core_listed
SELECT f.fact_id, c.promoted_at FROM core_facts c JOIN facts f ON f.fact_no = c.fact_no
WHERE c.owner_no = :owner_no ORDER BY c.importance DESC, c.fact_no;

-- name: core_put
INSERT INTO core_facts (owner_no, fact_no, importance, promoted_at)
SELECT owner_no, fact_no, :importance, :promoted_at FROM facts WHERE owner_no = :owner_no AND fact_id = :fact_id;

-- name: core_clear
DELETE FROM core_facts WHERE owner_no = :owner_no;
