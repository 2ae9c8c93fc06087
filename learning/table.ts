import { PipelineError } from '../contracts/errors.js';
import type { BackendTable, SnapshotTables } from '../contracts/backend.js';
import type { Column, ColumnKind, EncodedValues, Table } from '../contracts/table.js';
import { countMismatch, missingColumn, rowOutside } from './checks.js';
import { columnLength, encode, encodedText, pickCodes, pickStored, storedText } from './encoded-text.js';

/** A table of a snapshot. @throws PipelineError `DATASET_NOT_FOUND` when the snapshot lacks it. */
export function snapshotTable(tables: SnapshotTables, name: BackendTable): Table {
  const table = tables[name];
  if (table !== undefined) return table;
  throw new PipelineError('DATASET_NOT_FOUND', `the snapshot has no table "${name}"`, { table: name });
}

/**
 * A column of this kind, whatever form its values are in.
 * @throws PipelineError `MISSING_COLUMN` when it is absent or of another kind.
 */
export function columnOf<Kind extends ColumnKind>(
  table: Table,
  name: string,
  kind: Kind,
): Extract<Column, { kind: Kind }> {
  const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
  if (column?.kind === kind) return column as Extract<Column, { kind: Kind }>;
  const details = { column: name, wanted: kind };
  if (column === undefined) throw missingColumn(name, Object.keys(table.columns), details);
  throw new PipelineError('MISSING_COLUMN', `column "${name}" is a ${column.kind} column, wanted ${kind}`, details);
}

/**
 * The values of a number column, not copied; NaN is missing.
 * @throws PipelineError `MISSING_COLUMN` when it is absent or of another kind.
 */
export function numberColumn(table: Table, name: string): Float64Array {
  return columnOf(table, name, 'number').values;
}

/**
 * The values of a timestamp column in milliseconds since the epoch, not copied; NaN is missing.
 * @throws PipelineError `MISSING_COLUMN` when it is absent or of another kind.
 */
export function timestampColumn(table: Table, name: string): Float64Array {
  return columnOf(table, name, 'timestamp').values;
}

/**
 * The values of a text column, not copied; null is missing.
 * @throws PipelineError `MISSING_COLUMN` when it is absent or of another kind.
 */
export function textColumn(table: Table, name: string): readonly (string | null)[] {
  return columnOf(table, name, 'text').values;
}

/**
 * The values of a text column as codes, its own where it was read so; not copied.
 * @throws PipelineError `MISSING_COLUMN` when it is absent or of another kind.
 */
export function encodedColumn(table: Table, name: string): EncodedValues {
  const column = columnOf(table, name, 'text');
  return column.encoded ?? encode(column.values);
}

function pickNumbers(values: Float64Array, indices: ArrayLike<number>): Float64Array {
  const picked = new Float64Array(indices.length);
  for (let i = 0; i < indices.length; i++) picked[i] = values[indices[i]!]!;
  return picked;
}

function pickRows(column: Column, indices: ArrayLike<number>): Column {
  if (column.kind !== 'text') return { kind: column.kind, values: pickNumbers(column.values, indices) };
  if (column.encoded !== undefined) return encodedText(pickCodes(column.encoded, indices));
  if (column.stored !== undefined) return storedText(pickStored(column.stored, indices));
  const { values } = column;
  const picked = new Array<string | null>(indices.length);
  for (let i = 0; i < indices.length; i++) picked[i] = values[indices[i]!]!;
  return { kind: 'text', values: picked };
}

function requireRows(table: Table, indices: ArrayLike<number>): void {
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i]!;
    if (Number.isInteger(row) && row >= 0 && row < table.rowCount) continue;
    throw rowOutside(row, 'table', table.rowCount);
  }
}

/**
 * A new table with these rows in this order; a row may be named more than once.
 * @throws PipelineError `SHAPE_MISMATCH` for an index outside the table.
 */
export function selectRows(table: Table, indices: ArrayLike<number>): Table {
  requireRows(table, indices);
  const columns = Object.entries(table.columns).map(([name, column]) => [name, pickRows(column, indices)] as const);
  return { rowCount: indices.length, columns: Object.fromEntries(columns) };
}

/**
 * A new table with the column added at the end, or replaced in its place. The other columns are shared, not copied.
 * @throws PipelineError `SHAPE_MISMATCH` when the lengths differ.
 */
export function withColumn(table: Table, name: string, column: Column): Table {
  if (columnLength(column) !== table.rowCount)
    throw countMismatch(`column "${name}"`, columnLength(column), table.rowCount, { details: { column: name } });
  return { rowCount: table.rowCount, columns: { ...table.columns, [name]: column } };
}

function concatColumns(parts: readonly Column[], name: string): Column {
  const [first] = parts;
  const other = parts.find(({ kind }) => kind !== first!.kind);
  if (other !== undefined)
    throw new PipelineError('SHAPE_MISMATCH', `column "${name}" is a ${first!.kind} and a ${other.kind} column`);
  if (first!.kind === 'text')
    return { kind: 'text', values: parts.flatMap(({ values }) => values as readonly string[]) };
  const values = new Float64Array(parts.reduce((sum, part) => sum + part.values.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part.values as Float64Array, at);
    at += part.values.length;
  }
  return { kind: first!.kind, values };
}

/**
 * The rows of all tables in order; they have the same columns.
 * @throws PipelineError `SHAPE_MISMATCH` without a table, or for columns that differ.
 */
export function concatTables(tables: readonly Table[]): Table {
  const [first, ...others] = tables;
  if (first === undefined) throw new PipelineError('SHAPE_MISMATCH', 'there is no table to take rows from');
  if (others.length === 0) return first;
  const names = Object.keys(first.columns);
  const columns = names.map((name): [string, Column] => {
    const parts = tables.map((table) => table.columns[name]);
    if (parts.includes(undefined)) throw missingColumn(name, names);
    return [name, concatColumns(parts as Column[], name)];
  });
  return { rowCount: tables.reduce((sum, table) => sum + table.rowCount, 0), columns: Object.fromEntries(columns) };
}
