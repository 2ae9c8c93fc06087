import { setImmediate } from 'node:timers/promises';
import { finished } from 'node:stream/promises';
import type { Pool, PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type BackendTable, backendTables, type TableSpec } from '../../../contracts/backend.js';
import type { ColumnSpec } from '../../../contracts/dataset.js';
import { PipelineError } from '../../../contracts/errors.js';
import type { BackendRows } from './generator/rows.js';
import { tableSpecs } from './tables.js';

/** Rows a table. */
export type RowCounts = Record<BackendTable, number>;

/** Text is handed to the server in pieces of about this size. */
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

/** One line of PostgreSQL's COPY text format for a row of the table; columns in the order of its spec, source first. */
export function copyLine(spec: TableSpec, source: string): (row: object) => string {
  const columns = spec.columns.map((column) => ({ name: column.name, cell: cellOf(column) }));
  return (row) => {
    let line = source;
    for (const { name, cell } of columns) line += '\t' + cell((row as Record<string, unknown>)[name]);
    return line + '\n';
  };
}

/** Collects one table's lines and sends them in large pieces. */
interface TableWriter {
  add(rows: readonly object[]): void;
  readonly full: boolean;
  flush(client: PoolClient): Promise<void>;
  readonly rows: number;
}

function tableWriter(spec: TableSpec, source: string): TableWriter {
  const line = copyLine(spec, source);
  const statement = `copy backend.${spec.name} (source, ${spec.columns.map(({ name }) => name).join(', ')}) from stdin`;
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
      const stream = client.query(copyFrom(statement));
      stream.end(buffer);
      buffer = '';
      await finished(stream);
    },
    get rows() {
      return count;
    },
  };
}

/** One load a source at a time; the lock goes with the transaction. Then the source's old rows go. */
async function clearSource(client: PoolClient, source: string): Promise<void> {
  await client.query(`select pg_advisory_xact_lock(hashtext('backend source ' || $1))`, [source]);
  for (const table of backendTables) await client.query(`delete from backend.${table} where source = $1`, [source]);
}

/** Computing the next rows goes on while the server takes the last ones: at most one COPY is under way. */
async function copyAll(
  client: PoolClient,
  source: string,
  batches: AsyncIterable<Partial<BackendRows>> | Iterable<Partial<BackendRows>>,
): Promise<RowCounts> {
  const writers = backendTables.map((table) => [table, tableWriter(tableSpecs[table], source)] as const);
  let underway: Promise<void> = Promise.resolve();
  for await (const batch of batches) {
    for (const [table, writer] of writers) {
      writer.add(batch[table] ?? []);
      if (!writer.full) continue;
      await underway;
      underway = writer.flush(client);
      underway.catch(() => undefined); // awaited before the next flush; must not count as unhandled until then
    }
    await setImmediate(); // lets the socket be written
  }
  await underway;
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
    await client.query('rollback').catch(() => undefined); // the first fault is the one to report
    throw fault;
  }
}

/**
 * Replaces everything of one source, all or nothing: readers see the old rows until the new ones are complete.
 * Streams: memory holds one batch and a few megabytes of text.
 * @param batches - rows of any tables, in any division; each id once.
 * @throws PipelineError `INTERNAL` when the database refuses the rows; what the batches throw passes through.
 */
export async function replaceSource(
  pool: Pool,
  source: string,
  batches: AsyncIterable<Partial<BackendRows>> | Iterable<Partial<BackendRows>>,
): Promise<RowCounts> {
  const client = await pool.connect();
  try {
    const counts = await inTransaction(client, async () => {
      await clearSource(client, source);
      return copyAll(client, source, batches);
    });
    for (const table of backendTables) await client.query(`analyze backend.${table}`);
    return counts;
  } catch (fault) {
    if (fault instanceof PipelineError) throw fault;
    const reason = fault instanceof Error ? fault.message : String(fault);
    throw new PipelineError('INTERNAL', `loading source ${source} failed: ${reason}`, { source }, { cause: fault });
  } finally {
    client.release();
  }
}
