-- Annotated spans made before the as-of moment.
-- Result: id text, message_id text?, transaction_id text?, start_offset int4, end_offset int4, entity_type text,
--         text text, text_group text?, annotated_at timestamptz.
-- Parameters: $1 source, $2 after id (exclusive; '' = from the start), $3 as-of (timestamptz), $4 limit.
-- Order: id, bytewise. Facts dated at or after the as-of moment read as not yet known (null).
select id, message_id, transaction_id, start_offset, end_offset, entity_type, text, text_group, annotated_at
from backend.entity_annotations
where source = $1 and id > $2 and annotated_at < $3
order by id
limit $4;
