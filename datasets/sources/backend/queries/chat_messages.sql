-- Messages sent before the as-of moment.
-- Result: id text, user_id text, sent_at timestamptz, text text, locale text, intent text?,
--         intent_labelled_at timestamptz?, text_group text?.
-- Parameters: $1 source, $2 after id (exclusive; '' = from the start), $3 as-of (timestamptz), $4 limit.
-- Order: id, bytewise. Facts dated at or after the as-of moment read as not yet known (null).
select id, user_id, sent_at, text, locale,
       case when intent_labelled_at >= $3 then null else intent end as intent,
       case when intent_labelled_at < $3 then intent_labelled_at end as intent_labelled_at, text_group
from backend.chat_messages
where source = $1 and id > $2 and sent_at < $3
order by id
limit $4;
