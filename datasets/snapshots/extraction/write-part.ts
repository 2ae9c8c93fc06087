import { type DuckDBConnection, DuckDBDataChunk, type DuckDBType, VARCHAR } from '@duckdb/node-api';
import type { TableSpec } from '../../../contracts/backend.js';
import type { ColumnSpec } from '../../../contracts/dataset.js';
import type { ColumnChanges } from '../../../contracts/data-policy.js';
import type { Table } from '../../../contracts/table.js';
import { textColumn } from '../../../learning/table.js';
import type { GivenFeedback } from '../../feedback/extract-feedback.js';
import { duckDbHash, SLICES, userColumnOf } from '../buckets.js';
import { firstColumn, firstRow, parquetRows, quoteName, quoteText } from '../duckdb.js';
import type { BucketFile } from './bucket-files.js';
import { typedRows } from './typed-rows.js';

/** What a data policy does with the columns of a table. */
export interface ColumnPolicy {
  readonly changes: ColumnChanges;
  /** Of the key of the pseudonyms; null: nothing is hashed. */
  readonly keyVersion: number | null;
  /** Changes the columns of a table; rows and their order stay. */
  readonly apply: (table: Table) => Table;
}

/** What is done with the rows of a table between the source and the snapshot. */
export interface RowChanges {
  readonly spec: TableSpec;
  readonly given: Pick<GivenFeedback, 'corrections' | 'replaced'>;
  /** Keys of rows that were added to those of the source; they replace others and are not replaced. */
  readonly added: readonly string[];
  readonly policy: ColumnPolicy | null;
}

/** Rows that are taken over from a part of an earlier snapshot. */
export interface EarlierRows {
  readonly path: string;
  /** Slices that are read anew: their earlier rows are left out. */
  readonly changed: readonly number[];
}

const VECTOR_ROWS = 2048;

/** Creates a temporary table of texts. */
async function stage(
  connection: DuckDBConnection,
  name: string,
  columns: Readonly<Record<string, readonly (string | null)[]>>,
): Promise<void> {
  const entries = Object.entries(columns);
  const rows = entries[0]![1].length;
  await connection.run(`create or replace temp table ${name} (${entries.map(([column]) => `${column} varchar`).join(', ')})`); // prettier-ignore
  const appender = await connection.createAppender(name, null, 'temp');
  const types: DuckDBType[] = entries.map(() => VARCHAR);
  for (let start = 0; start < rows; start += VECTOR_ROWS) {
    const chunk = DuckDBDataChunk.create(types);
    chunk.setColumns(entries.map(([, values]) => values.slice(start, start + VECTOR_ROWS)));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** Stages what callers of the API said, once for all buckets of a table. */
export async function stageGiven(connection: DuckDBConnection, { given, added }: RowChanges): Promise<void> {
  const { corrections, replaced } = given;
  if (corrections !== null) {
    const all = [...corrections.given];
    const labels = all.map(([, { label }]) => label);
    await stage(connection, 'corrections', { id: all.map(([id]) => id), label: labels, given_at: all.map(([, { at }]) => String(at)) }); // prettier-ignore
  }
  if (replaced.length > 0) await stage(connection, 'added', { id: added });
  for (const { column, values } of replaced) await stage(connection, `replaced_${column}`, { value: values });
}

/** Rows with the corrected values, unless the backend has a newer one; without those that are replaced. */
function withGiven(rows: string, { given }: RowChanges): string {
  const { corrections, replaced } = given;
  const kept = replaced.map(
    ({ column }) => `not coalesce(t.${column} in (select value from replaced_${column}), false)`,
  );
  const isKept = `(${kept.join(' and ')}) or t.id in (select id from added)`;
  const left = kept.length === 0 ? rows : `select t.* from (${rows}) t where ${isKept}`;
  if (corrections === null) return left;
  const { column, knownAt } = corrections;
  const newer = knownAt === null ? '' : ` and not coalesce(epoch_ms(t.${knownAt}) > k.given_at::bigint, false)`;
  const isGiven = `k.id is not null${newer}`;
  const at = `, case when ${isGiven} then epoch_ms(k.given_at::bigint)::timestamp_ms else t.${knownAt} end as ${knownAt}`;
  const replacing = `case when ${isGiven} then k.label else t.${column} end as ${column}${knownAt === null ? '' : at}`;
  return `select t.* replace (${replacing}) from (${left}) t left join corrections k on k.id = t.id`;
}

/** The values of a text column and what a policy makes of them: each is changed once. */
async function stageChanged(
  connection: DuckDBConnection,
  { rows, column, policy }: { readonly rows: string; readonly column: string; readonly policy: ColumnPolicy },
): Promise<void> {
  const distinct = `select distinct ${quoteName(column)} from (${rows}) where ${quoteName(column)} is not null`;
  const values = await firstColumn<string>(connection, distinct);
  const changed = policy.apply({ rowCount: values.length, columns: { [column]: { kind: 'text', values } } });
  await stage(connection, `changed_${column}`, { value: values, changed: textColumn(changed, column) });
}

/** Rows with the columns changed as the policy says: in SQL where a value is dropped, else by its distinct values. */
async function underPolicy(connection: DuckDBConnection, rows: string, { spec, policy }: RowChanges): Promise<string> {
  if (policy === null) return rows;
  const replacing: string[] = [];
  const joins: string[] = [];
  for (const { name, type, nullable } of spec.columns) {
    const change = policy.changes[name];
    if (change === undefined) continue;
    const emptied = type === 'text' || type === 'category' ? (nullable === true ? 'null::varchar' : `''`) : 'null';
    if (change === 'drop') replacing.push(`${emptied} as ${name}`);
    else {
      await stageChanged(connection, { rows, column: name, policy });
      replacing.push(`changed_${name}.changed as ${name}`);
      joins.push(`left join changed_${name} on changed_${name}.value = t.${name}`);
    }
  }
  if (replacing.length === 0) return rows;
  return `select t.* replace (${replacing.join(', ')}) from (${rows}) t ${joins.join(' ')}`;
}

function takenOver({ spec }: RowChanges, { path, changed }: EarlierRows): string {
  const owner = userColumnOf(spec.name);
  const hash = owner === null ? 'null' : duckDbHash(quoteName(owner));
  const left = changed.length === 0 ? '' : ` where coalesce(${hash} % ${SLICES}, -1) not in (${changed.join(', ')})`;
  return `select * from ${parquetRows([path])}${left}`;
}

/** A column in its type of Parquet, whichever it has here. */
export const storedColumn = ({ name, type }: ColumnSpec): string => {
  if (type === 'text' || type === 'category') return quoteName(name);
  return `${quoteName(name)}::${type === 'timestamp' ? 'timestamp_ms' : 'double'} as ${quoteName(name)}`;
};

/** A stored file, with the range of its events in milliseconds. */
export interface WrittenPart {
  readonly rows: number;
  readonly eventTime: { readonly from: number; readonly to: number } | null;
}

async function factsOf(connection: DuckDBConnection, spec: TableSpec, path: string): Promise<WrittenPart> {
  const time = spec.eventTime === null ? 'null::timestamp_ms' : quoteName(spec.eventTime);
  const sql = `select count(*)::double, min(epoch_ms(${time}))::double, max(epoch_ms(${time}))::double`;
  const [rows, from, to] = await firstRow<[number, number | null, number | null]>(
    connection,
    `${sql} from ${parquetRows([path])}`,
  );
  return { rows, eventTime: from === null || to === null ? null : { from, to } };
}

/**
 * Writes the rows of one bucket as a Parquet file in key order; rows of one key in the order of their other columns.
 * Equal rows give equal bytes, whatever way they came.
 * @param input.isOrdered - each of the file's rows has a key of its own, by which alone they are sorted.
 */
export async function writePart(
  connection: DuckDBConnection,
  changes: RowChanges,
  input: {
    readonly file: BucketFile | null;
    readonly earlier: EarlierRows | null;
    readonly isOrdered: boolean;
    readonly to: string;
  },
): Promise<WrittenPart> {
  const { spec, given, policy } = changes;
  const { file, earlier, isOrdered, to } = input;
  const read = file === null ? null : withGiven(typedRows(spec, file), changes);
  const fresh = read === null ? null : await underPolicy(connection, read, changes);
  const all = [earlier === null ? null : takenOver(changes, earlier), fresh].filter((rows) => rows !== null);
  const isJoined = given.corrections !== null || policy !== null;
  // Also rows that are in order are sorted: where DuckDB ends a row group depends on how they come, and here they come alike.
  const order = ` order by ${isOrdered && !isJoined && earlier === null ? 'id' : 'all'}`;
  const rows = `select ${spec.columns.map(storedColumn).join(', ')} from (${all.join(' union all ')})${order}`;
  await connection.run(`copy (${rows}) to ${quoteText(to)} (format parquet, compression zstd)`);
  return factsOf(connection, spec, to);
}
