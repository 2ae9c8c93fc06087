import { z } from 'zod';
import type { BackendTable } from '../../contracts/backend.js';
import { boundedText } from '../../contracts/bounded-text.js';
import type { ColumnSpec } from '../../contracts/dataset.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import type { Column, Table } from '../../contracts/table.js';
import { userColumnOf } from '../../datasets/snapshots/buckets.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import { concatTables, selectRows, textColumn } from '../../learning/table.js';

/** Rows of one table in one push. */
const MOST_ROWS = 1_000;
const LONGEST_TEXT = 2_000;

/** A value of a pushed row; a moment is text in ISO 8601. */
type PushedValue = string | number | null | undefined;
type PushedRow = Readonly<Record<string, PushedValue>>;
/** Rows of one entity by table. */
export type PushedRows = Readonly<Partial<Record<BackendTable, readonly PushedRow[]>>>;

function valueSchema({ type, categories, minimum, maximum }: ColumnSpec): z.ZodType<PushedValue> {
  if (type === 'category') return z.enum([...categories!] as [string, ...string[]]);
  if (type === 'timestamp') return z.iso.datetime({ offset: true });
  if (type === 'text') return boundedText(LONGEST_TEXT).min(1);
  const number = type === 'integer' || type === 'flag' ? z.int() : z.number();
  return number.min(minimum ?? -1e15).max(maximum ?? 1e15);
}

/** What the view reads and the key must be there; the table's other columns may be. The entity is named once, beside the rows. */
function rowSchema(table: BackendTable, read: readonly string[]): z.ZodType<PushedRow> {
  const user = userColumnOf(table);
  const columns = tableSpecs[table].columns.filter(({ name }) => name !== user);
  const fields = columns.map((column): [string, z.ZodType<PushedValue>] => {
    const schema = valueSchema(column).describe(column.description);
    if (column.nullable === true) return [column.name, schema.nullish()];
    return [column.name, column.name === 'id' || read.includes(column.name) ? schema : schema.optional()];
  });
  return z.strictObject(Object.fromEntries(fields));
}

/** Tables whose rows may be pushed for a view: what it reads, but for the list of users. */
export const pushableTables = ({ tables }: Pick<FeatureView, 'tables'>): readonly BackendTable[] =>
  tables.filter((table) => table !== 'users' && userColumnOf(table) !== null);

/** Body of a push. */
export interface PushBody {
  readonly entity: string;
  /** ISO 8601. @default now */
  readonly asOf?: string | undefined;
  readonly rows: PushedRows;
}

/** What a push to a view must look like. */
export function pushBody(view: Pick<FeatureView, 'tables' | 'columns'>): z.ZodType<PushBody> {
  const tables = pushableTables(view).map((table) => [
    table,
    z.array(rowSchema(table, view.columns[table]!)).max(MOST_ROWS).optional(),
  ]);
  return z.strictObject({
    entity: boundedText(200).min(1).describe('whose rows they are'),
    asOf: z.iso.datetime({ offset: true }).optional().describe('features know rows before this moment; default: now'),
    rows: z.strictObject(Object.fromEntries(tables)).describe('rows since the last run, by table'),
  });
}

/** Milliseconds of a table's rows by the column that dates them; [] for a table without such. */
export function momentsOf(table: BackendTable, rows: readonly PushedRow[]): number[] {
  const { eventTime } = tableSpecs[table];
  return eventTime === null ? [] : rows.map((row) => Date.parse(String(row[eventTime])));
}

function columnOf({ type }: ColumnSpec, values: readonly PushedValue[]): Column {
  if (type === 'text' || type === 'category')
    return { kind: 'text', values: values.map((value) => (typeof value === 'string' ? value : null)) };
  const isMoment = type === 'timestamp';
  const numbers = values.map((value) => {
    if (value === null || value === undefined) return Number.NaN;
    return isMoment ? Date.parse(value as string) : (value as number);
  });
  return { kind: isMoment ? 'timestamp' : 'number', values: Float64Array.from(numbers) };
}

/** Pushed rows as a table with these columns. */
function tableOf(
  name: BackendTable,
  rows: readonly PushedRow[],
  { columns, entityId }: { readonly columns: readonly string[]; readonly entityId: string },
): Table {
  const user = userColumnOf(name);
  const made = columns.map((column): [string, Column] => {
    const spec = tableSpecs[name].columns.find((each) => each.name === column)!;
    return [
      column,
      columnOf(
        spec,
        rows.map((row) => (column === user ? entityId : row[column])),
      ),
    ];
  });
  return { rowCount: rows.length, columns: Object.fromEntries(made) };
}

/**
 * The stored rows of an entity with pushed ones, in the order of the bytes of their keys, as a snapshot that had them. A
 * pushed row takes the place of the stored one with its key; of two with one key the last counts.
 */
export function withPushed(name: BackendTable, stored: Table, rows: readonly PushedRow[], entityId: string): Table {
  if (rows.length === 0) return stored;
  const byKey = new Map(rows.map((row) => [String(row.id), row]));
  const ids = textColumn(stored, 'id');
  const kept = selectRows(
    stored,
    [...ids.keys()].filter((row) => !byKey.has(ids[row] ?? '')),
  );
  const pushed = tableOf(name, [...byKey.values()], { columns: Object.keys(stored.columns), entityId });
  const joined = concatTables([kept, pushed]);
  const keys = textColumn(joined, 'id').map((id) => Buffer.from(id ?? ''));
  return selectRows(joined, [...keys.keys()].sort((a, b) => Buffer.compare(keys[a]!, keys[b]!))); // prettier-ignore
}
