-- Loans disbursed before the as-of moment.
-- Result: id text, user_id text, application_id text?, kind text, principal float8, annual_rate float8?,
--         term_months int4, emi float8, disbursed_at timestamptz, collateral_kind text?, collateral_value float8?,
--         closed_at timestamptz?, defaulted_at timestamptz?.
-- Parameters: $1 source, $2 after id (exclusive; '' = from the start), $3 as-of (timestamptz), $4 limit.
-- Order: id, bytewise. Facts dated at or after the as-of moment read as not yet known (null).
select id, user_id, application_id, kind, principal::float8 as principal, annual_rate::float8 as annual_rate, term_months,
       emi::float8 as emi, disbursed_at, collateral_kind, collateral_value::float8 as collateral_value,
       case when closed_at < $3 then closed_at end as closed_at,
       case when defaulted_at < $3 then defaulted_at end as defaulted_at
from backend.loans
where source = $1 and id > $2 and disbursed_at < $3
order by id
limit $4;
