-- Instalments due before the as-of moment.
-- Result: id text, loan_id text, user_id text, due_at timestamptz, amount_due float8, paid_at timestamptz?,
--         amount_paid float8?.
-- Parameters: $1 source, $2 after id (exclusive; '' = from the start), $3 as-of (timestamptz), $4 limit.
-- Order: id, bytewise. Facts dated at or after the as-of moment read as not yet known (null).
select id, loan_id, user_id, due_at, amount_due::float8 as amount_due,
       case when paid_at < $3 then paid_at end as paid_at,
       case when paid_at < $3 then amount_paid::float8 end as amount_paid
from backend.loan_payments
where source = $1 and id > $2 and due_at < $3
order by id
limit $4;
