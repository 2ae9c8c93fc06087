import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { PipelineError } from '../../contracts/errors.js';
import type { RunSearchRequest } from '../../contracts/run-book.js';
import { sha256 } from '../../platform/blobs/hash.js';
import type { RunKey } from '../run-queries.js';
import type { RegistryDatabase } from '../tables.js';
import { columns, compileCondition } from './compile.js';
import type { Field } from './fields.js';
import { parseFilter, parseOrder } from './parse.js';

/** Keys of the found runs in order, each with its cursor, and whether others follow. */
interface FoundKeys {
  readonly keys: readonly (RunKey & { readonly cursor: string })[];
  readonly more: boolean;
}

const DEFAULT_ORDER = 'started desc';

/** Fields by which rows are ordered, in a type whose text PostgreSQL reads back exactly. */
const orderable: Readonly<Record<string, 'timestamptz' | 'double precision' | 'bigint' | 'text'>> = {
  started: 'timestamptz',
  ended: 'timestamptz',
  duration: 'double precision',
  seed: 'bigint',
  model: 'text',
  line: 'text',
  decision: 'text',
  run: 'text',
};

const cursorSchema = z.strictObject({ s: z.string(), v: z.string(), r: z.string(), m: z.string() });

interface Ordering {
  /** From which tables: the metric first, so that its index gives the order. */
  readonly from: RawBuilder<unknown>;
  readonly value: RawBuilder<unknown>;
  readonly type: RawBuilder<unknown>;
  readonly descending: boolean;
  /** Of the table whose index gives the order. */
  readonly key: RawBuilder<unknown>;
}

/**
 * One page of runs. The page after it begins behind the last row's value and key, so that rows that are added meanwhile
 * move nothing. Runs without the value that they are ordered by are left out.
 * @throws PipelineError `INVALID_FILTER` with the position; `INVALID_INPUT` for a cursor of another search.
 */
export async function searchRuns(database: RegistryDatabase, search: RunSearchRequest): Promise<FoundKeys> {
  const { where, modelName, orderBy = DEFAULT_ORDER, limit, after } = search;
  const ordering = orderingOf(orderBy);
  const stamp = sha256(JSON.stringify([where ?? null, modelName ?? null, orderBy])).slice(0, 16);
  const conditions = [
    sql`${ordering.value} is not null`,
    ...(modelName === undefined ? [] : [sql`r.model_name = ${modelName}`]),
    ...(where === undefined ? [] : [compileCondition(parseFilter(where))]),
    ...(after === undefined ? [] : [behind(ordering, readCursor(after, stamp))]),
  ];
  const direction = ordering.descending ? sql`desc` : sql`asc`;
  const { key } = ordering;
  const { rows } = await sql<{ run_key: string; model_name: string; value: string }>`
    select r.run_key, r.model_name, ${textOf(ordering)} as value
    from ${ordering.from}
    where ${sql.join(conditions, sql` and `)}
    order by ${ordering.value} ${direction}, ${key}.run_key ${direction}, ${key}.model_name ${direction}
    limit ${limit + 1}`.execute(database);
  const keys = rows
    .slice(0, limit)
    .map((row) => ({ runKey: row.run_key, modelName: row.model_name, cursor: cursorOf(stamp, row) }));
  return { keys, more: rows.length > limit };
}

function orderingOf(text: string): Ordering {
  const { field, descending } = parseOrder(text);
  if (field.group === 'metrics') {
    const from = sql`registry.run_metrics o
      join registry.runs r on r.run_key = o.run_key and r.model_name = o.model_name and o.name = ${field.name} and o.value <> 'NaN'`;
    return { from, value: sql`o.value`, type: sql`double precision`, descending, key: sql`o` };
  }
  const type = field.group === null ? orderable[field.name] : undefined;
  if (type === undefined || field.group !== null || field.name === 'note') throw notOrderable(field);
  const value = type === 'text' ? sql`${columns[field.name]} collate "C"` : columns[field.name];
  return { from: sql`registry.runs r`, value, type: sql.raw(type), descending, key: sql`r` };
}

const notOrderable = ({ group, name }: Field): PipelineError => {
  const known = ['metrics.…', ...Object.keys(orderable)].join(', ');
  return new PipelineError('INVALID_INPUT', `runs are not ordered by ${group === null ? '' : `${group}.`}${name}; by: ${known}`); // prettier-ignore
};

/** Microseconds and all digits: a JavaScript date or a rounded number would skip or repeat rows. */
const textOf = ({ value, type }: Pick<Ordering, 'value' | 'type'>): RawBuilder<unknown> =>
  sql`(${value})::${type}::text`;

function behind({ value, type, descending, key }: Ordering, { v, r, m }: z.output<typeof cursorSchema>) {
  const operator = descending ? sql`<` : sql`>`;
  return sql`(${value}, ${key}.run_key, ${key}.model_name) ${operator} (${v}::${type}, ${r}, ${m})`;
}

const cursorOf = (s: string, row: { run_key: string; model_name: string; value: string }): string =>
  Buffer.from(JSON.stringify({ s, v: row.value, r: row.run_key, m: row.model_name })).toString('base64url');

function readCursor(text: string, stamp: string): z.output<typeof cursorSchema> {
  let cursor: z.output<typeof cursorSchema>;
  try {
    cursor = cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new PipelineError('INVALID_INPUT', '--after is not a cursor that a list of runs has printed', {}, { cause });
  }
  if (cursor.s === stamp) return cursor;
  throw new PipelineError('INVALID_INPUT', '--after is a cursor of another search: filter or order differ');
}
