import type { TrainingData } from '../../contracts/dataset.js';
import type { ArtefactFiles } from '../../contracts/model-definition.js';
import type { Table } from '../../contracts/table.js';
import type { Customer } from '../../datasets/sources/backend/generator/customer.js';
import { GENERATED_TIME_ZONE, generateCustomers } from '../../datasets/sources/backend/generator/index.js';
import { findModel } from '../../models/catalogue.js';
import { backendTable } from '../support/backend-table.js';
import { divide, type DividedSet } from '../support/divided-set.js';
import { trainingContext } from '../support/training-context.js';

/** Of every training and evaluation here. */
export const SEED = 42;

/** The spending predictor's rows of generated customers. */
export async function spendingTable(customers: Iterable<Pick<Customer, 'rows'>>): Promise<Table> {
  const [transactions, loans]: [object[], object[]] = [[], []];
  for (const { rows } of customers) {
    for (const row of rows.transactions) transactions.push(row);
    for (const row of rows.loans) loans.push(row);
  }
  const { backend } = await findModel('spending-predictor');
  const tables = { transactions: backendTable('transactions', transactions), loans: backendTable('loans', loans) };
  return backend.rows(tables, { asOf: Date.UTC(2026, 10, 1), source: 'generated', timeZone: GENERATED_TIME_ZONE })
    .table;
}

/** The rows of the frozen population, divided at the line's holdout. */
export async function generatedSpending(users: number): Promise<DividedSet> {
  const { schema } = (await findModel('spending-predictor')).backend;
  const table = await spendingTable(generateCustomers({ users }));
  return divide(schema, table);
}

/** Trains in this process as `fitModel` does, shard by shard where the model has shards. */
export async function trainSharded(data: TrainingData, count: number): Promise<ArtefactFiles> {
  const model = await findModel('spending-predictor');
  const params = model.params.parse({});
  const shards: Uint8Array[] = [];
  for (let index = 0; index < count; index++)
    shards.push(await model.shards!.fit(trainingContext(SEED), data, params, { index, count }));
  return model.train(trainingContext(SEED, { shards }), data, params);
}
