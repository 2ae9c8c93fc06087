import type { TrainingData } from '../../../contracts/dataset.js';
import type { Column, Table } from '../../../contracts/table.js';
import { createRandom, type Random } from '../../../learning/numeric/random/index.js';
import { numberColumn } from '../../../learning/table.js';
import { alterTableRows } from './table-anomalies.js';

/** One row in this many is altered. */
const EVERY = 50;
const SEED = 20_261_123;

const isUnlabelled = ({ schema, table }: TrainingData): boolean =>
  numberColumn(table, schema.label).every((label) => Number.isNaN(label));

const between = (random: Random, low: number, high: number): number => low + (high - low) * random.uniform();

type Alteration = (random: Random, columns: ReadonlyMap<string, Float64Array>, row: number) => void;

/** Multiplies the amount and the features derived from it by one factor. */
const larger: Alteration = (random, columns, row) => {
  const factor = between(random, 2, 8);
  for (const [name, values] of columns) if (name.startsWith('amount')) values[row]! *= factor;
};
const setTo =
  (name: string, value: (random: Random) => number): Alteration =>
  (random, columns, row) => {
    const values = columns.get(name);
    if (values) values[row] = value(random);
  };

/** Patterns of stolen access in the features; each altered row gets two of them. */
const alterations: readonly Alteration[] = [
  larger,
  setTo('newCounterparty', () => 1),
  setTo('night', () => 1),
  setTo('count1Hour', (random) => 2 + random.integer(4)),
];

function alterRow(random: Random, columns: ReadonlyMap<string, Float64Array>, row: number): void {
  for (const k of random.permutation(alterations.length).slice(0, 2)) alterations[k]!(random, columns, row);
}

/** Copies of the feature columns, altered in every fiftieth row. */
function alterTransactions({ schema, table }: TrainingData, rows: readonly number[]): Table['columns'] {
  const random = createRandom(SEED);
  const numeric = schema.features.filter(({ kind }) => kind === 'numeric').map(({ name }) => name);
  const columns = new Map(numeric.map((name) => [name, numberColumn(table, name).slice()]));
  for (const row of rows) alterRow(random, columns, row);
  return Object.fromEntries(
    Array.from(columns, ([name, values]): [string, Column] => [name, { kind: 'number', values }]),
  );
}

/** The rows with every fiftieth altered and labelled. */
function alterRows(data: TrainingData): Table {
  const { schema, table } = data;
  const rows = [...Array(table.rowCount).keys()].filter((row) => row % EVERY === EVERY >> 1);
  const altered = schema.table === undefined ? alterTransactions(data, rows) : alterTableRows(data, rows, SEED);
  const truth = new Float64Array(table.rowCount);
  for (const row of rows) truth[row] = 1;
  const label: Column = { kind: 'number', values: truth };
  return { rowCount: table.rowCount, columns: { ...table.columns, ...altered, [schema.label]: label } };
}

/**
 * The rows a detector is evaluated on. Where no row has a label, every fiftieth row of the holdout is altered to look
 * like misuse and labelled as such: enough to detect a broken detector, no claim about real misuse. The same rows are
 * altered for every model.
 */
export function withSyntheticAnomalies(holdout: TrainingData): {
  readonly data: TrainingData;
  readonly synthetic: boolean;
} {
  if (!isUnlabelled(holdout)) return { data: holdout, synthetic: false };
  return { data: { schema: holdout.schema, table: alterRows(holdout) }, synthetic: true };
}
