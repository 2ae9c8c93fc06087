import { z } from 'zod';
import type { DatasetSchema, FeatureSpec } from '../../../contracts/dataset.js';
import { errorAt } from '../../../contracts/errors.js';
import type { Table } from '../../../contracts/table.js';
import { groupBy } from '../../../learning/group-by.js';
import { numberColumn, textColumn } from '../../../learning/table.js';
import type { Clock } from '../../../learning/time-series/calendar/index.js';
import { columnNames } from '../data/columns.js';
import type { AnomalyParams } from '../params.js';
import { chooseSignals, plainSignal, type Signal, signalOf } from './signals.js';
import type { EncodableRows } from './encodable-rows.js';
import { rowsOfTable, type TableColumn, tableColumns } from './table-columns.js';

export type { EncodableRows } from './encodable-rows.js';

/** Categories with an indicator of their own. */
const MOST_CATEGORIES = 64;

/** How a row becomes the graphs' inputs: kept in the artefact, read by the predictor. */
export const encoding = z.strictObject({
  schemaVersion: z.literal(1),
  /** Inputs of the forests; `fill` replaces an unknown value. */
  signals: z.array(z.strictObject({ name: z.string(), fill: z.number() })),
  /** Inputs of the boosted trees: numbers by name, NaN where unknown, */
  numbers: z.array(z.string()),
  /** and one indicator a category; empty where the layout has no category. */
  categories: z.array(z.string()),
  /** True when a request may name a category. */
  hasCategory: z.boolean(),
  /** Zone of the customers' clocks. Absent in older artefacts: UTC. */
  timeZone: z.string().optional(),
  /** Fewest inputs that are known in a request that is answered. Absent in older artefacts: 1. */
  fewestKnown: z.int().nonnegative().optional(),
  /** Of a table of any layout, whose columns are the signals; absent for transactions. */
  table: tableColumns.optional(),
});
export type Encoding = z.infer<typeof encoding>;

/** The clock of times that name none. */
export const clockOf = ({ timeZone = 'UTC' }: Pick<Encoding, 'timeZone'>): Clock => timeZone;

/** @throws PipelineError `NOT_FINITE` for ±∞, naming row and column. */
function requireFinite(values: Float64Array, column: string): Float64Array {
  const row = values.findIndex((value) => value === Infinity || value === -Infinity);
  if (row < 0) return values;
  throw errorAt('NOT_FINITE', { row: row + 1, column }, 'the number is not finite');
}

/** Rows of a row-major block of `width` columns. */
export function pickRows(values: Float32Array, width: number, rows: readonly number[]): Float32Array {
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, i) => picked.set(values.subarray(row * width, (row + 1) * width), i * width));
  return picked;
}

const isNumeric = ({ kind }: FeatureSpec): boolean => kind === 'numeric';

/**
 * A table's rows as the encoding asks for them.
 * @param columns - of a table of any layout.
 * @throws PipelineError `MISSING_COLUMN`, `NOT_FINITE`.
 */
export function tableRows(
  { features }: DatasetSchema,
  table: Table,
  columns: readonly TableColumn[] | null = null,
): EncodableRows {
  if (columns !== null) return rowsOfTable(columns, table);
  return transactionRows(features, table);
}

function transactionRows(features: readonly FeatureSpec[], table: Table): EncodableRows {
  const numeric = features.filter(isNumeric).map(({ name }) => name);
  const columns = new Map(numeric.map((name) => [name, requireFinite(numberColumn(table, name), name)]));
  const named = features.some(({ name }) => name === columnNames.category);
  const categories = named ? textColumn(table, columnNames.category) : [];
  return {
    count: table.rowCount,
    number: (row, feature) => columns.get(feature)?.[row] ?? Number.NaN,
    category: (row) => categories[row] ?? null,
  };
}

function median(values: Float64Array): number {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  return known[known.length >> 1] ?? 0;
}

/** Rows of each category, in the order of their first row. */
export const rowsByCategory = (rows: EncodableRows): Map<string, number[]> =>
  groupBy(Array(rows.count).keys(), (row) => rows.category(row));

/** Categories with their rows, the one with most rows first. */
export const largestCategories = (rows: EncodableRows): [string, number[]][] =>
  [...rowsByCategory(rows)].sort(([a, n], [b, m]) => m.length - n.length || (a < b ? -1 : 1));

function frequentCategories(rows: EncodableRows): string[] {
  const categories = largestCategories(rows).map(([category]) => category);
  return categories.slice(0, MOST_CATEGORIES).sort();
}

type Signals = Encoding['signals'];

const fitSignals = (names: readonly string[], rows: EncodableRows, signalFor: (name: string) => Signal): Signals =>
  names.map((name) => {
    const values = new Float64Array(rows.count).map((_, row) => signalValue(rows, row, signalFor(name)));
    return { name, fill: median(values) };
  });

/** The encoding of a table of any layout: every column is a signal. */
function fitTableEncoding(columns: readonly TableColumn[], rows: EncodableRows): Encoding {
  const numbers = columns.map(({ name }) => name);
  const signals = fitSignals(numbers, rows, plainSignal);
  const state: Encoding = {
    schemaVersion: 1,
    signals,
    numbers,
    categories: [],
    hasCategory: false,
    table: [...columns],
  };
  return { ...state, fewestKnown: fewestKnown(state, rows) };
}

/** Fixes the encoding on training rows. @param columns - of a table of any layout. */
export function fitEncoding(
  schema: DatasetSchema,
  rows: EncodableRows,
  params: AnomalyParams,
  columns: readonly TableColumn[] | null = null,
): Encoding {
  if (columns !== null) return fitTableEncoding(columns, rows);
  const signals = fitSignals(chooseSignals(schema, params), rows, signalOf);
  const numbers = schema.features.filter(isNumeric).map(({ name }) => name);
  const hasCategory = schema.features.some(({ name }) => name === columnNames.category);
  const categories = frequentCategories(rows);
  const zone = schema.timeZone === undefined ? {} : { timeZone: schema.timeZone };
  const state: Encoding = { schemaVersion: 1, signals, numbers, categories, hasCategory, ...zone };
  return { ...state, fewestKnown: fewestKnown(state, rows) };
}

/** Inputs of a row that are unknown; a category without an indicator is one. */
export function missingInputs(state: Encoding, rows: EncodableRows, row: number): string[] {
  const { numbers, categories, hasCategory } = state;
  const missing = numbers.filter((name) => Number.isNaN(rows.number(row, name)));
  return hasCategory && !categories.includes(rows.category(row) ?? '') ? [...missing, columnNames.category] : missing;
}

/** Number of inputs that a request may name. */
export const inputCount = ({ numbers, hasCategory }: Encoding): number => numbers.length + Number(hasCategory);

/** A request may lack this share of the inputs even where no training row lacked any. */
const SPARED = 0.2;

/** As few known inputs as the emptiest training row had, such as a customer's first transaction. */
function fewestKnown(state: Encoding, rows: EncodableRows): number {
  let fewest = Math.ceil((1 - SPARED) * inputCount(state));
  for (let row = 0; row < rows.count; row++)
    fewest = Math.min(fewest, inputCount(state) - missingInputs(state, rows, row).length);
  return fewest;
}

const signalValue = (rows: EncodableRows, row: number, signal: Signal): number =>
  signal.value((feature) => rows.number(row, feature));

/** A signal of the encoding; a column of a table of any layout means itself, whatever it is called. */
export const signalIn = ({ table }: Pick<Encoding, 'table'>, name: string): Signal =>
  table === undefined ? signalOf(name) : plainSignal(name);

/** @returns (rows, signals) row-major, finite. */
export function encodeSignals(state: Encoding, rows: EncodableRows): Float32Array {
  const signals = state.signals.map(({ name, fill }) => ({ signal: signalIn(state, name), fill }));
  const values = new Float32Array(rows.count * signals.length);
  for (let row = 0, at = 0; row < rows.count; row++)
    for (const { signal, fill } of signals) {
      const value = signalValue(rows, row, signal);
      values[at++] = Number.isNaN(value) ? fill : value;
    }
  return values;
}

/** Names of the boosted trees' input columns, `category=groceries` for an indicator. */
export const boostedNames = ({ numbers, categories }: Encoding): string[] => [
  ...numbers,
  ...categories.map((category) => `category=${category}`),
];

/** @returns (rows, boostedNames) row-major; NaN is missing, for a category absent from training all indicators are NaN. */
export function encodeBoosted(state: Encoding, rows: EncodableRows): Float32Array {
  const { numbers, categories } = state;
  const values = new Float32Array(rows.count * (numbers.length + categories.length));
  const position = new Map(categories.map((category, k) => [category, k]));
  for (let row = 0, at = 0; row < rows.count; row++, at += numbers.length + categories.length) {
    numbers.forEach((name, j) => (values[at + j] = rows.number(row, name)));
    const known = position.get(rows.category(row) ?? '');
    for (let k = 0; k < categories.length; k++)
      values[at + numbers.length + k] = known === undefined ? Number.NaN : Number(k === known);
  }
  return values;
}
