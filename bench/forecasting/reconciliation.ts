import { type BacktestRow, shardResult } from '../../models/spending-predictor/forecast/backtest.js';
import { estimateErrors, reconcileRow } from '../../models/spending-predictor/forecast/calibration.js';
import { COLD_START_MONTHS } from '../../models/spending-predictor/forecast/customer-forecast.js';
import { benchmarkRow, type BenchmarkRow } from '../report/suite.js';

/** One customer's month, one step ahead. */
interface Case {
  readonly customer: string;
  readonly row: BacktestRow;
}

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((all, value) => all + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

function casesOf(shard: Uint8Array): Case[] {
  const { rows } = shardResult.parse(JSON.parse(new TextDecoder().decode(shard)));
  return Object.entries(rows).flatMap(([customer, own]) =>
    own
      .filter(({ horizon, historyMonths, actual }) => horizon === 1 && historyMonths >= COLD_START_MONTHS && actual > 0)
      .map((row) => ({ customer, row })),
  );
}

/** Mean over months of a customer, then over customers; percent. @param free - free spending as the method has it. */
function mape(cases: readonly Case[], free: (row: BacktestRow) => number): number {
  const errors = new Map<string, number[]>();
  for (const { customer, row } of cases) {
    const error = Math.abs(row.owed + Math.max(0, free(row)) - row.actual) / row.actual;
    errors.set(customer, [...(errors.get(customer) ?? []), error]);
  }
  return 100 * mean([...errors.values()].map(mean));
}

/** The covariance of errors is learned from all origins but the row's own. */
function minimumTraceOf(cases: readonly Case[]): (row: BacktestRow) => number {
  const origins = [...new Set(cases.map(({ row }) => row.origin))];
  const learned = new Map(
    origins.map((origin) => [
      origin,
      estimateErrors(cases.map(({ row }) => row).filter((row) => row.origin !== origin)),
    ]),
  );
  return (row) => sum(reconcileRow(row, learned.get(row.origin)!));
}

/**
 * MAPE of the monthly total in the training's rolling backtest for each way in which total and categories can be made
 * to agree. The held-out year is not used.
 * @param shard - result of the one shard that has all customers.
 */
export function reconciliationRows(shard: Uint8Array): BenchmarkRow[] {
  const cases = casesOf(shard);
  const added = mape(cases, ({ parts }) => sum(parts));
  const row = (name: string, value: number): BenchmarkRow =>
    benchmarkRow({
      name: `reconciliation in the backtest: ${name}`,
      value,
      unit: '%',
      peer: { name: 'categories added up', value: added },
    });
  return [
    row(
      "the total's own forecast",
      mape(cases, ({ direct }) => direct),
    ),
    row('categories added up', added),
    row('minimum trace', mape(cases, minimumTraceOf(cases))),
  ];
}
