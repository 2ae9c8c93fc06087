import type { TrainingData } from '../../contracts/dataset.js';
import type { ArtefactFiles, TrainContext } from '../../contracts/model-definition.js';
import type { Column, Table } from '../../contracts/table.js';
import type { Customer } from '../../datasets/sources/backend/generator/customer.js';
import { generateCustomers } from '../../datasets/sources/backend/generator/index.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import { freezeHoldout, splitHoldout } from '../../learning/evaluation/split/index.js';
import { findModel } from '../../models/catalogue.js';

type Cells = Readonly<Record<string, unknown>>;

/** Rows of a backend table as a snapshot holds them. */
export function toTable(name: 'transactions' | 'loans', rows: readonly object[]): Table {
  const cells = rows as readonly Cells[];
  const columns = tableSpecs[name].columns.map(({ name: column, type }): [string, Column] => {
    if (type === 'text' || type === 'category')
      return [column, { kind: 'text', values: cells.map((row) => (row[column] as string | null) ?? null) }];
    const values = Float64Array.from(cells, (row) => (row[column] as number | null) ?? NaN);
    return [column, { kind: type === 'timestamp' ? 'timestamp' : 'number', values }];
  });
  return { rowCount: rows.length, columns: Object.fromEntries(columns) };
}

/** The spending predictor's rows of generated customers. */
export async function spendingTable(customers: Iterable<Pick<Customer, 'rows'>>): Promise<Table> {
  const [transactions, loans]: [object[], object[]] = [[], []];
  for (const { rows } of customers) {
    for (const row of rows.transactions) transactions.push(row);
    for (const row of rows.loans) loans.push(row);
  }
  const { backend } = await findModel('spending-predictor');
  const tables = { transactions: toTable('transactions', transactions), loans: toTable('loans', loans) };
  return backend.rows(tables, { asOf: Date.UTC(2026, 10, 1), source: 'generated' }).table;
}

/** The rows of the frozen population, divided at the line's holdout. */
export async function generatedSpending(users: number): Promise<{ train: TrainingData; holdout: TrainingData }> {
  const { schema } = (await findModel('spending-predictor')).backend;
  const table = await spendingTable(generateCustomers({ users }));
  const parts = splitHoldout(freezeHoldout(schema.split, table), table);
  return { train: { schema, table: parts.train }, holdout: { schema, table: parts.holdout } };
}

const quiet: TrainContext = {
  seed: 42,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  checkpoint: { load: () => Promise.resolve(null), save: () => Promise.resolve() },
  champion: null,
  shards: [],
  encoder: () => Promise.resolve(null),
};

/** CPU seconds of this process since a moment. */
export function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Trains in this process as `fitModel` does, shard by shard where the model has shards. */
export async function trainSharded(data: TrainingData, count: number): Promise<ArtefactFiles> {
  const model = await findModel('spending-predictor');
  const params = model.params.parse({});
  const shards: Uint8Array[] = [];
  for (let index = 0; index < count; index++)
    shards.push(await model.shards!.fit(quiet, data, params, { index, count }));
  return model.train({ ...quiet, shards }, data, params);
}

/** What computations here are given. */
export const quietTraining = quiet;
