import type pg from 'pg';
import type { TableSpec } from '../../../../contracts/backend.js';
import type { Table } from '../../../../contracts/table.js';
import { queryText, type SourceRow, toTable } from '../../../snapshots/source-rows.js';
import { extractionQuery } from '../extraction-query.js';

/** Limits of what is read of one table. */
export interface SampleLimits {
  readonly source: string;
  /** Milliseconds since the epoch; rows known at or after this time are left out, as by extraction. */
  readonly asOf: number;
  /** Rows that are read at most. */
  readonly maxRows: number;
  /** Seconds for one statement, and for reading all pages of a table together. */
  readonly seconds: number;
  /** Folder of BACKEND_QUERIES_DIR. @default null: the queries over schema `backend` */
  readonly queriesFolder?: string | null;
}

/** The first rows of a table by key. */
export interface Sample {
  readonly table: Table;
  /** True when these are all rows. */
  readonly complete: boolean;
  /** Rows of the whole table; an estimate of the planner where the sample is not complete, null without one. */
  readonly rows: number | null;
}

const PAGE_ROWS = 10_000;

/** The planner's estimate of a table's rows. Reads none. */
async function estimateRows(client: pg.ClientBase, name: string, source: string): Promise<number | null> {
  const statement = `explain (format json) select from backend.${name} where source = '${source.replaceAll("'", "''")}'`;
  const { rows } = await client.query<{ 'QUERY PLAN': readonly { Plan?: { 'Plan Rows'?: number } }[] }>(statement);
  return rows[0]?.['QUERY PLAN'][0]?.Plan?.['Plan Rows'] ?? null;
}

/** Reads with the very query of extraction, so that what fails there fails here. The caller began the transaction. */
export async function readSample(client: pg.ClientBase, spec: TableSpec, limits: SampleLimits): Promise<Sample> {
  const { source, asOf, maxRows, seconds, queriesFolder = null } = limits;
  const text = await extractionQuery(spec.name, queriesFolder);
  const deadline = performance.now() + seconds * 1000;
  const rows: SourceRow[] = [];
  let names: readonly string[] = spec.columns.map(({ name }) => name);
  let complete = false;
  while (!complete && rows.length < maxRows && (rows.length === 0 || performance.now() < deadline)) {
    const wanted = Math.min(PAGE_ROWS, maxRows - rows.length);
    const after = rows.at(-1)?.[names.indexOf('id')] ?? '';
    const values = [source, after, new Date(asOf).toISOString(), wanted];
    const page = await queryText(client, { text, values });
    names = page.names;
    for (const row of page.rows) rows.push(row);
    complete = page.rows.length < wanted;
  }
  const table = toTable(spec.columns, { names, rows }, `queries/${spec.name}.sql`);
  if (complete) return { table, complete, rows: rows.length };
  // What a query of the user's reads from is not known.
  return { table, complete, rows: queriesFolder === null ? await estimateRows(client, spec.name, source) : null };
}
