-- Accounts opened before the as-of moment.
-- Result: id text, user_id text, kind text, currency text, credit_limit float8?, opened_at timestamptz.
-- Parameters: $1 source, $2 after id (exclusive; '' = from the start), $3 as-of (timestamptz), $4 limit.
-- Order: id, bytewise. Facts dated at or after the as-of moment read as not yet known (null).
select id, user_id, kind, currency, credit_limit::float8 as credit_limit, opened_at
from backend.accounts
where source = $1 and id > $2 and opened_at < $3
order by id
limit $4;
