-- Feedback received before the as-of moment.
-- Result: id text, user_id text?, model text, entity_kind text, entity_id text, predicted text?, verdict text,
--         label text?, created_at timestamptz.
-- Parameters: $1 source, $2 after id (exclusive; '' = from the start), $3 as-of (timestamptz), $4 limit.
-- Order: id, bytewise. Facts dated at or after the as-of moment read as not yet known (null).
select id, user_id, model, entity_kind, entity_id, predicted, verdict, label, created_at
from backend.prediction_feedback
where source = $1 and id > $2 and created_at < $3
order by id
limit $4;
