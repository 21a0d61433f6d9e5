-- name: feedback_save
INSERT INTO feedback (owner_no, event_no, trace_id, useful, at, features)
VALUES (:owner_no, :event_no, :trace_id, :useful, :at, :features)
ON CONFLICT (event_no, trace_id) DO UPDATE
SET useful = excluded.useful, at = excluded.at, features = excluded.features;

-- name: feedback_of_owner
SELECT feedback_no, events.event_id, feedback.trace_id, useful, feedback.at, features
FROM feedback JOIN events USING (event_no)
WHERE feedback.owner_no = :owner_no AND events.owner_no = :owner_no
ORDER BY feedback.at DESC, feedback_no DESC;
