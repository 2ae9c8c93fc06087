import { jsonSchemaRules, SOME_VALUE } from '../../../contracts/json-schema-rules.js';
import { z } from 'zod';
import type { ColumnSpec, DatasetSchema, FeatureSpec } from '../../../contracts/dataset.js';
import { errorAt } from '../../../contracts/errors.js';
import type { Predictor } from '../../../contracts/model-definition.js';
import type { Column, Table } from '../../../contracts/table.js';
import { missingColumn } from '../../checks.js';
import { fewestKnownOf } from './coverage.js';
import { type Cell, encodedFeature, type EncodedFeature, isKnownCell, type RowInput } from './encoded-feature.js';
import { optionalText } from './optional-text.js';
import { matrix, type Matrix } from '../../numeric/matrix/index.js';

export type { Cell, EncodedFeature, RowInput } from './encoded-feature.js';

/** How a row becomes the graph's input: kept in the artefact, read by the predictor. */
export const preprocessing = z.strictObject({
  schemaVersion: z.literal(1),
  features: z.array(encodedFeature),
  /** Fewest features that are known in a request that is answered. Absent in older artefacts: 1. */
  fewestKnown: z.int().nonnegative().optional(),
});
export type Preprocessing = z.infer<typeof preprocessing>;

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

function categoriesSeen(feature: FeatureSpec, table: Table): string[] {
  const column = table.columns[feature.name];
  const seen = column?.kind === 'text' ? column.values.filter((value) => value !== null) : [];
  return [...new Set(seen)].sort();
}

function encodedFeatureOf(feature: FeatureSpec, column: ColumnSpec | undefined, table: Table): EncodedFeature {
  const { name, kind } = feature;
  const { categories, minimum, maximum, type } = column ?? {};
  if (kind === 'categorical')
    return categories === undefined
      ? { name, kind, categories: categoriesSeen(feature, table) }
      : { name, kind, categories: [...categories], closed: true };
  const bounds = type === 'flag' ? { minimum: 0, maximum: 1 } : { minimum, maximum };
  return {
    name,
    kind,
    ...(bounds.minimum !== undefined && { minimum: bounds.minimum }),
    ...(bounds.maximum !== undefined && { maximum: bounds.maximum }),
    ...((type === 'integer' || type === 'flag') && { integer: true as const }),
  };
}

export interface PreprocessingOptions {
  /** Share of the features that a request must bring. @default as {@link fewestKnownOf} finds it in training */
  readonly minimumKnownShare?: number | null;
}

/**
 * Fixes the encoding: one input a numeric feature, one indicator a category (closed list, else those in training), with
 * the bounds of the columns and the number of features that a request must bring.
 */
export function fitPreprocessing(
  schema: DatasetSchema,
  table: Table,
  { minimumKnownShare = null }: PreprocessingOptions = {},
): Preprocessing {
  const columns = new Map(schema.columns.map((column) => [column.name, column]));
  const features = schema.features.map((feature) => encodedFeatureOf(feature, columns.get(feature.name), table));
  const wanted = minimumKnownShare === null ? null : Math.ceil(minimumKnownShare * features.length);
  return { schemaVersion: 1, features, fewestKnown: wanted ?? fewestKnownOf(table, features) };
}

/** The row as the encoding reads it: a word that training has not seen is unknown. */
export function knownCells({ features }: Preprocessing, input: RowInput): RowInput {
  return Object.fromEntries(
    features.map((feature) => [feature.name, isKnownCell(feature, input[feature.name]) ? input[feature.name] : null]),
  );
}

/** An unknown category sets no indicator to 1 but all to "missing", so that each tree takes its learned direction. */
function encodeCell(feature: EncodedFeature, cell: Cell, into: Float32Array, at: number): void {
  if (feature.kind === 'numeric') {
    into[at] = typeof cell === 'number' ? cell : NaN;
    return;
  }
  const known = isKnownCell(feature, cell);
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
  inputEncoder(state)(inputs);

/** Where a feature begins in a row. */
interface Placed {
  readonly feature: EncodedFeature;
  readonly at: number;
}

/**
 * As {@link encodeInputs}, for many calls: looks at the fields that an input has, which is cheaper than asking it for
 * every feature.
 */
export function inputEncoder(state: Preprocessing): (inputs: readonly RowInput[]) => Float32Array {
  const width = encodedWidth(state);
  const places = new Map<string, Placed>();
  state.features.reduce((at, feature) => (places.set(feature.name, { feature, at }), at + widthOf(feature)), 0);
  return (inputs) => {
    const matrix = new Float32Array(inputs.length * width).fill(NaN);
    inputs.forEach((input, row) => {
      for (const name in input) {
        const placed = places.get(name);
        if (placed !== undefined) encodeCell(placed.feature, input[name], matrix, row * width + placed.at);
      }
    });
    return matrix;
  };
}

type NumberBounds = Pick<Extract<EncodedFeature, { kind: 'numeric' }>, 'minimum' | 'maximum' | 'integer'>;

/** A number within the bounds of a column. */
function boundedNumber({ minimum, maximum, integer }: NumberBounds): z.ZodNumber {
  let schema = z.number();
  if (integer) schema = schema.multipleOf(1);
  if (minimum !== undefined) schema = schema.min(minimum);
  return maximum === undefined ? schema : schema.max(maximum);
}

/** A request's number as the column spec of the training table wants it. */
export const numberInput = ({ type, minimum, maximum }: ColumnSpec): z.ZodNumber =>
  boundedNumber({
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(type === 'integer' && { integer: true as const }),
  });

const isFlag = ({ minimum, maximum, integer }: NumberBounds): boolean =>
  integer === true && minimum === 0 && maximum === 1;

/** A flag as files write it. */
const flag: z.ZodType<Cell> = z
  .union([z.boolean(), z.literal([0, 1])], { error: 'wanted true, false, 0 or 1' })
  .transform(Number);

function cellOf(feature: EncodedFeature): z.ZodType<Cell> {
  if (feature.kind === 'numeric') return (isFlag(feature) ? flag : boundedNumber(feature)).nullish();
  return feature.closed ? z.enum(feature.categories).nullish() : optionalText();
}

/**
 * What the predictor accepts for this line: every feature by name, unknown ones refused, null and absent = unknown; the
 * bounds and closed lists of the training columns hold.
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
    })
    .register(jsonSchemaRules, SOME_VALUE);
}

const isWithinBounds = (value: number, { minimum, maximum, integer }: NumberBounds): boolean =>
  Number.isFinite(value) &&
  (minimum === undefined || value >= minimum) &&
  (maximum === undefined || value <= maximum) &&
  (integer !== true || Number.isInteger(value));

/** Whether the schema would take this value as it is; false also where it would take another form of it. */
function isPlain(feature: EncodedFeature, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (feature.kind === 'numeric') return typeof value === 'number' && isWithinBounds(value, feature);
  if (typeof value !== 'string' || value === '') return false;
  return feature.closed !== true || feature.categories.includes(value);
}

/**
 * Takes an input that plainly fits {@link inputSchema} without asking it: with dozens of fields parsing costs more than
 * predicting.
 * @returns a function that gives the input as it is; null where only the schema can tell.
 */
export function plainInput({ features }: Preprocessing): (input: unknown) => RowInput | null {
  const byName = new Map(features.map((feature) => [feature.name, feature]));
  return (input) => {
    if (typeof input !== 'object' || input === null || Object.getPrototypeOf(input) !== Object.prototype) return null;
    let isKnown = false;
    for (const name in input) {
      const value: unknown = (input as RowInput)[name];
      const feature = byName.get(name);
      if (feature === undefined || !isPlain(feature, value)) return null;
      isKnown ||= value !== null && value !== undefined;
    }
    return isKnown ? (input as RowInput) : null;
  };
}
