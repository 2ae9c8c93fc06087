import type { SnapshotTables } from '../../contracts/backend.js';
import type { ColumnSpec } from '../../contracts/dataset.js';
import type { LabelledRows } from '../../contracts/model-definition.js';
import { textsOf, timesOf } from './columns.js';
import { DAY_MS, type Span } from './event-index.js';

/** The label of a customer in a window; NaN leaves the row out. */
export type LabelFunction = (customer: string, window: Span) => number;

/** Length and number of the windows, and their label. */
export interface LabelWindows {
  /** Length of a window; windows do not overlap. */
  readonly days: number;
  /** Number of windows for each customer; the last one ends with the data. */
  readonly count: number;
  readonly label: LabelFunction;
}

/** Columns of the table that `labelWindows` returns, without `label`. */
export const windowColumns: readonly ColumnSpec[] = [
  { name: 'rowId', type: 'text', unique: true, description: 'Customer and first day of the window.' },
  { name: 'entity_id', type: 'text', description: 'The customer.' },
  { name: 'as_of', type: 'timestamp', description: 'Start of the window; features are from strictly before.' },
];

/** One millisecond after the last booking, at most `asOf`: no window extends beyond the known data. */
function endOfData({ transactions }: SnapshotTables, asOf: number): number {
  let latest = -Infinity;
  for (const time of timesOf(transactions, 'booked_at')) if (time > latest) latest = time;
  return Math.min(asOf, latest + 1);
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/**
 * Labelled rows of all customers for several windows: `as_of` is the start of a window, and the label describes what
 * happens in it. Needs the tables `users` and `transactions`. Calls `label` O(customers · count) times.
 * @returns a table with `windowColumns` and `label`, by customer, the newest window first.
 */
export function labelWindows(tables: SnapshotTables, asOf: number, { days, count, label }: LabelWindows): LabelledRows {
  const until = endOfData(tables, asOf);
  const customers = textsOf(tables.users, 'id').filter((id) => id !== null);
  const starts = Array.from({ length: count }, (_, k) => until - (k + 1) * days * DAY_MS);
  const rows = customers.flatMap((customer) =>
    starts.map((since) => ({ customer, since, label: label(customer, { since, before: since + days * DAY_MS }) })),
  );
  const known = rows.filter((row) => !Number.isNaN(row.label));
  const numbers = (value: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(known, value);
  const table = {
    rowCount: known.length,
    columns: {
      rowId: { kind: 'text' as const, values: known.map(({ customer, since }) => `${customer} ${dayOf(since)}`) },
      entity_id: { kind: 'text' as const, values: known.map(({ customer }) => customer) },
      as_of: { kind: 'timestamp' as const, values: numbers(({ since }) => since) },
      label: { kind: 'number' as const, values: numbers((row) => row.label) },
    },
  };
  return { table, notes: [`${known.length} of ${rows.length} windows of ${days} days have a label`] };
}
