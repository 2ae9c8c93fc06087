import { z } from 'zod';
import type { DatasetSchema, FeatureSpec } from '../../../contracts/dataset.js';
import { errorAt } from '../../../contracts/errors.js';
import type { Predictor } from '../../../contracts/model-definition.js';
import type { Column, Table } from '../../../contracts/table.js';
import { missingColumn } from '../../checks.js';
import { matrix, type Matrix } from '../../numeric/matrix/index.js';

const encodedFeature = z.discriminatedUnion('kind', [
  z.strictObject({ name: z.string(), kind: z.literal('numeric') }),
  z.strictObject({ name: z.string(), kind: z.literal('categorical'), categories: z.array(z.string()) }),
]);
type EncodedFeature = z.infer<typeof encodedFeature>;

/** How a row becomes the graph's input: kept in the artefact, read by the predictor. */
export const preprocessing = z.strictObject({ schemaVersion: z.literal(1), features: z.array(encodedFeature) });
export type Preprocessing = z.infer<typeof preprocessing>;

/** A cell as a caller gives it; null and absent are "unknown". */
export type Cell = number | string | null | undefined;
/** A row as a caller sends it: features by name. */
export type RowInput = Record<string, Cell>;
/** A predictor of single rows that knows their features. */
export interface RowPredictor<Output = unknown> extends Predictor<RowInput, Output> {
  /** In the order of the encoding. */
  readonly features: Preprocessing['features'];
}

const widthOf = (feature: EncodedFeature): number => (feature.kind === 'numeric' ? 1 : feature.categories.length);

/** Number of columns of the graph's input. */
export const encodedWidth = ({ features }: Preprocessing): number =>
  features.reduce((sum, feature) => sum + widthOf(feature), 0);

/** Names of the graph's input columns, `kind=home` for a category's indicator. */
export const encodedNames = ({ features }: Preprocessing): string[] =>
  features.flatMap((feature) =>
    feature.kind === 'numeric' ? [feature.name] : feature.categories.map((value) => `${feature.name}=${value}`),
  );

function categoriesOf(schema: DatasetSchema, feature: FeatureSpec, table: Table): string[] {
  const listed = schema.columns.find(({ name }) => name === feature.name)?.categories;
  if (listed) return [...listed];
  const column = table.columns[feature.name];
  const seen = column?.kind === 'text' ? column.values.filter((value) => value !== null) : [];
  return [...new Set(seen)].sort();
}

/** Fixes the encoding: one input a numeric feature, one indicator a category (closed list, else those in training). */
export function fitPreprocessing(schema: DatasetSchema, table: Table): Preprocessing {
  const features = schema.features.map((feature): EncodedFeature => {
    const { name, kind } = feature;
    if (kind === 'numeric') return { name, kind };
    return { name, kind, categories: categoriesOf(schema, feature, table) };
  });
  return { schemaVersion: 1, features };
}

/** An unknown category sets no indicator to 1 but all to "missing", so that each tree takes its learned direction. */
function encodeCell(feature: EncodedFeature, cell: Cell, into: Float32Array, at: number): void {
  if (feature.kind === 'numeric') {
    into[at] = typeof cell === 'number' ? cell : NaN;
    return;
  }
  const known = typeof cell === 'string' && feature.categories.includes(cell);
  feature.categories.forEach((category, k) => (into[at + k] = known ? Number(category === cell) : NaN));
}

/**
 * @param cell - the value of a feature in a row.
 * @returns (rows, encodedWidth) row-major; NaN is missing.
 */
export function encode(state: Preprocessing, rows: number, cell: (row: number, feature: string) => Cell): Float32Array {
  const width = encodedWidth(state);
  const matrix = new Float32Array(rows * width);
  let offset = 0;
  for (const feature of state.features) {
    for (let row = 0; row < rows; row++) encodeCell(feature, cell(row, feature.name), matrix, row * width + offset);
    offset += widthOf(feature);
  }
  return matrix;
}

const holds = (column: Column, kind: EncodedFeature['kind']): boolean =>
  kind === 'categorical' ? column.kind === 'text' : column.kind !== 'text';

/**
 * A column's values as cells: NaN and null are missing.
 * @throws PipelineError `MISSING_COLUMN`; `NOT_FINITE` for ±∞, naming row and column.
 */
export function columnCells(table: Table, feature: EncodedFeature): Cell[] {
  const column = table.columns[feature.name];
  if (!column || !holds(column, feature.kind))
    throw missingColumn(feature.name, Object.keys(table.columns), { wanted: feature.kind });
  return Array.from<number | string | null, Cell>(column.values, (value, row) => {
    if (value === Infinity || value === -Infinity)
      throw errorAt('NOT_FINITE', { row: row + 1, column: feature.name }, 'the number is not finite');
    return value;
  });
}

/** Encodes a whole table. @throws PipelineError as {@link columnCells}. */
export function encodeTable(state: Preprocessing, table: Table): Float32Array {
  const cells = new Map(state.features.map((feature) => [feature.name, columnCells(table, feature)]));
  return encode(state, table.rowCount, (row, feature) => cells.get(feature)?.[row]);
}

/** Encodes a whole table. @returns (rows, encodedWidth), float32 values. @throws PipelineError as {@link columnCells}. */
export const encodeMatrix = (state: Preprocessing, table: Table): Matrix =>
  matrix(table.rowCount, encodedWidth(state), Float64Array.from(encodeTable(state, table)));

/** Encodes requests. @returns (inputs, encodedWidth) row-major. */
export const encodeInputs = (state: Preprocessing, inputs: readonly RowInput[]): Float32Array =>
  encode(state, inputs.length, (row, feature) => inputs[row]?.[feature]);

const cellOf = (feature: EncodedFeature): z.ZodType<Cell> =>
  feature.kind === 'numeric' ? z.number().nullish() : z.string().nullish();

/**
 * What the predictor accepts for this line: every feature by name, unknown ones refused, null and absent = unknown.
 * @param describe - what a field is called and counted in.
 */
export function inputSchema({ features }: Preprocessing, describe: (name: string) => string): z.ZodType<RowInput> {
  const shape = features.map((feature) => {
    const values = feature.kind === 'numeric' ? '' : `; known: ${feature.categories.join(', ')}`;
    return [feature.name, cellOf(feature).describe(`${describe(feature.name)}${values}`)];
  });
  return z
    .strictObject(Object.fromEntries(shape) as Record<string, z.ZodType<Cell>>)
    .refine((input) => Object.values(input).some((cell) => cell !== null && cell !== undefined), {
      message: 'expected a value for at least one feature',
    });
}
