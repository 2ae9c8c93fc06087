import type { Column, Table } from '../../contracts/table.js';
import { createRandom, type Random } from '../../learning/numeric/random/index.js';
import { numberColumn, textColumn, withColumn } from '../../learning/table.js';

/** Damages these rows of a model's training table. */
type Damage = (table: Table, rows: readonly number[], random: Random) => Table;

/** A fault of training rows; the rows that judge stay as they are. */
export interface Fault {
  readonly what: string;
  /** Shares of the training rows, increasing; smaller ones cost less than three margins. */
  readonly shares: readonly number[];
  readonly apply: Damage;
}

/** The values of the rows in another order. */
function permuted(column: Column, rows: readonly number[], random: Random): Column {
  const order = random.shuffle([...rows]);
  const values = [...column.values] as (number | string | null)[];
  const former = [...values];
  rows.forEach((row, i) => (values[row] = former[order[i]!]!));
  return column.kind === 'text'
    ? { kind: 'text', values: values as (string | null)[] }
    : { kind: column.kind, values: Float64Array.from(values as number[]) };
}

const permuteColumns =
  (names: (table: Table) => readonly string[]): Damage =>
  (table, rows, random) =>
    names(table).reduce((now, name) => withColumn(now, name, permuted(now.columns[name]!, rows, random)), table);

/** 0 ↔ 1. */
const flip =
  (name: string): Damage =>
  (table, rows) => {
    const values = numberColumn(table, name).slice();
    for (const row of rows) values[row] = 1 - values[row]!;
    return withColumn(table, name, { kind: 'number', values });
  };

const TYPES = ['MERCHANT', 'ORG', 'AMOUNT', 'DATE', 'ACCOUNT', 'PERSON'];

/** Each type of entity becomes the next one of a list. */
const rotateTypes: Damage = (table, rows) => {
  const cells = [...textColumn(table, 'entities')];
  const next = (type: string): string => TYPES[(TYPES.indexOf(type) + 1) % TYPES.length]!;
  for (const row of rows) cells[row] = cells[row]?.replaceAll(/[A-Z_]{3,}/g, next) ?? null;
  return withColumn(table, 'entities', { kind: 'text', values: cells });
};

const numeric = (table: Table): string[] =>
  Object.entries(table.columns).flatMap(([name, { kind }]) => (kind === 'number' ? [name] : []));

/** The planted fault of each model. */
export const faults: Readonly<Record<string, Fault>> = {
  'credit-risk-scorer': { what: 'outcomes flipped', shares: [0.25, 0.5, 1], apply: flip('defaulted') },
  'intent-classifier': { what: 'intents permuted', shares: [0.5, 1], apply: permuteColumns(() => ['intent']) },
  'financial-ner': { what: 'entity types rotated', shares: [0.5, 1], apply: rotateTypes },
  'anomaly-detector': { what: 'features scrambled', shares: [1], apply: permuteColumns(numeric) },
  'spending-predictor': {
    what: 'amounts permuted among customers',
    shares: [0.5, 1],
    apply: permuteColumns(() => ['amount']),
  },
};

/** Applies a fault to a share of these rows. */
export function plant({ apply }: Fault, table: Table, rows: readonly number[], share: number): Table {
  const random = createRandom(7);
  const chosen = random.shuffle([...rows]).slice(0, Math.round(share * rows.length));
  return apply(table, chosen, random);
}
