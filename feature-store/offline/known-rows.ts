import type { BackendTable, SnapshotTables } from '../../contracts/backend.js';
import type { Column, Table } from '../../contracts/table.js';
import { userColumnOf } from '../../datasets/snapshots/buckets.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import { encodedColumn, selectRows, textColumn } from '../../learning/table.js';

/** Columns that are written together with a date; with the date they become known. */
const writtenWith: Readonly<Record<string, readonly string[]>> = {
  paid_at: ['amount_paid'],
  outcome_at: ['outcome'],
  intent_labelled_at: ['intent'],
};

/** A date of the past in any case. */
const BIRTH = 'birth_date';

/** An application is extracted once it is decided. */
const arrives: Readonly<Partial<Record<BackendTable, string>>> = { credit_applications: 'decided_at' };

const mapTables = (tables: SnapshotTables, change: (table: Table, name: BackendTable) => Table): SnapshotTables =>
  Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, change(table, name as BackendTable)]));

/** The rows of some users, and those of tables that have no column of the user. */
export function rowsOfUsers(tables: SnapshotTables, users: ReadonlySet<string>): SnapshotTables {
  return mapTables(tables, (table, name) => {
    const column = userColumnOf(name);
    if (column === null || table.columns[column] === undefined) return table;
    const { codes, words } = encodedColumn(table, column);
    const isWanted = words.map((word) => users.has(word));
    const rows: number[] = [];
    for (let row = 0; row < codes.length; row++) if (codes[row]! < 0 || isWanted[codes[row]!]) rows.push(row);
    return selectRows(table, rows);
  });
}

/** What may be known of tables at a moment. */
export interface KnownAt {
  /** Milliseconds; rows and dates at or after it are not known. */
  readonly moment: number;
  /** Id of a row that is known as it is, label included; null: none. */
  readonly except: string | null;
  /** Whether rows of a table whose event time was not loaded are known: nobody can have told them by time. */
  readonly undated: boolean;
}

function timesOf(table: Table, name: string | null | undefined): Float64Array | null {
  const column = name === null || name === undefined ? undefined : table.columns[name];
  return column === undefined || column.kind === 'text' ? null : column.values;
}

function withoutLater(column: Column, isLater: (row: number) => boolean): Column {
  if (column.kind === 'text')
    return { kind: 'text', values: column.values.map((value, row) => (isLater(row) ? null : value)) };
  return { kind: column.kind, values: column.values.map((value, row) => (isLater(row) ? Number.NaN : value)) };
}

/** Hides dates of a table that lie at or after the moment, and what is written with them. */
function hideLater(table: Table, name: BackendTable, moment: number, isExcepted: (row: number) => boolean): Table {
  const { eventTime, columns: specs } = tableSpecs[name];
  const columns: Record<string, Column> = { ...table.columns };
  for (const { name: date, type } of specs) {
    const times = timesOf(table, date);
    if (type !== 'timestamp' || date === eventTime || date === BIRTH || times === null) continue;
    const isLater = (row: number): boolean => times[row]! >= moment && !isExcepted(row);
    for (const hidden of [date, ...(writtenWith[date] ?? [])])
      if (columns[hidden] !== undefined) columns[hidden] = withoutLater(columns[hidden], isLater);
  }
  return { rowCount: table.rowCount, columns };
}

/**
 * The tables as they were known strictly before a moment: without later rows, and with later dates unknown.
 * @param tables - few rows: O(rows × columns).
 */
export function knownAt(tables: SnapshotTables, { moment, except, undated }: KnownAt): SnapshotTables {
  return mapTables(tables, (table, name) => {
    const { eventTime } = tableSpecs[name];
    const [times, arrival] = [timesOf(table, eventTime), timesOf(table, arrives[name])];
    const ids = except === null || table.columns.id === undefined ? null : textColumn(table, 'id');
    const isExcepted = (row: number): boolean => ids !== null && ids[row] === except;
    const isKnown = (row: number): boolean =>
      times === null
        ? undated || eventTime === null
        : times[row]! < moment && !(arrival !== null && arrival[row]! >= moment);
    const rows = Array.from({ length: table.rowCount }, (_, row) => row);
    const kept = rows.filter((row) => isExcepted(row) || isKnown(row));
    const known = selectRows(table, kept);
    return hideLater(known, name, moment, (row) => isExcepted(kept[row]!));
  });
}
