import { join } from 'node:path';
import { type BackendTable, backendTables } from '../../contracts/backend.js';
import { quoteText, withDuckDb } from '../../datasets/snapshots/duckdb.js';
import { writeParquet } from '../../datasets/snapshots/parquet-file.js';
import { generateCustomers } from '../../datasets/sources/backend/generator/index.js';
import { emptyRows } from '../../datasets/sources/backend/generator/rows.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import { backendTable } from '../support/backend-table.js';

/** Generated customers that all others are copies of: the generator would take minutes for thousands. */
const TEMPLATES = 300;
/** Transactions of a customer of 36 months, about. */
export const ROWS_A_CUSTOMER = 1_250;

/** Columns that name a row or its owner, and get another value in each copy. */
const isName = (column: string): boolean => column === 'id' || column.endsWith('_id');

/** Parquet files of the templates by table, and the moment after their last day. */
export interface Templates {
  readonly paths: Readonly<Record<BackendTable, string>>;
  readonly asOf: number;
}

const templatePath = (folder: string, table: BackendTable): string => join(folder, `${table}.parquet`);

/** Writes the generated customers that {@link copiedRows} multiplies. */
export async function writeTemplates(folder: string): Promise<Templates> {
  const all = emptyRows();
  let asOf = 0;
  for (const { rows, end } of generateCustomers({ users: TEMPLATES, months: 36 })) {
    for (const name of backendTables) for (const row of rows[name]) (all[name] as object[]).push(row);
    asOf = end;
  }
  for (const name of backendTables) await writeParquet(backendTable(name, all[name]), templatePath(folder, name));
  const paths = Object.fromEntries(backendTables.map((name) => [name, templatePath(folder, name)]));
  return { paths: paths as Templates['paths'], asOf };
}

/** SQL of a table's rows for so many customers: every copy has ids of its own, and is otherwise its template. */
export function copiedRows({ paths }: Templates, table: BackendTable, customers: number): string {
  const copies = Math.ceil(customers / TEMPLATES);
  const columns = tableSpecs[table].columns.map(({ name }) =>
    isName(name) ? `case when ${name} is not null then ${name} || '-' || copy end as ${name}` : name,
  );
  const owner = table === 'users' ? 'id' : 'user_id';
  const hasOwner = tableSpecs[table].columns.some(({ name }) => name === owner);
  // Only some customers of the last copy.
  const last = customers - (copies - 1) * TEMPLATES;
  const kept = hasOwner ? `where copy < ${copies - 1} or substr(${owner}, 2, 6)::int <= ${last}` : '';
  return (
    `select ${columns.join(', ')} from read_parquet(${quoteText(paths[table])}), ` +
    `(select range as copy from range(${copies})) ${kept}`
  );
}

/** Runs SQL that returns nothing. */
export const runSql = (sql: string): Promise<void> =>
  withDuckDb(async (connection) => {
    await connection.run(sql);
  });
