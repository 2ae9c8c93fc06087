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

/** Rows as JSON, and their contents end to end, which as bytes need no escaping. */
const INSERT = `insert into serving.predictions (${names})
  select id, at, model_name, line, version, stage, decode(subject_hash, 'hex'), subject_key, features::jsonb,
    abstained, latency_ms, arm, substring($2::bytea from content_start for content_bytes)
  from json_to_recordset($1) as sent(id uuid, at timestamptz, model_name text, line text, version text, stage text,
    subject_hash text, subject_key integer, features text, abstained boolean, latency_ms real, arm text,
    content_start integer, content_bytes integer)
  on conflict do nothing`;

/** Statement of `COPY` in its text format. */
export const COPY_ROWS = `copy serving.predictions (${names}) from stdin`;

/**
 * Writes rows in one statement and transaction; those that are there already are passed over, so it may be repeated after
 * an attempt whose end is not known.
 */
export async function insertRows(client: Pick<pg.ClientBase, 'query'>, rows: readonly SealedRow[]): Promise<void> {
  let start = 1; // as SQL counts
  const sent = rows.map((row) => {
    const [contentStart, contentBytes] = [start, row.sealed.length];
    start += contentBytes;
    return sentRow(row, contentStart, contentBytes);
  });
  const values = [JSON.stringify(sent), Buffer.concat(rows.map(({ sealed }) => sealed))];
  await client.query({ name: 'insert-predictions', text: INSERT, values });
}

const sentRow = (row: SealedRow, contentStart: number, contentBytes: number) => ({
  id: row.id,
  at: new Date(row.at),
  model_name: row.modelName,
  line: row.line,
  version: row.version,
  stage: row.stage,
  subject_hash: row.subjectHash?.toString('hex') ?? null,
  subject_key: row.subjectKey,
  features: row.features,
  abstained: row.abstained,
  latency_ms: row.latencyMs,
  arm: row.arm,
  content_start: contentStart,
  content_bytes: contentBytes,
});

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

/** Rows that leave in one piece: each piece costs a message and a write of the socket. */
const ROWS_A_PIECE = 64;

/** Rows as pieces of a `COPY`. */
export function* copyPieces(rows: readonly SealedRow[]): Generator<string> {
  for (let start = 0; start < rows.length; start += ROWS_A_PIECE)
    yield rows
      .slice(start, start + ROWS_A_PIECE)
      .map(copyLine)
      .join('');
}
