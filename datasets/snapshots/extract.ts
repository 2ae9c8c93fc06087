import type pg from 'pg';
import type { ExtractedTable } from '../../contracts/activities.js';
import type { TableSpec } from '../../contracts/backend.js';
import { messageOf, PipelineError, pipelineError } from '../../contracts/errors.js';
import type { Table } from '../../contracts/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { sha256 } from '../../platform/blobs/hash.js';
import { serviceUnavailable } from '../../platform/outage.js';
import { schemaMismatch } from '../sources/backend/check/finding.js';
import { asSqlFault, connectToSource, faultFinding, QUERY_STOPPED } from '../sources/backend/check/read-fault.js';
import { readRelation } from '../sources/backend/check/relation.js';
import { shapeFindings } from '../sources/backend/check/shape.js';
import { feedbackQueryOf, NOTHING, openGivenFeedback } from '../feedback/extract-feedback.js';
import { extractionQuery } from '../sources/backend/extraction-query.js';
import { putTable } from './put-table.js';
import { queryText, toTable } from './source-rows.js';

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
  /** Rows in one query and one Parquet part; limits the memory. */
  readonly chunkRows: number;
  /** Changes the rows before they are stored, as a data policy says. @default they are stored as they are */
  readonly change?: (table: Table) => Table;
  readonly signal: AbortSignal;
  /** Called after each stored part with the rows so far and the last key, for a heartbeat. */
  readonly onChunk?: (progress: { readonly rows: number; readonly lastId: string | null }) => void;
}

type EventRange = ExtractedTable['eventTime'];

function extendRange(range: EventRange, table: Table, eventTime: string | null): EventRange {
  const column = eventTime === null ? undefined : table.columns[eventTime];
  if (column === undefined || column.kind === 'text') return range;
  let { from, to } = range ?? { from: Infinity, to: -Infinity };
  for (const value of column.values) {
    if (value < from) from = value;
    if (value > to) to = value;
  }
  return from <= to ? { from, to } : range;
}

const lastIdOf = (table: Table): string | null => {
  const ids = table.columns.id;
  return ids?.kind === 'text' ? (ids.values[table.rowCount - 1] ?? null) : null;
};

/** Chunks in key order, until one has fewer than `chunkRows`. The first is returned even if empty, for its columns. */
async function* readChunks(client: pg.ClientBase, sql: string, options: ExtractOptions): AsyncGenerator<Table> {
  const { spec, source, asOf, chunkRows } = options;
  let after = '';
  for (;;) {
    const values = [source, after, new Date(asOf).toISOString(), chunkRows];
    const result = await queryText(client, { text: sql, values });
    const table = toTable(spec.columns, result, `queries/${spec.name}.sql`);
    if (table.rowCount > 0 || after === '') yield table;
    if (table.rowCount < chunkRows) return;
    const last = lastIdOf(table);
    if (last === null || last === after)
      throw new PipelineError('INTERNAL', `queries/${spec.name}.sql returns no key after the last one`);
    after = last;
  }
}

/** The rows of the source with what the API was told of them, and those that it was given after the source's own. */
async function* readWithFeedback(client: pg.ClientBase, sql: string, options: ExtractOptions): AsyncGenerator<Table> {
  const { feedbackPool: pool = null } = options;
  const given = pool === null ? NOTHING : await openGivenFeedback({ ...options, pool, client });
  for await (const table of readChunks(client, sql, options)) yield given.correct(table);
  yield* given.pages();
}

const asItIs = (table: Table): Table => table;

async function extractAll(client: pg.ClientBase, sql: string, options: ExtractOptions): Promise<ExtractedTable> {
  const { blobs, spec, signal, onChunk, change = asItIs } = options;
  const parts: ExtractedTable['parts'] = [];
  let eventTime: EventRange = null;
  let rows = 0;
  for await (const table of readWithFeedback(client, sql, options)) {
    signal.throwIfAborted();
    parts.push({ ...(await putTable(blobs, change(table))), rows: table.rowCount });
    eventTime = extendRange(eventTime, table, spec.eventTime);
    rows += table.rowCount;
    onChunk?.({ rows, lastId: lastIdOf(table) });
    signal.throwIfAborted();
  }
  return { table: spec.name, rows, parts, eventTime, queryHash: queryHashOf(sql, options) };
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
 * Reads one table of the source system in key order into Parquet blobs, one for each chunk, in one repeatable-read,
 * read-only transaction, so that all chunks show the same state. Memory: one chunk. Idempotent: the same rows give the
 * same blobs. An empty table gives one part without rows, for its columns.
 * @throws PipelineError `CANCELLED`, `SERVICE_UNAVAILABLE`, `SERVICE_REFUSED`, `SOURCE_TOO_SLOW`,
 *   `SOURCE_SCHEMA_MISMATCH` naming table and column, what was found and wanted, and the remedy.
 */
export async function extractTable(options: ExtractOptions): Promise<ExtractedTable> {
  const { pool, spec } = options;
  const sql = await extractionQuery(spec.name);
  const client = await connectToSource(pool, { table: spec.name });
  let broken: Error | undefined;
  try {
    await client.query('begin transaction isolation level repeatable read, read only');
    await client.query('set local row_security = off'); // an error instead of rows that are left out
    await requireShape(client, spec);
    const extracted = await extractAll(client, sql, options);
    await client.query('commit');
    return extracted;
  } catch (fault) {
    broken = fault as Error; // `release` closes the connection and with it the transaction
    throw extractionFault(fault, options);
  } finally {
    client.release(broken);
  }
}
