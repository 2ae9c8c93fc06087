import type { TrainingData } from '../../../contracts/dataset.js';
import { fitDayProfile } from '../../../learning/time-series/forecasting/day-profile.js';
import { CALIBRATION_ORIGINS } from '../forecast/backtest.js';
import { defaultBands } from '../forecast/calibration.js';
import { profilePayments } from '../forecast/days.js';
import { customerSeries, cashflowOf, TOTAL } from '../forecast/customer-forecast.js';
import { customerGroups } from './groups.js';
import { type History, monthsKnown } from '../forecast/history.js';
import type { LearnedModel } from '../forecast/learned-model.js';
import type { SpendingParams } from '../params.js';
import { fitPooledIncome, type PooledIncome } from '../forecast/pooled-income.js';
import { firstIncompleteMonth, readSpending, type SpendingTable } from '../data/read-table.js';
import { divideHistory } from '../forecast/recurring.js';
import { fitSeasonality, type SeasonSeries } from '../forecast/seasonality.js';
import { requireAtLeast } from '../../../learning/checks.js';

/** Below this there is no month to learn from. */
const FEWEST_ROWS = 30;

/** What all shards start from. */
export interface Prepared {
  readonly table: SpendingTable;
  readonly until: number;
  readonly start: LearnedModel;
  readonly settled: readonly TrainingCustomer[];
  /** What income taught by the first day of each of the last months and of `until`. */
  readonly byIncome: ReadonlyMap<number, PooledIncome>;
}

/** @throws PipelineError `TOO_FEW_ROWS`, `MISSING_COLUMN`, `NOT_FINITE`. */
function readTraining({ schema, table }: TrainingData): { readonly table: SpendingTable; readonly until: number } {
  const spending = readSpending(table);
  const details = { line: schema.line };
  requireAtLeast('rows to learn from', table.rowCount, FEWEST_ROWS, details);
  requireAtLeast('customers with spending', spending.customers.size, 1, details);
  const until = firstIncompleteMonth(spending.until);
  const months = Math.max(...[...spending.customers.values()].map((history) => monthsKnown(history, until)));
  requireAtLeast('whole months of spending', months, 1, details);
  return { table: spending, until };
}

/** A customer of whom a whole month is known, bills taken out. */
interface TrainingCustomer {
  readonly customer: string;
  readonly history: History;
  readonly first: number;
  readonly free: ReadonlyMap<string, Float64Array>;
}

const trainingCustomers = (customers: ReadonlyMap<string, History>, until: number): TrainingCustomer[] =>
  [...customers].flatMap(([customer, history]) => {
    const { first } = history;
    if (first === null || first >= until) return [];
    return [{ customer, history, first, free: divideHistory(history, { from: until, count: 1 }).free }];
  });

const freeSeries = (settled: readonly TrainingCustomer[]): SeasonSeries[] =>
  settled.flatMap(({ customer, first, free }) =>
    [...free].map(([category, values]): SeasonSeries => ({ customer, category, first, values })),
  );

/** What months and income teach, once for each origin of the backtest: nothing from after the origin is in it. */
function learnIncome(
  settled: readonly TrainingCustomer[],
  until: number,
  model: LearnedModel,
): Map<number, PooledIncome> {
  const money = settled.map(({ history, first, free }) =>
    cashflowOf(history, customerSeries(free, first, model), until),
  );
  const origins = Array.from({ length: CALIBRATION_ORIGINS + 1 }, (_, i) => until - i);
  return new Map(origins.map((at) => [at, fitPooledIncome(money.filter(({ first }) => first < at), at)])); // prettier-ignore
}

/** Seasons, day profile and groups: quick, and the same in every shard. */
export function prepare(data: TrainingData, params: SpendingParams): Prepared {
  const { table, until } = readTraining(data);
  const histories = [...table.customers.values()];
  const settled = trainingCustomers(table.customers, until);
  const firstMonth = Math.min(...histories.map(({ first }) => first ?? until));
  const start: LearnedModel = {
    schemaVersion: 1,
    seasonality: fitSeasonality(freeSeries(settled)),
    memory: params.memory,
    pooledIncome: null,
    reconciliation: 'bottom-up',
    errors: { names: [TOTAL], covariance: [0.01], typicalVariance: 0.0025 },
    center: 1,
    groups: customerGroups(histories, until),
    profile: fitDayProfile(profilePayments(histories), [firstMonth, until]),
    bands: defaultBands,
    horizonDays: params.forecastHorizon,
    knownUntil: table.until,
  };
  return { table, until, start, settled, byIncome: learnIncome(settled, until, start) };
}

/** What is known by the first day of each month of the backtest, with seasons that did not see the month itself. */
export function leaveMonthOutModels({ settled, until, start, byIncome }: Prepared): (month: number) => LearnedModel {
  const series = freeSeries(settled);
  const models = new Map<number, LearnedModel>();
  for (let month = until - CALIBRATION_ORIGINS; month < until; month++)
    models.set(month, {
      ...start,
      seasonality: fitSeasonality(series, month),
      pooledIncome: byIncome.get(month) ?? null,
    });
  return (month) => models.get(month) ?? start;
}
