import type pg from 'pg';
import { type BackendTable, backendTables } from '../../contracts/backend.js';
import { generateCustomers } from '../../datasets/sources/backend/generator/index.js';
import type { BackendRows } from '../../datasets/sources/backend/generator/rows.js';
import { replaceSource } from '../../datasets/sources/backend/load.js';
import { migrateBackend, tableSpecs } from '../../datasets/sources/backend/tables.js';

/** Source of the generated customers that all others are copies of: the generator would take minutes for thousands. */
const TEMPLATE_SOURCE = 'templates';
const TEMPLATES = 300;

/** Columns that name a row or its owner, and get another value in each copy. */
const isName = (column: string): boolean => column === 'id' || column.endsWith('_id');

function* generatedRows(months: number, onEnd: (end: number) => void): Generator<BackendRows> {
  for (const { rows, end } of generateCustomers({ users: TEMPLATES, months })) {
    onEnd(end);
    yield rows;
  }
}

/** SQL of the copies of one table; parameters: $1 source of the copies, $2 number of copies. */
function copyStatement(table: BackendTable): string {
  const names = tableSpecs[table].columns.map(({ name }) => name);
  const values = names.map((name) => (isName(name) ? `${name} || '-' || copy` : name));
  return `insert into backend.${table} (source, ${names.join(', ')})
    select $1, ${values.join(', ')} from backend.${table}, generate_series(0, $2::int - 1) as copy
    where source = '${TEMPLATE_SOURCE}' order by id collate "C", copy`;
}

/** A filled source. */
export interface FilledSource {
  /** The moment after its last day, in milliseconds. */
  readonly asOf: number;
  readonly rows: Readonly<Record<BackendTable, number>>;
}

/**
 * Fills a source of a PostgreSQL database with generated customers, multiplied by the server: 10 million transactions in
 * minutes. Every copy has ids of its own and is otherwise its template.
 * @param options.customers - rounded up to whole copies of 300. @param options.months - of history.
 */
export async function fillSource(
  pool: pg.Pool,
  { source, customers, months = 36 }: { readonly source: string; readonly customers: number; readonly months?: number },
): Promise<FilledSource> {
  await migrateBackend(pool);
  let asOf = 0;
  await replaceSource(pool, TEMPLATE_SOURCE, generatedRows(months, (end) => (asOf = end))); // prettier-ignore
  await replaceSource(pool, source, []);
  const rows: Partial<Record<BackendTable, number>> = {};
  for (const table of backendTables) {
    const copies = Math.ceil(customers / TEMPLATES);
    rows[table] = (await pool.query(copyStatement(table), [source, copies])).rowCount ?? 0;
    await pool.query(`analyze backend.${table}`);
  }
  return { asOf, rows: rows as FilledSource['rows'] };
}
