import { beforeAll, expect, it } from 'vitest';
import type { BackendTable } from '../../contracts/backend.js';
import type { Table } from '../../contracts/table.js';
import { generateCustomers } from '../../datasets/sources/backend/generator/index.js';
import { numberColumn, textColumn } from '../../learning/table.js';
import { columnNames } from '../../models/anomaly-detector/data/columns.js';
import { backendDataset } from '../../models/anomaly-detector/data/dataset.js';
import { params } from '../../models/anomaly-detector/params.js';
import { type AnomalyPredictor, openPredictor } from '../../models/anomaly-detector/prediction/predictor.js';
import { train } from '../../models/anomaly-detector/training/train.js';
import { backendTable } from '../support/backend-table.js';
import { divide } from '../support/divided-set.js';
import { trainingContext } from '../support/training-context.js';

const USERS = 30;
const quick = { nEstimators: 50, boostingRounds: 60, trainingRows: 20_000, categoryModels: false };

/** The transaction of the report: 50,000 at 02:30 to a new payee, 76 times the customer's mean. */
const AMOUNT = 50_000;
const TIMES_MEAN = 76;

let table: Table;
let predictor: AnomalyPredictor;

function generatedTable(): Table {
  const rows: Record<string, object[]> = {};
  for (const customer of generateCustomers({ users: USERS }))
    for (const [name, own] of Object.entries(customer.rows) as [string, readonly object[]][])
      rows[name] = [...(rows[name] ?? []), ...own];
  const names: readonly BackendTable[] = [...backendDataset.tables, ...(backendDataset.optionalTables ?? [])];
  const tables = Object.fromEntries(names.map((name) => [name, backendTable(name, rows[name] ?? [])]));
  return backendDataset.rows(tables, { asOf: Date.UTC(2026, 10, 1), source: 'generated' }).table;
}

beforeAll(async () => {
  table = generatedTable();
  const { train: rows } = divide(backendDataset.schema, table);
  predictor = await openPredictor(await train(trainingContext(42), rows, params.parse(quick)));
}, 120_000);

/** The newest row of a customer, with the features that the payment changes. */
function requestOf(row: number, changes: Readonly<Record<string, number | null>>) {
  const features = predictor.encoding.numbers.map((name) => [name, numberColumn(table, name)[row]!] as const);
  const known = features.map(([name, value]) => [name, Number.isNaN(value) ? null : value] as const);
  return { category: 'transfer', features: { ...Object.fromEntries(known), ...changes } };
}

const newPayeeAtNight = {
  ...{ hour: 2.5, night: 1, hourShare90Days: 0.01, newCounterparty: 1, counterpartyVisits90Days: 0, repeats1Day: 0 },
  ...{ moneyIn: 0, count1Hour: 0, counterpartyRisk1Day: 0, counterpartyRisk7Days: 0, counterpartyRisk30Days: 0 },
};

/** A row with known features of each customer. */
function newestRows(): number[] {
  const ids = textColumn(table, columnNames.customer);
  const mean = numberColumn(table, 'mean30Days');
  const newest = new Map<string, number>();
  ids.forEach((id, row) => {
    if (mean[row]! > 0) newest.set(id ?? '', row);
  });
  return [...newest.values()];
}

it('flags 50,000 at 02:30 to a new payee at 76 times the mean, for every customer, and says why', async () => {
  const payment = {
    ...newPayeeAtNight,
    amount: AMOUNT,
    mean30Days: AMOUNT / TIMES_MEAN,
    amountToMean30Days: TIMES_MEAN,
    amountToMaximum90Days: 10,
    amountToCategoryMean90Days: TIMES_MEAN,
  };
  const requests = newestRows().map((row) => requestOf(row, payment));
  const answers = await predictor.predict(requests);
  expect(answers).toHaveLength(USERS);
  expect(answers.filter(({ isAnomaly }) => isAnomaly)).toHaveLength(USERS);
  const { explanation } = await predictor.explain(requests[0]!);
  expect(explanation.summary).toMatch(/76×.*02:30.*first time at this merchant/);
}, 60_000);

it('does not flag the newest payment of every customer as it is', async () => {
  const answers = await predictor.predict(newestRows().map((row) => requestOf(row, {})));
  expect(answers.filter(({ isAnomaly }) => isAnomaly).length).toBeLessThanOrEqual(2);
}, 60_000);
