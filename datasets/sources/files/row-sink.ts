import { errorAt } from '../../../contracts/errors.js';
import type { ColumnSpec, FileFormat } from '../../../contracts/dataset.js';
import type { Column, Table } from '../../../contracts/table.js';
import { type Cell, type Converted, convertNumber, convertText, isMissingCell } from './cells.js';

/** One record: a cell for each of the file's columns that the format reads, in the order asked for. */
export interface DataRow {
  /** Line of the unpacked text that the record starts on, from 1. */
  readonly line: number;
  readonly cells: readonly Cell[];
}

/** A column of the schema that the file holds, with its name there. */
export interface FileColumn {
  readonly spec: ColumnSpec;
  readonly nameInFile: string;
}

/** The schema's columns without those that the format derives. */
export function fileColumns({ schema, renames = {}, derivedColumns = [] }: FileFormat): readonly FileColumn[] {
  return schema.columns
    .filter(({ name }) => !derivedColumns.includes(name))
    .map((spec) => ({ spec, nameInFile: renames[spec.name] ?? spec.name }));
}

/** Float64Array that grows by doubling. */
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

interface Place {
  readonly file: string;
  readonly row: number;
  readonly line: number;
}

interface ColumnSink {
  add(cell: Cell, place: Place): void;
  finish(): Column;
}

function valueOr<T>(converted: Converted<T>, place: Place, column: string): T {
  if ('value' in converted) return converted.value;
  const { found, wanted } = converted;
  throw errorAt('INVALID_VALUE', { ...place, column }, `found ${found}, wanted ${wanted}`);
}

function checkMissing({ spec, nameInFile }: FileColumn, place: Place): void {
  if (spec.nullable === true) return;
  throw errorAt('INVALID_VALUE', { ...place, column: nameInFile }, `found nothing, wanted a ${spec.type}`);
}

/** Remembers in which row a value stood first, for columns whose values must differ. */
function createDuplicateCheck(column: string): (value: string | number, place: Place) => void {
  const firstRow = new Map<string | number, number>();
  return (value, place) => {
    const earlier = firstRow.get(value);
    if (earlier !== undefined)
      throw errorAt('INVALID_VALUE', { ...place, column }, `found the value of row ${earlier} again, wanted each once`);
    firstRow.set(value, place.row);
  };
}

function createColumnSink(column: FileColumn, unique: boolean): ColumnSink {
  const { spec, nameInFile } = column;
  const checkUnique = unique ? createDuplicateCheck(nameInFile) : null;
  if (spec.type === 'text' || spec.type === 'category') {
    const values: (string | null)[] = [];
    const add = (cell: Cell, place: Place): void => {
      const value = valueOr(convertText(cell), place, nameInFile);
      checkUnique?.(value, place);
      values.push(value);
    };
    const addMissing = (): void => void values.push(null);
    return withMissing(column, { add, addMissing, finish: () => ({ kind: 'text', values }) });
  }
  const { type } = spec;
  const values = new GrowingNumbers();
  const add = (cell: Cell, place: Place): void => {
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
 * Builds a table row by row, each cell converted and checked for type and presence at once, so that the first fault
 * ends the reading. Ranges and categories are left to validation, which counts.
 * @throws PipelineError `INVALID_VALUE` with file, row, line and column.
 */
export function createRowSink(file: string, { schema }: FileFormat, columns: readonly FileColumn[]) {
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
      return { rowCount: rows, columns: Object.fromEntries(entries) };
    },
  };
}
