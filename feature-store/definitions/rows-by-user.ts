import type { SnapshotTables } from '../../contracts/backend.js';
import type {
  GroupedColumns,
  LabelledRows,
  RowsByUser,
  RowsConclusion,
  SnapshotMoment,
} from '../../contracts/model-definition.js';
import type { Column, EncodedValues, Table } from '../../contracts/table.js';
import { columnLength } from '../../learning/encoded-text.js';
import { concatTables, encodedColumn, selectRows, textColumn, timestampColumn } from '../../learning/table.js';
import { sortByEntity } from './event-index.js';

/** Values of a number or timestamp column. */
function valuesOf(table: Table, name: string): Float64Array {
  const column = table.columns[name]!;
  return column.kind === 'text' ? new Float64Array(columnLength(column)).fill(Number.NaN) : column.values;
}

/** Rows by the group that they belong to, with what a computation over groups reads. All arrays are (n,). */
export interface GroupedRows {
  readonly groups: EncodedValues;
  /** Milliseconds. */
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/**
 * The added columns of rows in their order. Rows without a group or a time have the values of no group.
 * @returns (adds, n)
 */
export function computeGrouped(grouped: GroupedColumns, { groups, times, values }: GroupedRows): Float64Array[] {
  const { starts, rows, times: sorted } = sortByEntity(groups, times);
  const ordered = Float64Array.from(rows, (row) => values[row]!);
  const computed = grouped.adds.map(() => new Float64Array(rows.length));
  for (let group = 0; group < groups.words.length; group++) {
    const [from, to] = [starts[group]!, starts[group + 1]!];
    const into = computed.map((column) => column.subarray(from, to));
    if (to > from) grouped.compute(sorted.subarray(from, to), ordered.subarray(from, to), into);
  }
  return computed.map((column, k) => {
    const inRows = new Float64Array(times.length).fill(grouped.ungrouped[k]!);
    rows.forEach((row, i) => (inRows[row] = column[i]!));
    return inRows;
  });
}

/** What `computeGrouped` reads of a table of rows. @throws PipelineError `MISSING_COLUMN`. */
export const groupedRowsOf = (table: Table, { by, time, value }: GroupedColumns): GroupedRows => ({
  groups: encodedColumn(table, by),
  times: timestampColumn(table, time),
  values: valuesOf(table, value),
});

/** The rows with the columns that are computed over groups of them. @throws PipelineError `MISSING_COLUMN`. */
export function addGrouped(table: Table, grouped: GroupedColumns): Table {
  const computed = computeGrouped(grouped, groupedRowsOf(table, grouped));
  const added = grouped.adds.map((name, k): [string, Column] => [name, { kind: 'number', values: computed[k]! }]);
  return { rowCount: table.rowCount, columns: { ...table.columns, ...Object.fromEntries(added) } };
}

function withoutRows(table: Table, leaveOut: RowsConclusion['leaveOut']): Table {
  if (leaveOut === undefined) return table;
  const values = textColumn(table, leaveOut.column);
  return selectRows(
    table,
    [...values.keys()].filter((row) => values[row] !== leaveOut.value),
  );
}

function withUnknown(table: Table, names: readonly string[] = []): Table {
  const unknown = names.map((name): [string, Column] => [
    name,
    { kind: 'number', values: new Float64Array(table.rowCount).fill(Number.NaN) },
  ]);
  return { rowCount: table.rowCount, columns: { ...table.columns, ...Object.fromEntries(unknown) } };
}

/** The rows of all users at once, as they follow from those of parts of them. */
export const rowsOfAll =
  (byUser: RowsByUser) =>
  (tables: SnapshotTables, snapshot: SnapshotMoment): LabelledRows => {
    const { sections, counts } = byUser.rows(tables, snapshot);
    const { notes, leaveOut, unknown } = byUser.conclude(counts);
    const joined = concatTables(sections);
    const table = byUser.grouped === undefined ? joined : addGrouped(joined, byUser.grouped);
    return { table: withUnknown(withoutRows(table, leaveOut), unknown), notes };
  };
