import type { SnapshotTables } from '../../contracts/backend.js';
import type { TrainingData } from '../../contracts/dataset.js';
import type { ArtefactFiles } from '../../contracts/model-definition.js';
import type { Column, Table } from '../../contracts/table.js';
import { GENERATED_TIME_ZONE, generateCustomers } from '../../datasets/sources/backend/generator/index.js';
import { numberColumn, selectRows, timestampColumn } from '../../learning/table.js';
import { model } from '../../models/anomaly-detector/index.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';
import { backendTable } from '../support/backend-table.js';
import { divide } from '../support/divided-set.js';
import { evaluateDetector, trainDetector } from './training.js';

/** Rows between the shift and the evaluation of the detector. */
const STREAM_ROWS = 10_000;
/** Defaults otherwise: half of the trees are replaced from the newest 10,000 rows. */
const PARAMS = { feedback: 'none' } as const;
const SEED = 42;
const CUSTOMERS = { users: 200, months: 24 } as const;

/** The generated backend's rows as the model takes them, without a database. */
function backendRows(): TrainingData {
  const [transactions, feedback]: [object[], object[]] = [[], []];
  let asOf = 0;
  for (const { rows, end } of generateCustomers(CUSTOMERS)) {
    transactions.push(...rows.transactions);
    feedback.push(...rows.prediction_feedback);
    asOf = end;
  }
  const tables: SnapshotTables = {
    transactions: backendTable('transactions', transactions),
    prediction_feedback: backendTable('prediction_feedback', feedback),
  };
  const { table } = model.backend.rows(tables, { asOf, source: 'generated', timeZone: GENERATED_TIME_ZONE });
  return { schema: model.backend.schema, table };
}

/**
 * The shift: clocks are twelve hours off, so that night and day change places, and prices are four times what they were
 * while the customers' means are still those of the old prices. Fraud itself does not change, so the lost AUC can be
 * recovered.
 */
function shift({ schema, table }: TrainingData): TrainingData {
  const scaled = (name: string, by: (value: number) => number): [string, Column] => [
    name,
    { kind: 'number', values: numberColumn(table, name).map(by) },
  ];
  const ratios = ['amount', 'amountToMean30Days', 'amountToCategoryMean90Days', 'amountToMaximum90Days'];
  const columns = [...ratios.map((name) => scaled(name, (value) => 4 * value)), scaled('night', (night) => 1 - night)];
  return { schema, table: { rowCount: table.rowCount, columns: { ...table.columns, ...Object.fromEntries(columns) } } };
}

function joinNumbers(a: Float64Array, b: Float64Array): Float64Array {
  const values = new Float64Array(a.length + b.length);
  values.set(a);
  values.set(b, a.length);
  return values;
}

function joinColumns(a: Column, b: Column): Column {
  if (a.kind === 'text' || b.kind === 'text')
    return { kind: 'text', values: [...a.values, ...b.values] as (string | null)[] };
  return { kind: a.kind, values: joinNumbers(a.values, b.values) };
}

/** The rows of both, the columns of the first. */
function joinTables(first: Table, second: Table): Table {
  const columns = Object.entries(first.columns).map(
    ([name, column]) => [name, joinColumns(column, second.columns[name]!)] as const,
  );
  return { rowCount: first.rowCount + second.rowCount, columns: Object.fromEntries(columns) };
}

const part = ({ schema, table }: TrainingData, rows: readonly number[]): TrainingData => ({
  schema,
  table: selectRows(table, rows),
});

/** Rows learned from before the shift, the stream of shifted rows, and the holdout, not yet shifted. */
function prepareShift() {
  const data = backendRows();
  const { train, holdout } = divide(data.schema, data.table);
  const times = timestampColumn(train.table, 'bookedAt');
  const order = [...times.keys()].sort((a, b) => times[a]! - times[b]!);
  return {
    before: part(train, order.slice(0, -STREAM_ROWS)),
    stream: shift(part(train, order.slice(-STREAM_ROWS))),
    holdout,
  };
}

/** One update run on everything known by then. */
function updated(frozen: ArtefactFiles, before: TrainingData, stream: TrainingData): Promise<ArtefactFiles> {
  const data = { schema: before.schema, table: joinTables(before.table, stream.table) };
  return trainDetector(data, PARAMS, { seed: SEED, champion: frozen });
}

/** How much of the AUC that a planted shift costs the frozen detector one update wins back. */
export async function run({ onProgress, wants }: BenchmarkContext): Promise<BenchmarkRow[]> {
  if (!wants('online')) return [];
  onProgress(`online: generating ${CUSTOMERS.users} customers × ${CUSTOMERS.months} months`);
  const { before, stream, holdout } = prepareShift();
  const frozen = await trainDetector(before, PARAMS, { seed: SEED });
  const unshifted = (await evaluateDetector(frozen, holdout)).auc;
  const lost = (await evaluateDetector(frozen, shift(holdout))).auc;
  onProgress(`online: one update ${STREAM_ROWS} rows after the shift`);
  const won = (await evaluateDetector(await updated(frozen, before, stream), shift(holdout))).auc;
  const info = (name: string, value: number): BenchmarkRow =>
    benchmarkRow({ name: `online, ${name}`, value, unit: 'AUC' });
  const name = `online, share of the lost AUC won back within ${STREAM_ROWS} rows`;
  return [
    info('before the shift', unshifted),
    info('frozen after the shift', lost),
    info('updated after the shift', won),
    benchmarkRow({ name, value: (won - lost) / (unshifted - lost), unit: 'share', target: { atLeast: 0.8 } }),
  ];
}
