import type { ColumnSpec, FileFormat } from '../../../contracts/dataset.js';
import { type DataPlace, errorAt } from '../../../contracts/errors.js';
import type { Column, Table } from '../../../contracts/table.js';
import { type Cell, type Converted, convertNumber, convertText, isMissingCell } from './cells.js';
import { createClockSink, placeOnClocks } from './written-clocks.js';

/** One record, with a cell for each requested column in their order. */
export interface DataRow {
  /** Line of the unpacked text on which the record starts, from 1. */
  readonly line: number;
  readonly cells: readonly Cell[];
}

/** A column of the schema that is read from the file, with its name in the file. */
export interface FileColumn {
  readonly spec: ColumnSpec;
  readonly nameInFile: string;
}

/** The schema's columns except those that the format derives. */
export function fileColumns({ schema, renames = {}, derivedColumns = [] }: FileFormat): readonly FileColumn[] {
  return schema.columns
    .filter(({ name }) => !derivedColumns.includes(name))
    .map((spec) => {
      const name = spec.clockOf ?? spec.name;
      return { spec, nameInFile: renames[name] ?? name };
    });
}

/** A Float64Array that grows by doubling. */
class GrowingNumbers {
  #values = new Float64Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(2 * this.#length);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  finish(): Float64Array {
    return this.#values.slice(0, this.#length);
  }
}

type RowPlace = DataPlace & { readonly row: number };

interface ColumnSink {
  add(cell: Cell, place: RowPlace): void;
  finish(): Column;
}

function valueOr<T>(converted: Converted<T>, place: RowPlace, column: string): T {
  if ('value' in converted) return converted.value;
  const { found, wanted } = converted;
  throw errorAt('INVALID_VALUE', { ...place, column }, `found ${found}, wanted ${wanted}`);
}

function checkMissing({ spec, nameInFile }: FileColumn, place: RowPlace): void {
  if (spec.nullable === true) return;
  throw errorAt('INVALID_VALUE', { ...place, column: nameInFile }, `found nothing, wanted a ${spec.type}`);
}

/** A check that rejects a repeated value and names the row of its first occurrence. */
function createDuplicateCheck(column: string): (value: string | number, place: RowPlace) => void {
  const firstRow = new Map<string | number, number>();
  return (value, place) => {
    const earlier = firstRow.get(value);
    if (earlier !== undefined)
      throw errorAt('INVALID_VALUE', { ...place, column }, `found the value of row ${earlier} again, wanted each once`);
    firstRow.set(value, place.row);
  };
}

function createColumnSink(column: FileColumn, unique: boolean): ColumnSink {
  if (column.spec.clockOf !== undefined) return createClockSink();
  const { spec, nameInFile } = column;
  const checkUnique = unique ? createDuplicateCheck(nameInFile) : null;
  if (spec.type === 'text' || spec.type === 'category') {
    const values: (string | null)[] = [];
    const add = (cell: Cell, place: RowPlace): void => {
      const value = valueOr(convertText(cell), place, nameInFile);
      checkUnique?.(value, place);
      values.push(value);
    };
    const addMissing = (): void => void values.push(null);
    return withMissing(column, { add, addMissing, finish: () => ({ kind: 'text', values }) });
  }
  const { type } = spec;
  const values = new GrowingNumbers();
  const add = (cell: Cell, place: RowPlace): void => {
    const value = valueOr(convertNumber(type, cell), place, nameInFile);
    checkUnique?.(value, place);
    values.push(value);
  };
  const kind = type === 'timestamp' ? 'timestamp' : 'number';
  const addMissing = (): void => values.push(Number.NaN);
  return withMissing(column, { add, addMissing, finish: () => ({ kind, values: values.finish() }) });
}

function withMissing(column: FileColumn, sink: ColumnSink & { addMissing(): void }): ColumnSink {
  return {
    finish: () => sink.finish(),
    add(cell, place) {
      if (isMissingCell(cell)) {
        checkMissing(column, place);
        sink.addMissing();
      } else sink.add(cell, place);
    },
  };
}

/**
 * Builds a table row by row. Each cell is converted and checked for type and presence, and the first fault is thrown.
 * Ranges and categories are left to validation, which counts all faults.
 * @param timeZone - of the customers' clocks, for moments without a zone in columns that a clock belongs to.
 * @throws PipelineError `INVALID_VALUE` with file, row, line and column.
 */
export function createRowSink(
  file: string,
  { schema }: FileFormat,
  { columns, timeZone }: { readonly columns: readonly FileColumn[]; readonly timeZone: string },
) {
  const sinks = columns.map((column) =>
    createColumnSink(column, column.spec.unique === true || column.spec.name === schema.key),
  );
  let rows = 0;
  return {
    add({ line, cells }: DataRow): void {
      rows += 1;
      const place = { file, row: rows, line };
      for (const [index, sink] of sinks.entries()) sink.add(cells[index], place);
    },
    finish(): Table {
      const entries = columns.map(({ spec }, index): [string, Column] => [spec.name, sinks[index]!.finish()]);
      const table = { rowCount: rows, columns: Object.fromEntries(entries) };
      return placeOnClocks(
        table,
        schema.columns.filter(({ name }) => table.columns[name] !== undefined),
        timeZone,
      );
    },
  };
}
