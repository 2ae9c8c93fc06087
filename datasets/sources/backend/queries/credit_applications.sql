-- Applications decided before the as-of moment (undated decisions: applied before it).
-- Result: id text, user_id text, applied_at timestamptz, kind text, requested_amount float8, term_months int4,
--         declared_monthly_income float8?, employment text?, collateral_kind text?, collateral_value float8?,
--         decision text, decided_at timestamptz?, loan_id text? (null until the loan is disbursed), outcome text?,
--         outcome_at timestamptz?.
-- Parameters: $1 source, $2 after id (exclusive; '' = from the start), $3 as-of (timestamptz), $4 limit.
-- Order: id, bytewise. Facts dated at or after the as-of moment read as not yet known (null).
select a.id, a.user_id, a.applied_at, a.kind, a.requested_amount::float8 as requested_amount, a.term_months,
       a.declared_monthly_income::float8 as declared_monthly_income, a.employment, a.collateral_kind,
       a.collateral_value::float8 as collateral_value, a.decision, a.decided_at,
       case when l.disbursed_at >= $3 then null else a.loan_id end as loan_id,
       case when a.outcome_at < $3 then a.outcome end as outcome,
       case when a.outcome_at < $3 then a.outcome_at end as outcome_at
from backend.credit_applications a
left join backend.loans l on l.source = a.source and l.id = a.loan_id
where a.source = $1 and a.id > $2 and a.applied_at < $3 and coalesce(a.decided_at, a.applied_at) < $3
order by a.id
limit $4;
