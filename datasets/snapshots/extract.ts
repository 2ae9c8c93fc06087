import type pg from 'pg';
import type { ExtractedTable } from '../../contracts/activities.js';
import type { TableSpec } from '../../contracts/backend.js';
import { messageOf, PipelineError, pipelineError } from '../../contracts/errors.js';
import type { BlobStore, CheckpointStore } from '../../platform/blobs/blob-store.js';
import { hashOfJson, sha256 } from '../../platform/blobs/hash.js';
import { serviceUnavailable } from '../../platform/outage.js';
import { withTemporaryFolder } from '../../platform/temporary-folders.js';
import { schemaMismatch } from '../sources/backend/check/finding.js';
import { asSqlFault, connectToSource, faultFinding, QUERY_STOPPED } from '../sources/backend/check/read-fault.js';
import { requireQuery } from '../sources/backend/check/query-shape.js';
import { readRelation } from '../sources/backend/check/relation.js';
import { shapeFindings } from '../sources/backend/check/shape.js';
import type { Forgotten } from '../erasure/forgotten.js';
import { feedbackQueryOf, type GivenFeedback, NOTHING, openGivenFeedback } from '../feedback/extract-feedback.js';
import { extractionQuery } from '../sources/backend/extraction-query.js';
import { bucketCount } from './buckets.js';
import { type EarlierTable, findEarlier } from './extraction/earlier-table.js';
import { type GivenSlices, givenSlices } from './extraction/given-slices.js';
import { readChanged, readWhole, type TableReading } from './extraction/read-table.js';
import { forgottenRows, givenWithoutForgotten } from './extraction/forgotten-rows.js';
import { putSlices, readSlices, rowsOfSlices, type Slices, withGiven } from './extraction/slices.js';
import type { SourceQuery } from './extraction/source-query.js';
import { pagesInCheckpoints, pagesInFolder, type ReadSoFar, type StoredPages } from './extraction/stored-pages.js';
import { unfitValue } from './extraction/typed-rows.js';
import type { ColumnPolicy } from './extraction/write-part.js';
import { writeTable } from './extraction/write-table.js';

/** Source table, destination and limits of one extraction. */
export interface ExtractOptions {
  /** The source system; read in one read-only transaction. */
  readonly pool: pg.Pool;
  /** Our own database with what callers of the API said, which is added to the rows. @default null: nothing is */
  readonly feedbackPool?: pg.Pool | null;
  readonly blobs: BlobStore;
  readonly spec: TableSpec;
  readonly source: string;
  /** Milliseconds since the epoch; rows known at or after this time are left out. */
  readonly asOf: number;
  /** Rows in one query; limits the memory, and what an interruption costs. */
  readonly chunkRows: number;
  /**
   * Number of buckets by user, a power of two, or `by-rows`: that which so many transactions ask for.
   * @default one part without a bucket, as of snapshots of the first version
   */
  readonly buckets?: number | 'by-rows';
  /** Hash of the snapshot whose unchanged parts are shared. @default everything is read */
  readonly parent?: string;
  /** Where pages wait for the next attempt, and the key of the step. @default an interruption starts anew */
  readonly checkpoints?: { readonly store: CheckpointStore; readonly key: string };
  /** What is done with columns before the rows are stored, as a data policy says. @default they are stored as they are */
  readonly policy?: ColumnPolicy;
  /** Customers whose rows are left out. @default null: nobody's */
  readonly forgotten?: Forgotten | null;
  /** Folder of BACKEND_QUERIES_DIR, for the user's own database. @default null: the queries over schema `backend` */
  readonly queriesFolder?: string | null;
  readonly signal: AbortSignal;
  /** Called after each page with the rows so far and the last key, for a heartbeat. */
  readonly onChunk?: (progress: { readonly rows: number; readonly lastId: string | null }) => void;
}

/** A table as the transaction shows it. */
interface OpenTable {
  readonly client: pg.ClientBase;
  readonly query: SourceQuery;
  readonly given: GivenFeedback;
  readonly added: GivenSlices;
  /** With what is added to the rows. Null: no buckets, or the source cannot compute them in time. */
  readonly slices: Slices | null;
}

async function openTable(client: pg.ClientBase, sql: string, options: ExtractOptions): Promise<OpenTable> {
  const { spec, source, asOf, feedbackPool: pool = null, buckets } = options;
  const { forgotten = null, queriesFolder: folder = null } = options;
  const all = { spec, sql, source, asOf };
  const query: SourceQuery = { ...all, leftOut: await forgottenRows(client, all, { forgotten, folder }) };
  const everything = pool === null ? NOTHING : await openGivenFeedback({ ...options, pool, client });
  const given = givenWithoutForgotten(everything, spec, forgotten);
  const added = await givenSlices(client, given, query);
  const slices = buckets === undefined ? null : await readSlices(client, query);
  return { client, query, given, added, slices: slices === null ? null : withGiven(slices, added.texts) };
}

/**
 * Pages go where the next attempt finds them, unless the source cannot tell what changed until then, or a data policy
 * hides what they hold: that stays in the temporary folder of this process.
 */
function storedPages({ slices, query }: OpenTable, options: ExtractOptions, folder: string): StoredPages {
  const { checkpoints, chunkRows, policy } = options;
  if (checkpoints === undefined || slices === null || policy !== undefined) return pagesInFolder(folder);
  const { source, asOf } = query;
  const identity = hashOfJson({ source, asOf, chunkRows, query: queryHashOf(query.sql, options) });
  return pagesInCheckpoints(checkpoints.store, { key: checkpoints.key, identity });
}

async function earlierTable(
  { slices, query }: OpenTable,
  options: ExtractOptions,
  buckets: number | null,
): Promise<EarlierTable | null> {
  const { parent, blobs, spec, policy = null } = options;
  if (parent === undefined || slices === null || buckets === null) return null;
  const queryHash = queryHashOf(query.sql, options);
  return findEarlier(blobs, parent, { table: spec.name, queryHash, policy, buckets, slices });
}

/** Buckets of a table with so many rows; null: none. */
function bucketsFor({ buckets }: ExtractOptions, rows: number): number | null {
  if (buckets === undefined) return null;
  return buckets === 'by-rows' ? bucketCount(rows) : buckets;
}

async function readRows(
  table: OpenTable,
  { options, folder }: { readonly options: ExtractOptions; readonly folder: string },
): Promise<{ readonly read: ReadSoFar; readonly earlier: EarlierTable | null; readonly pages: StoredPages }> {
  const { client, query, slices } = table;
  const earlier = await earlierTable(
    table,
    options,
    slices === null ? null : bucketsFor(options, rowsOfSlices(slices)),
  );
  const pages = earlier === null ? storedPages(table, options, folder) : pagesInFolder(folder);
  const { chunkRows: pageRows, signal, onChunk: onPage } = options;
  const reading: TableReading = { client, query, slices, pages, pageRows, signal, onPage };
  return { read: await (earlier === null ? readWhole(reading) : readChanged(reading, earlier)), earlier, pages };
}

/** From the first event of any part to the last one. */
function rangeOf(parts: ExtractedTable['parts']): ExtractedTable['eventTime'] {
  const ranges = parts.flatMap(({ eventTime }) => eventTime ?? []);
  if (ranges.length === 0) return null;
  return { from: Math.min(...ranges.map(({ from }) => from)), to: Math.max(...ranges.map(({ to }) => to)) };
}

async function extractAll(client: pg.ClientBase, sql: string, options: ExtractOptions): Promise<ExtractedTable> {
  const { blobs, spec, signal, policy = null, onChunk } = options;
  const table = await openTable(client, sql, options);
  const { given, added, slices } = table;
  return withTemporaryFolder(async (folder) => {
    const { read, earlier, pages } = await readRows(table, { options, folder });
    await client.query('commit'); // the source is done with: its transaction need not stay open
    const buckets = bucketsFor(options, slices === null ? read.rows : rowsOfSlices(slices));
    const changes = { spec, given, added: added.ids, policy };
    const onStep = (): void => {
      signal.throwIfAborted();
      onChunk?.({ rows: read.rows, lastId: null });
    };
    const parts = await writeTable({ blobs, folder, changes, buckets, pages, read, given: added, earlier, onStep });
    await pages.clear(read.pages);
    return {
      table: spec.name,
      rows: parts.reduce((sum, part) => sum + part.rows, 0),
      parts,
      eventTime: rangeOf(parts),
      queryHash: queryHashOf(sql, options),
      ...(buckets !== null && { buckets }),
      ...(slices !== null && { slices: await putSlices(blobs, slices) }),
    };
  });
}

/** Of all that is asked: the source's rows, and the feedback that is added to them. */
function queryHashOf(sql: string, { spec, feedbackPool = null }: ExtractOptions): string {
  const feedback = feedbackPool === null ? null : feedbackQueryOf(spec.name);
  return sha256(feedback === null ? sql : `${sql}\n${feedback}`);
}

/**
 * The error of a failed extraction: `CANCELLED`; `SOURCE_SCHEMA_MISMATCH` for a fault that the source's tables or views
 * cause, `SOURCE_TOO_SLOW` for a page over the database's time limit, and `SERVICE_UNAVAILABLE` (retryable) for anything
 * else, such as a lost connection.
 */
function extractionFault(fault: unknown, { signal, spec }: ExtractOptions): PipelineError {
  if (signal.aborted) return pipelineError('CANCELLED', { work: `extraction of ${spec.name}` }, { cause: fault });
  if (fault instanceof PipelineError) return fault;
  const unfit = unfitValue(fault, spec);
  if (unfit !== null) return unfit;
  const table = `backend.${spec.name}`;
  const sqlFault = asSqlFault(fault);
  const finding = sqlFault === null ? null : faultFinding(sqlFault, table);
  if (finding !== null) return schemaMismatch([finding], { sqlState: sqlFault?.code ?? '' }, fault);
  if (sqlFault?.code === QUERY_STOPPED) return pipelineError('SOURCE_TOO_SLOW', { table }, { cause: fault });
  const details = { details: { table: spec.name }, cause: fault };
  return serviceUnavailable('the source database', `extracting ${spec.name}: ${messageOf(fault)}`, details);
}

/** @throws PipelineError `SOURCE_SCHEMA_MISMATCH` before any row is read, for what the catalogue shows. */
async function requireShape(client: pg.ClientBase, spec: TableSpec): Promise<void> {
  const findings = shapeFindings(spec, await readRelation(client, spec.name));
  if (findings.length > 0) throw schemaMismatch(findings);
}

/**
 * Reads one table of the source system into Parquet blobs, one for each bucket of users, in one repeatable-read, read-only
 * transaction, so that all pages show the same state. Rows go from COPY to DuckDB as text. With a parent only the rows of
 * users in slices whose checksums changed are read, and the parts are the same as if all had been. Memory: two pages, and
 * one bucket. Idempotent: the same rows give the same blobs. An empty table gives one part without rows, for its columns.
 * @throws PipelineError `CANCELLED`, `SERVICE_UNAVAILABLE`, `SERVICE_REFUSED`, `SOURCE_TOO_SLOW`,
 *   `SOURCE_SCHEMA_MISMATCH` naming table and column, what was found and wanted, and the remedy.
 */
export async function extractTable(options: ExtractOptions): Promise<ExtractedTable> {
  const { pool, spec, source, queriesFolder = null } = options;
  const sql = await extractionQuery(spec.name, queriesFolder);
  const client = await connectToSource(pool, { table: spec.name });
  let broken: Error | undefined;
  const told = (): void => undefined; // the query that was running says so too
  client.on('error', told);
  try {
    await client.query('begin transaction isolation level repeatable read, read only');
    await client.query('set local row_security = off'); // an error instead of rows that are left out
    await client.query("set local datestyle = 'ISO'");
    await (queriesFolder === null ? requireShape(client, spec) : requireQuery(client, { spec, sql, source }));
    return await extractAll(client, sql, options);
  } catch (fault) {
    broken = fault as Error; // `release` closes the connection and with it the transaction
    throw extractionFault(fault, options);
  } finally {
    client.removeListener('error', told);
    client.release(broken);
  }
}
