import type { DuckDBConnection } from '@duckdb/node-api';
import { parquetRows, quoteName } from '../snapshots/duckdb.js';

/** Rows of a table that two snapshots do not have in common, by key. */
export interface RowDifference {
  readonly added: number;
  readonly removed: number;
  /** Keys whose row differs in a column that both have. */
  readonly changed: number;
  /** Number of changed rows by column; columns without a change are absent. */
  readonly changedColumns: Readonly<Record<string, number>>;
}

/** Local Parquet files and the type of each of their columns; no file = no rows. */
export interface Side {
  readonly paths: readonly string[];
  readonly columns: ReadonlyMap<string, string>;
}

/** Key of every table. */
const KEY = 'id';

/** Column names and SQL types of Parquet files, in their order. */
export async function describeFiles(
  connection: DuckDBConnection,
  paths: readonly string[],
): Promise<Map<string, string>> {
  if (paths.length === 0) return new Map();
  const result = await connection.run(`select * from ${parquetRows(paths)} limit 0`);
  return new Map(result.columnNames().map((name, index) => [name, result.columnType(index).toString()]));
}

/** First row of a query, every value as a number. */
async function readNumbers(connection: DuckDBConnection, sql: string): Promise<number[]> {
  const [row = []] = (await connection.runAndReadAll(sql)).getRowsJS();
  return row.map(Number);
}

/** Keys with the number of their rows and a hash of these that does not depend on their order. */
const digest = (paths: readonly string[], columns: readonly string[]): string =>
  `select ${quoteName(KEY)} as key, count(*) as n, sum(hash(${columns.map(quoteName).join(', ')})) as digest
   from ${parquetRows(paths)} group by 1`;

/**
 * Compares rows by key in DuckDB. Rows are equal when a 64-bit hash of the columns that both sides have is equal; a key
 * with several rows counts as changed when any of them differs. Memory: keys and hashes of these files.
 */
export async function compareRows(connection: DuckDBConnection, before: Side, after: Side): Promise<RowDifference> {
  const none = { changed: 0, changedColumns: {} };
  if (before.paths.length === 0) return { ...none, removed: 0, added: await countRows(connection, after.paths) };
  if (after.paths.length === 0) return { ...none, added: 0, removed: await countRows(connection, before.paths) };
  const common = [...before.columns.keys()].filter((name) => before.columns.get(name) === after.columns.get(name));
  await connection.run(
    `create or replace temp table compared as
     select coalesce(a.key, b.key) as key, a.n as before, b.n as after, a.digest is distinct from b.digest as differs
     from (${digest(before.paths, common)}) a
     full outer join (${digest(after.paths, common)}) b on a.key is not distinct from b.key`,
  );
  const [added, removed, changed] = await readNumbers(
    connection,
    `select coalesce(sum(after) filter (where before is null), 0)::double,
            coalesce(sum(before) filter (where after is null), 0)::double,
            count(*) filter (where before is not null and after is not null and differs)::double
     from compared`,
  );
  const changedColumns = changed === 0 ? {} : await countChangedColumns(connection, { before, after, common });
  await connection.run('drop table compared');
  return { added: added!, removed: removed!, changed: changed!, changedColumns };
}

const countRows = async (connection: DuckDBConnection, paths: readonly string[]): Promise<number> =>
  paths.length === 0 ? 0 : (await readNumbers(connection, `select count(*)::double from ${parquetRows(paths)}`))[0]!;

/** Of keys with one row on each side. */
async function countChangedColumns(
  connection: DuckDBConnection,
  { before, after, common }: { readonly before: Side; readonly after: Side; readonly common: readonly string[] },
): Promise<Record<string, number>> {
  const others = common.filter((name) => name !== KEY);
  const counts = others.map((name) => {
    const column = quoteName(name);
    return `count(*) filter (where a.${column} is distinct from b.${column})::double`;
  });
  const chosen = `select key from compared where before = 1 and after = 1 and differs`;
  const rowsOf = (paths: readonly string[]): string =>
    `(select * from ${parquetRows(paths)} where ${quoteName(KEY)} in (${chosen}))`;
  const found = await readNumbers(
    connection,
    `select ${counts.join(', ')} from ${rowsOf(before.paths)} a join ${rowsOf(after.paths)} b using (${quoteName(KEY)})`,
  );
  return Object.fromEntries(others.flatMap((name, index) => (found[index]! > 0 ? [[name, found[index]!]] : [])));
}

/** The sum of differences of disjoint sets of keys. */
export function addDifferences(differences: readonly RowDifference[]): RowDifference {
  const total = { added: 0, removed: 0, changed: 0 };
  const changedColumns: Record<string, number> = {};
  for (const difference of differences) {
    total.added += difference.added;
    total.removed += difference.removed;
    total.changed += difference.changed;
    for (const [name, rows] of Object.entries(difference.changedColumns))
      changedColumns[name] = (changedColumns[name] ?? 0) + rows;
  }
  return { ...total, changedColumns };
}
