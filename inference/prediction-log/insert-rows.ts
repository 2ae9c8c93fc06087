import type pg from 'pg';
import type { SealedRow } from './sealed-row.js';

/** Columns of `serving.predictions` in the order in which rows are written. */
const columns = [
  ['id', 'uuid', ({ id }: SealedRow) => id],
  ['at', 'timestamptz', ({ at }: SealedRow) => new Date(at).toISOString()],
  ['model_name', 'text', ({ modelName }: SealedRow) => modelName],
  ['line', 'text', ({ line }: SealedRow) => line],
  ['version', 'text', ({ version }: SealedRow) => version],
  ['stage', 'text', ({ stage }: SealedRow) => stage],
  ['subject_hash', 'bytea', ({ subjectHash }: SealedRow) => hex(subjectHash)],
  ['subject_key', 'integer', ({ subjectKey }: SealedRow) => textOf(subjectKey)],
  ['features', 'jsonb', ({ features }: SealedRow) => features],
  ['abstained', 'boolean', ({ abstained }: SealedRow) => String(abstained)],
  ['latency_ms', 'real', ({ latencyMs }: SealedRow) => String(latencyMs)],
  ['arm', 'text', ({ arm }: SealedRow) => arm],
  ['content', 'bytea', ({ sealed }: SealedRow) => hex(sealed)],
] as const;

const hex = (bytes: Buffer | null): string | null => (bytes === null ? null : `\\x${bytes.toString('hex')}`);
const textOf = (value: number | null): string | null => (value === null ? null : String(value));

const names = columns.map(([name]) => name).join(', ');
const parameters = columns.map(([, type], i) => `$${i + 1}::text[]::${type}[]`).join(', ');
const INSERT = `insert into serving.predictions (${names}) select * from unnest(${parameters}) on conflict do nothing`;

/** Statement of `COPY` in its text format. */
export const COPY_ROWS = `copy serving.predictions (${names}) from stdin`;

/**
 * Writes rows in one statement and transaction; those that are there already are passed over, so it may be repeated after
 * an attempt whose end is not known.
 */
export async function insertRows(client: Pick<pg.ClientBase, 'query'>, rows: readonly SealedRow[]): Promise<void> {
  const values = columns.map(([, , read]) => rows.map(read));
  await client.query({ name: 'insert-predictions', text: INSERT, values });
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const SPECIAL = /[\\\n\r\t]/;
const escaped = (text: string): string =>
  SPECIAL.test(text) ? text.replace(/[\\\n\r\t]/g, (character) => escapes[character]!) : text;

/** Bytes are long and have one character to be escaped, the first. */
function cellOf(value: string | null, type: string): string {
  if (value === null) return '\\N';
  return type === 'bytea' ? `\\${value}` : escaped(value);
}

/** A row as a line of `COPY`. */
export const copyLine = (row: SealedRow): string =>
  `${columns.map(([, type, read]) => cellOf(read(row), type)).join('\t')}\n`;
