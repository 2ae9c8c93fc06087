import { createReadStream } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { finished, pipeline } from 'node:stream/promises';
import type { Pool, PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type BackendTable, backendTables, type TableSpec } from '../../../contracts/backend.js';
import type { ColumnSpec } from '../../../contracts/dataset.js';
import { messageOf, PipelineError } from '../../../contracts/errors.js';
import type { BackendRows } from './generator/rows.js';
import { tableSpecs } from './tables.js';

/** Number of rows by table. */
export type RowCounts = Record<BackendTable, number>;

/** COPY text is sent to the server in chunks of about this size. */
const flushCharacters = 1 << 20;
const special = /[\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function textCell(value: unknown): string {
  if (value === null || value === undefined) return '\\N';
  const text = value as string;
  return special.test(text) ? text.replace(/[\\\t\n\r]/g, (found) => escapes[found]!) : text;
}
const numberCell = (value: unknown): string => (value === null ? '\\N' : JSON.stringify(value));
const momentCell = (value: unknown): string => (value === null ? '\\N' : new Date(value as number).toISOString());

function cellOf(column: ColumnSpec): (value: unknown) => string {
  if (column.type === 'timestamp') return momentCell;
  return column.type === 'text' || column.type === 'category' ? textCell : numberCell;
}

/** Formats a row as a line of PostgreSQL's COPY text format: source, then the columns in the order of the spec. */
export function copyLine(spec: TableSpec, source: string): (row: object) => string {
  const columns = spec.columns.map((column) => ({ name: column.name, cell: cellOf(column) }));
  return (row) => {
    let line = source;
    for (const { name, cell } of columns) line += '\t' + cell((row as Record<string, unknown>)[name]);
    return line + '\n';
  };
}

const copyInto = ({ name, columns }: TableSpec): string =>
  `copy backend.${name} (source, ${columns.map((column) => column.name).join(', ')}) from stdin`;

/** Collects one table's lines and sends them in large chunks. */
interface TableWriter {
  add(rows: readonly object[]): void;
  readonly full: boolean;
  flush(client: PoolClient): Promise<void>;
  readonly rows: number;
}

function tableWriter(spec: TableSpec, source: string): TableWriter {
  const line = copyLine(spec, source);
  let buffer = '';
  let count = 0;
  return {
    add(rows) {
      for (const row of rows) buffer += line(row);
      count += rows.length;
    },
    get full() {
      return buffer.length >= flushCharacters;
    },
    async flush(client) {
      if (buffer === '') return;
      const stream = client.query(copyFrom(copyInto(spec)));
      stream.end(buffer);
      buffer = '';
      await finished(stream);
    },
    get rows() {
      return count;
    },
  };
}

/** Locks the source until the end of the transaction, so that one load at a time runs, and deletes its rows. */
async function clearSource(client: PoolClient, source: string): Promise<void> {
  await client.query(`select pg_advisory_xact_lock(hashtext('backend source ' || $1))`, [source]);
  for (const table of backendTables) await client.query(`delete from backend.${table} where source = $1`, [source]);
}

/** Copies all batches. The next rows are computed while the server receives the previous ones: one COPY at a time. */
async function copyAll(
  client: PoolClient,
  source: string,
  batches: AsyncIterable<Partial<BackendRows>> | Iterable<Partial<BackendRows>>,
): Promise<RowCounts> {
  const writers = backendTables.map((table) => [table, tableWriter(tableSpecs[table], source)] as const);
  let pending: Promise<void> = Promise.resolve();
  for await (const batch of batches) {
    for (const [table, writer] of writers) {
      writer.add(batch[table] ?? []);
      if (!writer.full) continue;
      await pending;
      pending = writer.flush(client);
      pending.catch(() => undefined); // awaited before the next flush; not an unhandled rejection until then
    }
    await setImmediate(); // lets Node write to the socket
  }
  await pending;
  for (const [, writer] of writers) await writer.flush(client);
  return Object.fromEntries(writers.map(([table, writer]) => [table, writer.rows])) as RowCounts;
}

async function inTransaction<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (fault) {
    await client.query('rollback').catch(() => undefined); // the first fault is reported
    throw fault;
  }
}

/**
 * Replaces all rows of one source in one transaction: readers see the old rows until the new ones are complete.
 * Streams: memory is one batch and a few megabytes of text.
 * @param batches - rows of any tables; each id occurs once.
 * @throws PipelineError `INTERNAL` when the database rejects the rows; a PipelineError of `batches` is passed on.
 */
export const replaceSource = (
  pool: Pool,
  source: string,
  batches: AsyncIterable<Partial<BackendRows>> | Iterable<Partial<BackendRows>>,
): Promise<RowCounts> => replaceBy(pool, source, (client) => copyAll(client, source, batches));

/** A CSV file for PostgreSQL's COPY without a header: `source`, then the columns of the spec; an empty cell is null. */
export interface CopyFile {
  readonly table: BackendTable;
  readonly path: string;
}

/** Like `replaceSource`, from files; tables without a file become empty. */
export const replaceSourceByFiles = (pool: Pool, source: string, files: readonly CopyFile[]): Promise<RowCounts> =>
  replaceBy(pool, source, async (client) => {
    const counts = Object.fromEntries(backendTables.map((table) => [table, 0])) as RowCounts;
    for (const { table, path } of files) {
      const stream = client.query(copyFrom(`${copyInto(tableSpecs[table])} (format csv)`));
      await pipeline(createReadStream(path), stream);
      counts[table] = stream.rowCount;
    }
    return counts;
  });

async function replaceBy(
  pool: Pool,
  source: string,
  load: (client: PoolClient) => Promise<RowCounts>,
): Promise<RowCounts> {
  const client = await pool.connect();
  try {
    const counts = await inTransaction(client, async () => {
      await clearSource(client, source);
      return load(client);
    });
    for (const table of backendTables) await client.query(`analyze backend.${table}`);
    return counts;
  } catch (fault) {
    if (fault instanceof PipelineError) throw fault;
    const message = `loading source ${source} failed: ${messageOf(fault)}`;
    throw new PipelineError('INTERNAL', message, { source }, { cause: fault });
  } finally {
    client.release();
  }
}
