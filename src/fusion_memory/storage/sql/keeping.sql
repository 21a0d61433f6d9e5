-- name: keeping_state
SELECT keepings, archived, erasures FROM owners WHERE owner_no = :owner_no;

-- name: keeping_ordinals
SELECT t.ordinal, k.tier, k.archived_at IS NOT NULL
FROM keeping k CROSS JOIN spans s ON s.event_no = k.event_no CROSS JOIN span_terms t ON t.span_no = s.span_no
WHERE k.owner_no = :owner_no AND (k.tier <> 'warm' OR k.archived_at IS NOT NULL);

-- name: keeping_used
INSERT INTO keeping (event_no, owner_no, uses, last_used_at)
SELECT event_no, owner_no, :uses, :at FROM events WHERE owner_no = :owner_no AND event_id = :event_id
ON CONFLICT (event_no) DO UPDATE
SET uses = uses + excluded.uses, last_used_at = max(coalesce(last_used_at, 0), excluded.last_used_at);

-- name: keeping_tier
INSERT INTO keeping (event_no, owner_no, tier)
SELECT event_no, owner_no, :tier FROM events WHERE owner_no = :owner_no AND event_no = :event_no
ON CONFLICT (event_no) DO UPDATE SET tier = excluded.tier;

-- name: keeping_archive
INSERT INTO keeping (event_no, owner_no, archived_at, reason)
SELECT event_no, owner_no, :at, :reason FROM events WHERE owner_no = :owner_no AND event_no = :event_no
ON CONFLICT (event_no) DO UPDATE SET archived_at = excluded.archived_at, reason = excluded.reason;

-- name: keeping_restore
UPDATE keeping SET archived_at = NULL, reason = NULL WHERE owner_no = :owner_no AND event_no = :event_no;

-- name: keeping_uses
SELECT uses FROM keeping WHERE uses > 0;
