-- Customers known before the as-of moment.
-- Result: id text, created_at timestamptz, birth_date timestamptz? (midnight UTC), gender text?, city text?,
--         employment text?, currency text.
-- Parameters: $1 source, $2 after id (exclusive; '' = from the start), $3 as-of (timestamptz), $4 limit.
-- Order: id, bytewise. Facts dated at or after the as-of moment read as not yet known (null).
select id, created_at, birth_date::timestamp at time zone 'UTC' as birth_date, gender, city, employment, currency
from backend.users
where source = $1 and id > $2 and created_at < $3
order by id
limit $4;
