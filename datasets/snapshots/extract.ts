import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import type { ExtractedTable } from '../../contracts/activities.js';
import type { TableSpec } from '../../contracts/backend.js';
import { messageOf, PipelineError, pipelineError } from '../../contracts/errors.js';
import type { Table } from '../../contracts/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { sha256 } from '../../platform/blobs/hash.js';
import { serviceUnavailable } from '../../platform/outage.js';
import { projectRoot } from '../../platform/project.js';
import { putTable } from './put-table.js';
import { queryText, toTable } from './source-rows.js';

/** Source table, destination and limits of one extraction. */
export interface ExtractOptions {
  /** The source system; read in one read-only transaction. */
  readonly pool: pg.Pool;
  readonly blobs: BlobStore;
  readonly spec: TableSpec;
  readonly source: string;
  /** Milliseconds since the epoch; rows known at or after this time are left out. */
  readonly asOf: number;
  /** Rows in one query and one Parquet part; limits the memory. */
  readonly chunkRows: number;
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
    const result = await queryText(client, { name: `extract-${spec.name}`, text: sql, values });
    const table = toTable(spec.columns, result, `queries/${spec.name}.sql`);
    if (table.rowCount > 0 || after === '') yield table;
    if (table.rowCount < chunkRows) return;
    const last = lastIdOf(table);
    if (last === null || last === after)
      throw new PipelineError('INTERNAL', `queries/${spec.name}.sql returns no key after the last one`);
    after = last;
  }
}

async function extractAll(client: pg.ClientBase, sql: string, options: ExtractOptions): Promise<ExtractedTable> {
  const { blobs, spec, signal, onChunk } = options;
  const parts: ExtractedTable['parts'] = [];
  let eventTime: EventRange = null;
  let rows = 0;
  for await (const table of readChunks(client, sql, options)) {
    signal.throwIfAborted();
    parts.push({ ...(await putTable(blobs, table)), rows: table.rowCount });
    eventTime = extendRange(eventTime, table, spec.eventTime);
    rows += table.rowCount;
    onChunk?.({ rows, lastId: lastIdOf(table) });
    signal.throwIfAborted();
  }
  return { table: spec.name, rows, parts, eventTime, queryHash: sha256(sql) };
}

async function connect(pool: pg.Pool, spec: TableSpec): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (fault) {
    throw serviceUnavailable('the source database', messageOf(fault), { details: { table: spec.name }, cause: fault });
  }
}

/** Explanations of PostgreSQL's error codes (SQLSTATE) for a schema that differs from the documented one. */
const schemaFaults: Readonly<Record<string, string>> = {
  '3F000': 'schema `backend` is missing',
  '42P01': 'the table is missing',
  '42703': 'a column is missing',
  '42501': 'this user may not read it (grant usage on the schema and select on the table)',
  '42883': 'a column has another type',
  '42804': 'a column has another type',
  '42846': 'a column has another type',
  '22P02': 'a column has another type (ids are text, also where they are uuid or integer inside)',
  '22007': 'a column has another type',
  '22003': 'a number is out of range',
};

/** A schema mismatch, which is never retried: the database, its views or its grants must be changed. */
function schemaMismatch(sqlState: string, fault: Error, table: string): PipelineError | null {
  const why = schemaFaults[sqlState];
  if (why === undefined) return null;
  const column = /column "?([\w.]+)"?/.exec(fault.message)?.[1];
  const found = fault.message.replace(/: ".*"$/s, ''); // removes the quoted cell, which may be personal
  const message = `the source database does not fit: backend.${table}: ${why}: ${found}`;
  const details = { table: `backend.${table}`, sqlState, wanted: 'docs/backend-schema.md' };
  return new PipelineError('SOURCE_SCHEMA_MISMATCH', message, column === undefined ? details : { ...details, column });
}

/**
 * The error of a failed extraction: `CANCELLED`, `SOURCE_SCHEMA_MISMATCH`, `INTERNAL` for other SQL errors, and
 * `SERVICE_UNAVAILABLE` (retryable) for anything else, such as a lost connection.
 */
function extractionFault(fault: unknown, { signal, spec }: ExtractOptions): PipelineError {
  if (signal.aborted) return pipelineError('CANCELLED', { work: `extraction of ${spec.name}` }, { cause: fault });
  if (fault instanceof PipelineError) return fault;
  const { code = '', message } = fault as { code?: string; message: string };
  const mismatch = schemaMismatch(code, fault as Error, spec.name);
  if (mismatch !== null) return mismatch;
  const sqlFault = /^(22|23|42)/.test(code);
  return new PipelineError(
    sqlFault ? 'INTERNAL' : 'SERVICE_UNAVAILABLE',
    `extracting ${spec.name}: ${message}`,
    { table: spec.name },
    { cause: fault },
  );
}

/**
 * Reads one table of the source system in key order into Parquet blobs, one for each chunk, in one repeatable-read,
 * read-only transaction, so that all chunks show the same state. Memory: one chunk. Idempotent: the same rows give the
 * same blobs. An empty table gives one part without rows, for its columns.
 * @throws PipelineError `CANCELLED`, `SERVICE_UNAVAILABLE`, `SOURCE_SCHEMA_MISMATCH` naming table and column;
 *   `INTERNAL` for a query that fails otherwise.
 */
export async function extractTable(options: ExtractOptions): Promise<ExtractedTable> {
  const { pool, spec } = options;
  const path = join(projectRoot, 'datasets/sources/backend/queries', `${spec.name}.sql`);
  const sql = await readFile(path, 'utf8');
  const client = await connect(pool, spec);
  let broken: Error | undefined;
  try {
    await client.query('begin transaction isolation level repeatable read, read only');
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
