-- Transactions booked before the as-of moment.
-- Result: id text, account_id text, user_id text, booked_at timestamptz, amount float8 (+ in, - out), currency text,
--         channel text, merchant text?, description text, category text, balance_after float8?, disputed_at timestamptz?.
-- Parameters: $1 source, $2 after id (exclusive; '' = from the start), $3 as-of (timestamptz), $4 limit.
-- Order: id, bytewise. Facts dated at or after the as-of moment read as not yet known (null).
select id, account_id, user_id, booked_at, amount::float8 as amount, currency, channel, merchant, description, category,
       balance_after::float8 as balance_after, case when disputed_at < $3 then disputed_at end as disputed_at
from backend.transactions
where source = $1 and id > $2 and booked_at < $3
order by id
limit $4;
