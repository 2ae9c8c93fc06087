import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnKind } from '../../../contracts/table.js';
import { firstRow, parquetRows, quoteName, quoteText } from '../../snapshots/duckdb.js';
import { rowsOf, type StoredFile, valueSql } from './stored-file.js';

/** Keys grouped at once: about 300 MB of DuckDB's memory. A table with more is read several times, each time a share. */
const KEYS_AT_ONCE = 2_500_000;

const pathsOf = (files: readonly StoredFile[]): string[] => files.map(({ path }) => path);

const unionOf = (files: readonly StoredFile[], selected: readonly string[]): string =>
  files.map((file) => rowsOf(file, selected)).join(' union all ');

export async function countSql(connection: DuckDBConnection, sql: string): Promise<number> {
  return Number((await firstRow<[number | bigint]>(connection, sql))[0]);
}

const metadataRows = (connection: DuckDBConnection, files: readonly StoredFile[]): Promise<number> =>
  countSql(
    connection,
    `select coalesce(sum(num_rows), 0)::double from ` +
      `parquet_file_metadata([${files.map(({ path }) => quoteText(path)).join(', ')}])`,
  );

/** Files in which the columns are of the same kinds: a text equals no number. */
function byKinds(files: readonly StoredFile[], columns: readonly string[]): StoredFile[][] {
  const groups = new Map<string, StoredFile[]>();
  for (const file of files) {
    const kinds = columns.map((name) => file.kinds.get(name));
    if (kinds.includes(undefined)) continue;
    const group = groups.get(kinds.join());
    if (group === undefined) groups.set(kinds.join(), [file]);
    else group.push(file);
  }
  return [...groups.values()];
}

/**
 * Marks the rows whose values in `columns` occur in an earlier row, in the order of files and rows, in a temporary table
 * `into (pos)`. A row with a missing value among them is not marked. Memory: {@link KEYS_AT_ONCE} keys, and the rows
 * whose key is repeated.
 */
export async function markRepeated(
  connection: DuckDBConnection,
  {
    files,
    columns,
    into,
  }: { readonly files: readonly StoredFile[]; readonly columns: readonly string[]; into: string },
): Promise<void> {
  await connection.run(`create or replace temp table ${into} (pos bigint)`);
  for (const group of byKinds(files, columns)) await markInGroup(connection, group, { columns, into });
}

async function markInGroup(
  connection: DuckDBConnection,
  files: readonly StoredFile[],
  { columns, into }: { readonly columns: readonly string[]; readonly into: string },
): Promise<void> {
  const kinds = columns.map((name) => files[0]!.kinds.get(name) as ColumnKind);
  const values = columns.map((name, i) => `${valueSql(name, kinds[i]!)} as k${i}`);
  const keys = columns.map((_, i) => `k${i}`);
  const present = keys.map((key) => `${key} is not null`).join(' and ');
  const shares = Math.max(1, Math.ceil((await metadataRows(connection, files)) / KEYS_AT_ONCE));
  for (let share = 0; share < shares; share++) {
    const chosen = `${present} and hash(${keys.join(', ')}) % ${shares} = ${share}`;
    await connection.run(
      `create or replace temp table repeated as select ${keys.join(', ')} from ` +
        `(select ${values.join(', ')} from ${parquetRows(pathsOf(files))}) ` +
        `where ${chosen} group by ${keys.join(', ')} having count(*) > 1`,
    );
    if ((await countSql(connection, 'select count(*) from repeated')) === 0) continue;
    await connection.run(
      `insert into ${into} select pos from (select pos, row_number() over (partition by ${keys.join(', ')} order by pos) ` +
        `as nth from (${unionOf(files, values)}) semi join repeated using (${keys.join(', ')})) where nth > 1`,
    );
  }
  await connection.run('drop table if exists repeated');
}

/**
 * Marks the rows in which a column is lower than in the row before, in the order of `by`, among rows equal in `within`,
 * in a temporary table `into (pos)`. Rows without a value in one of them are left out. Memory: these columns of all rows.
 */
export async function markFalls(
  connection: DuckDBConnection,
  {
    files,
    rule: { column, by, within },
    into,
  }: { readonly files: readonly StoredFile[]; readonly rule: Order; readonly into: string },
): Promise<void> {
  await connection.run(`create or replace temp table ${into} (pos bigint)`);
  const columns = within === undefined ? [column, by] : [column, by, within];
  for (const group of byKinds(files, columns)) {
    const { kinds } = group[0]!;
    const values = columns.map((name, i) => `${valueSql(name, kinds.get(name)!)} as k${i}`);
    const present = columns.map((_, i) => `k${i} is not null`).join(' and ');
    const among = within === undefined ? '' : 'partition by k2 ';
    await connection.run(
      `insert into ${into} select pos from (select pos, k0, lag(k0) over (${among}order by k1, pos) as former ` +
        `from (${unionOf(group, values)}) where ${present}) where k0 < former`,
    );
  }
}

/** Columns of a rule `monotone`. */
interface Order {
  readonly column: string;
  readonly by: string;
  readonly within?: string | undefined;
}

/** A text column over several files; files in which it is of another kind do not count. */
interface TextColumnOfFiles {
  readonly files: readonly StoredFile[];
  readonly column: string;
}

const withTexts = ({ files, column }: TextColumnOfFiles): StoredFile[] =>
  files.filter(({ kinds }) => kinds.get(column) === 'text');

/**
 * The distinct values of a text column, in a temporary table `into (key)`. Memory: these values; of a table with more
 * rows than `usedIn` only the values that occur there.
 */
export async function collectKeys(
  connection: DuckDBConnection,
  keys: TextColumnOfFiles,
  { usedIn, into }: { readonly usedIn: TextColumnOfFiles; readonly into: string },
): Promise<void> {
  await connection.run(`create or replace temp table ${into} (key varchar)`);
  const [known, users] = [withTexts(keys), withTexts(usedIn)];
  if (known.length === 0 || users.length === 0) return;
  const [name, used] = [quoteName(keys.column), quoteName(usedIn.column)];
  const isLarger = (await metadataRows(connection, known)) > (await metadataRows(connection, users));
  const wanted = isLarger ? ` and ${name} in (select ${used} from ${parquetRows(pathsOf(users))})` : '';
  await connection.run(
    `insert into ${into} select distinct ${name} from ${parquetRows(pathsOf(known))} where ${name} is not null${wanted}`,
  );
}
