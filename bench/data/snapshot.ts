import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExtractedTable } from '../../contracts/activities.js';
import { type BackendTable, backendTables } from '../../contracts/backend.js';
import { bucketCount, duckDbHash, NO_USER, userColumnOf } from '../../datasets/snapshots/buckets.js';
import { quoteName, quoteText, withDuckDb } from '../../datasets/snapshots/duckdb.js';
import { putJsonBlob } from '../../datasets/snapshots/json-blob.js';
import { putTable } from '../../datasets/snapshots/put-table.js';
import { emptyTable } from '../../datasets/snapshots/read-snapshot.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { copiedRows, runSql, type Templates } from './templates.js';

/** Where a snapshot is made. */
interface Workplace {
  readonly blobs: BlobStore;
  /** For files that are not needed afterwards. */
  readonly folder: string;
}

/** Numbers of a query with one row. */
const numbersOf = (sql: string): Promise<(number | null)[]> =>
  withDuckDb(async (connection) => (await connection.runAndReadAll(sql)).getRows()[0] as (number | null)[]);

/** SQL of a row's bucket. */
function bucketSql(table: BackendTable, buckets: number): string {
  const owner = userColumnOf(table);
  return owner === null ? `${NO_USER}` : `coalesce(${duckDbHash(quoteName(owner))} % ${buckets}, ${NO_USER})`;
}

/** All rows of a table in one file, with their bucket. @returns its path. */
async function writeRows(
  { folder }: Workplace,
  {
    templates,
    table,
    customers,
    buckets,
  }: SnapshotRequest & { readonly table: BackendTable; readonly buckets: number },
): Promise<string> {
  const path = join(folder, `${table}-rows.parquet`);
  const rows = `select *, ${bucketSql(table, buckets)} as bucket from (${copiedRows(templates, table, customers)})`;
  await runSql(`copy (${rows} order by bucket, id) to ${quoteText(path)} (format parquet, compression snappy)`);
  return path;
}

async function storeTable({ blobs, folder }: Workplace, table: BackendTable, path: string): Promise<ExtractedTable> {
  const from = `read_parquet([${quoteText(path)}])`;
  const found = await withDuckDb((connection) =>
    connection.runAndReadAll(`select distinct bucket::integer from ${from} order by 1`),
  );
  const parts: ExtractedTable['parts'] = [];
  for (const [bucket] of found.getRows() as [number][]) {
    const part = join(folder, 'part.parquet');
    const own = `select * exclude (bucket) from ${from} where bucket = ${bucket}`;
    await runSql(`copy (${own}) to ${quoteText(part)} (format parquet, compression zstd)`);
    const [rows] = await numbersOf(`select count(*)::integer from read_parquet([${quoteText(part)}])`);
    parts.push({ bucket, ...(await blobs.putFile(part)), rows: rows! });
  }
  if (parts.length === 0) parts.push({ bucket: 0, ...(await putTable(blobs, emptyTable(table))), rows: 0 });
  return { table, rows: parts.reduce((sum, { rows }) => sum + rows, 0), parts, ...(await factsOf(table, from)) };
}

async function factsOf(table: BackendTable, from: string): Promise<Pick<ExtractedTable, 'eventTime' | 'queryHash'>> {
  const { eventTime: column } = tableSpecs[table];
  const queryHash = '0'.repeat(64); // no query made these rows
  if (column === null) return { eventTime: null, queryHash };
  const bounds = ['min', 'max'].map((of) => `epoch_ms(${of}(${quoteName(column)}))::double`);
  const [first, last] = await numbersOf(`select ${bounds.join(', ')} from ${from}`);
  return { eventTime: first === null ? null : { from: first!, to: last! }, queryHash };
}

/** Of how many customers, from which templates. */
export interface SnapshotRequest {
  readonly templates: Templates;
  readonly customers: number;
}

/**
 * Makes a snapshot of copied customers as extraction stores it: parts by bucket of the user, each in key order.
 * @returns its hash and number of transactions.
 */
export async function makeSnapshot(
  { blobs, folder }: Workplace,
  { templates, customers }: SnapshotRequest,
): Promise<{ readonly hash: string; readonly transactions: number }> {
  await mkdir(folder, { recursive: true });
  const [transactions] = await numbersOf(
    `select count(*)::integer from (${copiedRows(templates, 'transactions', customers)})`,
  );
  const buckets = bucketCount(transactions!);
  const tables: ExtractedTable[] = [];
  for (const table of backendTables) {
    const path = await writeRows({ blobs, folder }, { templates, table, customers, buckets });
    tables.push(await storeTable({ blobs, folder }, table, path));
  }
  const facts = { source: 'generated', asOf: templates.asOf, parent: null, codeVersion: 'bench' };
  const manifest = { kind: 'snapshot', schemaVersion: 2, buckets, timeZone: 'Asia/Kolkata', ...facts, tables };
  return { hash: (await putJsonBlob(blobs, manifest)).hash, transactions: transactions! };
}
