import type { ColumnSpec, DatasetSchema } from '../../../contracts/dataset.js';
import { errorAt } from '../../../contracts/errors.js';
import type { Column, Table } from '../../../contracts/table.js';
import { type Cell, convertText, isMissingCell, NULL_WORDS } from './cells.js';
import { type CellPlace, ColumnReadings, type ReadColumn } from './column-readings.js';
import { momentReader, momentUnits, type MomentUnit, numericMomentReader } from './moment-readings.js';
import { flagReader, integerReader, numberReader } from './number-readings.js';
import { periodReader } from './period-readings.js';
import { unescaped } from './normalise-cell.js';
import type { ReadingOptions } from './reading-options.js';
import type { CellReader } from './readings.js';
import { createResolver, type PendingColumn } from './resolve-readings.js';
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
  /** Where its cells stand; `row number` for a key that the file has not. */
  readonly source?: { readonly kind: string };
}

/** The rows of a file as a table, with remarks on how they are written. */
export interface CollectedRows {
  readonly table: Table;
  readonly remarks: readonly string[];
}

type NumericType = PendingColumn['type'];

interface ColumnSink {
  add(cell: Cell, place: CellPlace): void;
  addMissing(): void;
  /** Text is complete; a column of numbers may have several readings. */
  finish(): Column | ReadColumn;
}

/** A check that rejects a repeated value and names the row of its first occurrence. */
function createDuplicateCheck(): (value: string | number, place: CellPlace) => void {
  const firstRow = new Map<string | number, number>();
  return (value, place) => {
    const earlier = firstRow.get(value);
    if (earlier !== undefined)
      throw errorAt('INVALID_VALUE', place, `found the value of row ${earlier} again, wanted each once`);
    firstRow.set(value, place.row);
  };
}

function createTextSink(checkUnique: ReturnType<typeof createDuplicateCheck> | null): ColumnSink {
  const values: (string | null)[] = [];
  return {
    add(cell, place) {
      const converted = convertText(cell);
      if (!('value' in converted))
        throw errorAt('INVALID_VALUE', place, `found ${converted.found}, wanted ${converted.wanted}`);
      checkUnique?.(converted.value, place);
      values.push(converted.value);
    },
    addMissing: () => void values.push(null),
    finish: () => ({ kind: 'text', values }),
  };
}

const readers = { number: numberReader, integer: integerReader, flag: flagReader, timestamp: momentReader } as const;

const isUnit = (format: string | undefined): format is MomentUnit =>
  format !== undefined && Object.hasOwn(momentUnits, format);

type NumericSpec = Pick<ColumnSpec, 'periods'> & { readonly type: NumericType };

function readerOf({ type, periods }: NumericSpec, { dateFormat }: ReadingOptions): CellReader {
  if (type === 'timestamp' && isUnit(dateFormat)) return numericMomentReader(dateFormat);
  return type === 'timestamp' && periods === true ? periodReader : readers[type];
}

/** All readings, or the one that the user names. */
function admittedReadings(type: NumericType, { names }: CellReader, options: ReadingOptions): number[] {
  const named = type === 'timestamp' ? options.dateFormat : options.decimal;
  const all = names.map((_, i) => i);
  const only = all.filter((i) => names[i] === named);
  return only.length > 0 ? only : all;
}

function createNumericSink(
  spec: NumericSpec,
  options: ReadingOptions,
  checkUnique: ReturnType<typeof createDuplicateCheck> | null,
): ColumnSink {
  const reader = readerOf(spec, options);
  const readings = new ColumnReadings(reader, admittedReadings(spec.type, reader, options));
  return {
    add(cell, place) {
      const value = readings.add(cell, place);
      checkUnique?.(value, place);
    },
    addMissing: () => readings.addMissing(),
    finish: () => readings.finish(),
  };
}

/** Notes of how moments are written; numbers of seconds since the epoch need no clock. */
function createOffsetSink({ dateFormat }: ReadingOptions): ColumnSink {
  const sink = createClockSink();
  const exact = isUnit(dateFormat) && dateFormat !== 'spreadsheet';
  return {
    add: (cell) => sink.add(exact ? null : cell),
    addMissing: () => sink.add(null),
    finish: () => sink.finish(),
  };
}

function createColumnSink(spec: ColumnSpec, unique: boolean, options: ReadingOptions): ColumnSink {
  const { type, periods = false } = spec;
  if (spec.clockOf !== undefined) return createOffsetSink(options);
  const checkUnique = unique ? createDuplicateCheck() : null;
  return type === 'text' || type === 'category'
    ? createTextSink(checkUnique)
    : createNumericSink({ type, periods }, options, checkUnique);
}

/** Words that stand for a missing value in a column: the usual ones where no text is expected, and those of the user. */
export function nullWordsOf({ type }: Pick<ColumnSpec, 'type'>, { nulls = [] }: ReadingOptions): readonly string[] {
  const isText = type === 'text' || type === 'category';
  return [...(isText ? [] : NULL_WORDS), ...nulls.map((word) => word.trim().toLowerCase())];
}

const isReadColumn = (finished: Column | ReadColumn): finished is ReadColumn => 'fitting' in finished;

/** How the reader of a file's rows treats them. */
export interface SinkTarget {
  readonly file: string;
  readonly schema: Pick<DatasetSchema, 'key' | 'label'>;
  readonly columns: readonly FileColumn[];
  readonly options: ReadingOptions;
  /** Of a CSV file. */
  readonly delimiter: string | null;
  /** Columns of text whose blanks count, as where annotations are counted in characters. @default none */
  readonly verbatim?: readonly string[];
  /** Of the customers' clocks, for moments without a zone in columns that a clock belongs to. */
  readonly timeZone: string;
}

/** Cuts blanks, and signs by which spreadsheets mark a text, from the ends of a column's cells. */
function createTrim({ spec }: FileColumn, verbatim: readonly string[]) {
  const isText = spec.type === 'text' || spec.type === 'category';
  let count = 0;
  const cut = (cell: string): string => {
    const text = unescaped(cell).trim();
    if (text !== cell && text !== '') count += 1;
    return text;
  };
  return {
    apply: (cell: Cell): Cell =>
      isText && typeof cell === 'string' && !verbatim.includes(spec.name) ? cut(cell) : cell,
    count: (): number => count,
  };
}

/**
 * Builds a table row by row. Each cell is checked for type and presence, and the first fault is thrown. How numbers and
 * dates are written is decided over each column. A missing label is left to the caller, ranges and categories to
 * validation, which counts all faults.
 * @throws PipelineError `INVALID_VALUE` with file, row, line and column.
 */
export function createRowSink({ file, schema, columns, options, delimiter, timeZone, verbatim = [] }: SinkTarget) {
  const sinks = columns.map(({ spec }) =>
    createColumnSink(spec, spec.unique === true || spec.name === schema.key, options),
  );
  const nullWords = columns.map(({ spec }) => nullWordsOf(spec, options));
  const mayBeMissing = columns.map(
    ({ spec }) => spec.nullable === true || spec.clockOf !== undefined || spec.name === schema.label,
  );
  const trims = columns.map((column) => createTrim(column, verbatim));
  let rows = 0;

  function addCell(written: Cell, index: number, line: number): void {
    const { spec, nameInFile, source } = columns[index]!;
    const place = { file, row: rows, line, column: nameInFile };
    const cell = trims[index]!.apply(written);
    if (source?.kind === 'row number') sinks[index]!.add(String(rows), place);
    else if (!isMissingCell(cell, nullWords[index])) sinks[index]!.add(cell, place);
    else if (mayBeMissing[index] === true) sinks[index]!.addMissing();
    else throw errorAt('INVALID_VALUE', place, `found nothing, wanted a ${spec.type}`);
  }

  return {
    add({ line, cells }: DataRow): void {
      rows += 1;
      for (let index = 0; index < sinks.length; index++) addCell(cells[index], index, line);
    },
    finish(): CollectedRows {
      const finished = sinks.map((sink) => sink.finish());
      const { table, remarks } = finishColumns(file, columns, { finished, delimiter, rows });
      const specs = columns.map(({ spec }) => spec);
      const trimmed = trims.flatMap(({ count }, i) => (count() > 0 ? [`${columns[i]!.nameInFile} (${count()})`] : []));
      const said =
        trimmed.length === 0 ? [] : [`cells without the blanks or signs around their text: ${trimmed.join(', ')}`];
      return { table: placeOnClocks(table, specs, timeZone), remarks: [...remarks, ...said] };
    },
  };
}

interface Finished {
  readonly finished: readonly (Column | ReadColumn)[];
  readonly delimiter: string | null;
  readonly rows: number;
}

function finishColumns(
  file: string,
  columns: readonly FileColumn[],
  { finished, delimiter, rows }: Finished,
): CollectedRows {
  const pending = columns.map(({ spec, nameInFile }, i): PendingColumn | null => {
    const read = finished[i]!;
    return isReadColumn(read) ? { name: nameInFile, type: spec.type as NumericType, read } : null;
  });
  const resolve = createResolver(
    file,
    pending.filter((column) => column !== null),
    delimiter,
  );
  const byRemark = new Map<string, string[]>();
  const entries = columns.map(({ spec, nameInFile }, i): [string, Column] => {
    const column = pending[i] ?? null;
    if (column === null) return [spec.name, finished[i] as Column];
    const { values, remarks } = resolve(column);
    for (const remark of remarks) byRemark.set(remark, [...(byRemark.get(remark) ?? []), nameInFile]);
    return [spec.name, { kind: spec.type === 'timestamp' ? 'timestamp' : 'number', values }];
  });
  const remarks = [...byRemark].map(([remark, names]) => `${remark}: ${names.join(', ')}`);
  return { table: { rowCount: rows, columns: Object.fromEntries(entries) }, remarks };
}
