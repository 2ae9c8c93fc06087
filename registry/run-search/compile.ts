import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Field, NamedFieldGroup, RunFieldName } from './fields.js';
import type { Comparator, Condition, Value } from './parse.js';
import { utcMoment } from './utc-moment.js';

/*
 * Conditions as SQL over `registry.runs r`. Names and values of the filter are parameters, never SQL; operators and columns
 * come from the tables below.
 */

/** Workflow ids begin with what started them. */
const TRIGGER = sql`case when r.rerun_of is not null then 'rerun'
  when r.workflow_id like 'weekly-retraining%' then 'schedule'
  when r.workflow_id ~ '^[^/]*drift-retraining-[^/]+-\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\dZ(/|$)' then 'drift'
  when r.workflow_id like 'backfill-%' then 'backfill' else 'command' end`;

export const columns: Readonly<Record<Exclude<RunFieldName, 'note'>, RawBuilder<unknown>>> = {
  model: sql`r.model_name`,
  line: sql`r.line`,
  decision: sql`r.status`,
  run: sql`r.workflow_id`,
  parent: sql`case when position('/' in r.workflow_id) > 0 then split_part(r.workflow_id, '/', 1) end`,
  trigger: TRIGGER,
  version: sql`(select v.version from registry.versions v where v.run_key = r.run_key and v.model_name = r.model_name)`,
  started: sql`r.started_at`,
  ended: sql`r.ended_at`,
  duration: sql`extract(epoch from r.ended_at - r.started_at)::double precision`,
  seed: sql`r.seed`,
  code: sql`r.code_version`,
  dataset: sql`r.dataset_hash`,
  snapshot: sql`(select d.origin ->> 'snapshotHash' from registry.datasets d
    where d.hash = r.dataset_hash and d.model_name = r.model_name and d.line = r.line)`,
  artefact: sql`r.artefact_hash`,
  reason: sql`r.stated_reason`,
};

const tables: Readonly<Record<NamedFieldGroup | 'note', RawBuilder<unknown>>> = {
  metrics: sql`registry.run_metrics`,
  series: sql`registry.run_metric_steps`,
  params: sql`registry.run_params`,
  tags: sql`registry.run_tags`,
  note: sql`registry.run_notes`,
};

const operators: Readonly<Record<Comparator, RawBuilder<unknown>>> = {
  '=': sql`=`,
  '!=': sql`<>`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
};

/** The SQL of a filter. */
export function compileCondition(condition: Condition): RawBuilder<SqlBool> {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const parts = condition.parts.map(compileCondition);
      return sql<SqlBool>`(${sql.join(parts, condition.kind === 'and' ? sql` and ` : sql` or `)})`;
    }
    case 'not':
      return sql<SqlBool>`(${compileCondition(condition.part)}) is not true`;
    case 'null':
      return sql<SqlBool>`not ${ofField(condition.field, (value) => sql`${value} is not null`)}`;
    case 'compare':
      return ofField(condition.field, (value) => compare(condition.field, value, condition));
    case 'in': {
      const { field, values } = condition;
      return ofField(field, (column) => sql`(${sql.join(values.map((value) => compare(field, column, { by: '=', value })), sql` or `)})`); // prettier-ignore
    }
    case 'like':
      return ofField(condition.field, (column) => {
        const text = condition.field.kind === 'json' ? sql`(${column} #>> '{}')` : column;
        return condition.ignoreCase ? sql`${text} ilike ${condition.pattern}` : sql`${text} like ${condition.pattern}`;
      });
  }
}

/** A condition on the value of a field; one with a name must be there to satisfy it. */
function ofField(field: Field, test: (value: RawBuilder<unknown>) => RawBuilder<unknown>): RawBuilder<SqlBool> {
  if (field.group === null && field.name !== 'note') return sql<SqlBool>`(${test(columns[field.name])})`;
  const table = tables[field.group ?? 'note'];
  const [value, named] = field.group === null ? [sql`f.note`, sql``] : [sql`f.value`, sql` and f.name = ${field.name}`];
  return sql<SqlBool>`exists (select 1 from ${table} f
    where f.run_key = r.run_key and f.model_name = r.model_name${named} and ${test(value)})`;
}

/**
 * Numbers compare as in IEEE 754: NaN is neither less nor greater than anything, where PostgreSQL sorts it last. NaN
 * itself is found by `= nan`.
 */
function compare(
  { kind }: Field,
  column: RawBuilder<unknown>,
  { by, value }: { readonly by: Comparator; readonly value: Value },
): RawBuilder<unknown> {
  const operator = operators[by];
  if (kind === 'time') return sql`${column} ${operator} ${utcMoment(String(value))}::timestamptz`;
  if (kind === 'json') return compareJson(column, by, value);
  if (kind === 'text') return sql`${column} ${operator} ${value}`;
  const number = sql`${String(value)}::double precision`;
  if (by === '=' || by === '!=') return sql`${column} ${operator} ${number}`;
  if (Number.isNaN(value)) return sql`false`;
  return sql`(${column} ${operator} ${number} and ${column} <> 'NaN')`;
}

/** Values of another type than the parameter's are unequal to it and in no order with it. */
function compareJson(column: RawBuilder<unknown>, by: Comparator, value: Value): RawBuilder<unknown> {
  const wanted = sql`${JSON.stringify(value)}::jsonb`;
  if (by === '=' || by === '!=') return sql`${column} ${operators[by]} ${wanted}`;
  return sql`(jsonb_typeof(${column}) = ${typeof value} and ${column} ${operators[by]} ${wanted})`;
}
