import type { ColumnKind } from '../../../contracts/table-schema.js';
import type { Column } from '../../../contracts/table.js';
import { type Cell, convertText, isMissingCell, NULL_WORDS } from '../files/cells.js';
import { ColumnReadings } from '../files/column-readings.js';
import { momentReader } from '../files/moment-readings.js';
import { flagReader, integerReader, numberReader } from '../files/number-readings.js';
import type { ReadingOptions } from '../files/reading-options.js';
import type { CellReader } from '../files/readings.js';
import { createRowSink } from '../files/row-sink.js';
import type { RawTable } from './read-cells.js';

/** What was found in one column. */
export interface DetectedColumn {
  readonly name: string;
  /** `empty`: no cell has a value. `text`: more different words than a closed list should hold. */
  readonly kind: ColumnKind | 'empty';
  readonly missing: number;
  /** Different values, as they are written. */
  readonly distinct: number;
  /** Of numbers; null otherwise. */
  readonly range: { readonly minimum: number; readonly maximum: number } | null;
  /** The values, ascending, where there are few. */
  readonly values: readonly string[] | null;
}

/** A closed list has at most so many words, */
const MOST_WORDS = 50;
/** and each of them stands in so many rows on average. */
const ROWS_A_WORD = 5;

const FILE = 'file';

/** Whether one way of writing fits all cells. */
function fits(reader: CellReader, name: string, cells: readonly Cell[]): boolean {
  const readings = new ColumnReadings(reader);
  try {
    cells.forEach((cell, i) => readings.add(cell, { file: FILE, row: i + 1, column: name }));
    return true;
  } catch {
    return false; // the first cell that no reading fits
  }
}

/** A cell as text; empty where it is no scalar. */
export const textOf = (cell: Cell): string => {
  const converted = convertText(cell);
  return 'value' in converted ? converted.value : '';
};

/** Digits without a mark that could separate groups or a fraction. */
const PLAIN_WHOLE = /^\s*[+-]?\d+\s*$/;
const DATE_NAME = /date|time|day|_at$|[a-z]At$|[a-z]On$/;

function numericKind(name: string, cells: readonly Cell[]): ColumnKind | null {
  if (fits(flagReader, name, cells)) return 'flag';
  const isDate = fits(momentReader, name, cells);
  // 20260131 is a whole number too.
  if (isDate && DATE_NAME.test(name)) return 'timestamp';
  // 12.345 may be a fraction or a whole number in groups: then reading the numbers decides, or asks.
  if (cells.every((cell) => PLAIN_WHOLE.test(textOf(cell))) && fits(integerReader, name, cells)) return 'integer';
  if (fits(numberReader, name, cells)) return 'number';
  return isDate ? 'timestamp' : null;
}

function detectColumn(name: string, all: readonly Cell[], nulls: readonly string[]): Omit<DetectedColumn, 'range'> {
  const written = all.filter((cell) => !isMissingCell(cell, nulls));
  const cells = written.filter((cell) => !isMissingCell(cell, NULL_WORDS));
  if (cells.length === 0) return { name, kind: 'empty', missing: all.length, distinct: 0, values: null };
  const numeric = numericKind(name, cells);
  // In words, NA may be one of them.
  const kept = numeric === null ? written : cells;
  const values = [...new Set(kept.map(textOf))].sort();
  const few = values.length <= MOST_WORDS && kept.length >= ROWS_A_WORD * values.length;
  const kind = numeric ?? (few ? 'category' : 'text');
  const facts = { name, kind, missing: all.length - kept.length, distinct: values.length };
  return { ...facts, values: few ? values : null };
}

function rangeOf(column: Column | undefined): DetectedColumn['range'] {
  if (column === undefined || column.kind === 'text') return null;
  let [minimum, maximum] = [Infinity, -Infinity];
  for (const value of column.values) {
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  return maximum < minimum ? null : { minimum, maximum };
}

/** The numbers of a table, whose way of writing is decided over all columns. @throws PipelineError `INVALID_VALUE`. */
function rangesOf(
  { fileName, names, cells, rowCount, delimiter }: RawTable,
  kinds: readonly DetectedColumn['kind'][],
  options: ReadingOptions,
): DetectedColumn['range'][] {
  const numeric = names.flatMap((name, i) => {
    const type = kinds[i]!;
    return type === 'number' || type === 'integer' || type === 'timestamp' ? [{ name, i, type }] : [];
  });
  const columns = numeric.map(({ name, type }) => ({
    spec: { name, type, nullable: true, description: name },
    nameInFile: name,
  }));
  const target = { file: fileName, schema: { key: '', label: '' }, columns, options, delimiter, timeZone: 'UTC' };
  const sink = createRowSink(target);
  for (let row = 0; row < rowCount; row++) sink.add({ line: row + 1, cells: numeric.map(({ i }) => cells[i]![row]) });
  const { table } = sink.finish();
  return names.map((name) => rangeOf(table.columns[name]));
}

/**
 * Kind, gaps, range and words of every column.
 * @throws PipelineError `INVALID_VALUE` for numbers or dates that can be read in two ways, naming the option that decides.
 */
export function detectKinds(raw: RawTable, options: ReadingOptions = {}): DetectedColumn[] {
  const nulls = (options.nulls ?? []).map((word) => word.trim().toLowerCase());
  const found = raw.names.map((name, i) => detectColumn(name, raw.cells[i]!, nulls));
  const ranges = rangesOf(
    raw,
    found.map(({ kind }) => kind),
    options,
  );
  return found.map((column, i) => ({ ...column, range: ranges[i]! }));
}
