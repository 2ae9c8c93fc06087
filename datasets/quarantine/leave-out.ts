import type { DuckDBConnection } from '@duckdb/node-api';
import { join } from 'node:path';
import type { ExtractedTable } from '../../contracts/activities.js';
import type { BackendTable } from '../../contracts/backend.js';
import type { AcceptedSnapshot } from '../../contracts/dataset.js';
import type { BlobStore, StoredBlob } from '../../platform/blobs/blob-store.js';
import { withTemporaryFolder } from '../../platform/temporary-folders.js';
import { firstRow, quoteName, quoteText } from '../snapshots/duckdb.js';
import { putJsonBlob } from '../snapshots/json-blob.js';
import type { SnapshotManifest } from '../snapshots/manifest.js';
import { tableSpecs } from '../sources/backend/tables.js';
import { FAULTS } from '../validation/files/check-file.js';
import { countSql } from '../validation/files/marked-rows.js';
import { describeFiles, rowsOf, type StoredFile } from '../validation/files/stored-file.js';
import { chooseRows, type SnapshotFiles } from './choose-rows.js';
import type { QuarantineDecisions } from './decisions.js';

type StoredTable = SnapshotManifest['tables'][number];
type Quarantine = NonNullable<SnapshotManifest['quarantine']>;

interface Store {
  readonly connection: DuckDBConnection;
  readonly blobs: BlobStore;
}

/** Stores the rows of a query as one Parquet blob. */
const putRows = ({ connection, blobs }: Store, sql: string): Promise<StoredBlob> =>
  withTemporaryFolder(async (folder) => {
    const path = join(folder, 'rows.parquet');
    await connection.run(`copy (${sql}) to ${quoteText(path)} (format parquet, compression zstd)`);
    return blobs.putFile(path);
  });

/** SQL of all columns of a file's rows that are left out, or of the others, in their order. */
function rowsOfFile(file: StoredFile, table: string, leftOut: boolean): string {
  const columns = [...file.kinds.keys()].map(quoteName);
  const chosen = `select pos from ${FAULTS} where "table" = ${quoteText(table)} and part = ${file.part}`;
  const where = `t.pos ${leftOut ? '' : 'not '}in (${chosen})`;
  return `select ${columns.join(', ')} from (${rowsOf(file, columns)}) t where ${where} order by t.r`;
}

/** Number of a file's rows that are left out. */
const leftOutOf = (connection: DuckDBConnection, table: string, part: number): Promise<number> =>
  countSql(
    connection,
    `select count(distinct pos) from ${FAULTS} where "table" = ${quoteText(table)} and part = ${part}`,
  );

/** First and last event of a table's rows that remain. */
async function eventTimeOf(
  connection: DuckDBConnection,
  { table, eventTime }: StoredTable,
  remaining: readonly string[],
): Promise<ExtractedTable['eventTime']> {
  const column = tableSpecs[table].eventTime;
  if (column === null || eventTime === null || remaining.length === 0) return eventTime;
  const name = quoteName(column);
  const from = remaining.map((sql) => `select ${name} from (${sql})`).join(' union all ');
  const sql = `select min(epoch_ms(${name}))::double, max(epoch_ms(${name}))::double from (${from})`;
  const [first, last] = await firstRow<[number | null, number | null]>(connection, sql);
  return first === null || last === null ? null : { from: first, to: last };
}

/** A table without the rows that are left out, and these; null: none is. Parts without such rows are shared. */
async function divideTable(
  store: Store,
  stored: StoredTable,
  files: readonly StoredFile[],
): Promise<{ readonly kept: StoredTable; readonly out: Quarantine['tables'][number] } | null> {
  const { table } = stored;
  const parts: StoredTable['parts'] = [];
  let gone = 0;
  for (const [index, part] of stored.parts.entries()) {
    const count = await leftOutOf(store.connection, table, index);
    gone += count;
    if (count === 0) parts.push(part);
    else if (count < part.rows || stored.parts.length === 1)
      parts.push({
        ...part,
        ...(await putRows(store, rowsOfFile(files[index]!, table, false))),
        rows: part.rows - count,
      });
  }
  if (gone === 0) return null;
  const out = await putRows(store, files.map((file) => rowsOfFile(file, table, true)).map((sql) => `(${sql})`).join(' union all ')); // prettier-ignore
  const remaining = files.map((file) => rowsOfFile(file, table, false));
  const eventTime = await eventTimeOf(store.connection, stored, remaining);
  // Without checksums the next snapshot reads the table anew: what was left out may be released until then.
  const kept: StoredTable = { ...stored, rows: stored.rows - gone, parts, eventTime };
  delete kept.slices;
  return {
    kept,
    out: { table, rows: gone, hash: out.hash },
  };
}

/** SQL of the faults, for the list of the quarantine. */
const FAULT_ROWS =
  `select "table", name as key, keyed, rule, "column", min(reason) as reason from (select *, ` +
  `coalesce(key, 'row ' || (r + 1)::varchar || ' of part ' || (part + 1)::varchar) as name, ` +
  `(key is not null)::varchar as keyed from ${FAULTS}) ` +
  `group by "table", name, keyed, rule, "column" order by "table", name, keyed, rule, "column"`;

/**
 * Stores the snapshot that later steps read: without the rows that have faults of their own, were dropped, or need such a
 * row. The rows themselves and the list of faults are blobs of their own. The same snapshot, faults and decisions give
 * the same hash.
 * @param input.files - of the snapshot's tables, in the order of their parts. Their faults are in the temporary table
 *   {@link FAULTS} of the connection.
 * @returns null when no row is left out.
 */
export async function leaveOut(input: {
  readonly connection: DuckDBConnection;
  readonly blobs: BlobStore;
  readonly hash: string;
  readonly manifest: SnapshotManifest;
  readonly files: SnapshotFiles;
  readonly decisions: QuarantineDecisions;
}): Promise<AcceptedSnapshot | null> {
  const { connection, hash, manifest, files } = input;
  await chooseRows(connection, files, input.decisions);
  const tables: StoredTable[] = [];
  const out: Quarantine['tables'] = [];
  for (const stored of manifest.tables) {
    const described = await describeFiles(connection, files.get(stored.table) ?? []);
    const divided = await divideTable(input, stored, described);
    tables.push(divided?.kept ?? stored);
    if (divided !== null) out.push(divided.out);
  }
  if (out.length === 0) return null;
  const faults = (await putRows(input, FAULT_ROWS)).hash;
  const accepted: SnapshotManifest = { ...manifest, quarantine: { from: hash, faults, tables: out }, tables };
  return {
    hash: (await putJsonBlob(input.blobs, accepted)).hash,
    rows: Object.fromEntries(tables.map(({ table, rows }): [BackendTable, number] => [table, rows])),
    quarantinedRows: out.reduce((sum, { rows }) => sum + rows, 0),
  };
}
