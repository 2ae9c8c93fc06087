import type { TrainingData } from '../../../contracts/dataset.js';
import { requireAtLeast } from '../../../learning/checks.js';
import { fitDayProfile } from '../../../learning/time-series/forecasting/index.js';
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

/** Smallest number of training rows. */
const FEWEST_ROWS = 30;

/** Input of all shards. */
export interface Prepared {
  readonly table: SpendingTable;
  /** First month that is not known completely. */
  readonly until: number;
  /** The model before the backtest. */
  readonly start: LearnedModel;
  readonly customers: readonly TrainingCustomer[];
  /** Pooled income forecast fitted on the months before each of the last months and before `until`. */
  readonly byIncome: ReadonlyMap<number, PooledIncome>;
}

/** Histories of the training data. @throws PipelineError `TOO_FEW_ROWS`, `MISSING_COLUMN`, `NOT_FINITE`. */
function readTraining({ schema, table }: TrainingData): { readonly table: SpendingTable; readonly until: number } {
  const spending = readSpending(table);
  const details = { line: schema.line };
  requireAtLeast('rows to learn from', table.rowCount, FEWEST_ROWS, details);
  requireAtLeast('customers with spending', spending.customers.size, 1, details);
  const until = firstIncompleteMonth(spending.until);
  const months = Math.max(...[...spending.customers.values()].map((history) => monthsKnown(history, until)));
  requireAtLeast('complete months of spending', months, 1, details);
  return { table: spending, until };
}

/** A customer with at least one complete month, and the free spending (without bills). */
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

const freeSeries = (customers: readonly TrainingCustomer[]): SeasonSeries[] =>
  customers.flatMap(({ customer, first, free }) =>
    [...free].map(([category, values]): SeasonSeries => ({ customer, category, first, values })),
  );

/** Pooled income forecast for each origin of the backtest, fitted on the months before the origin. */
function fitIncomeByOrigin(
  customers: readonly TrainingCustomer[],
  until: number,
  model: LearnedModel,
): Map<number, PooledIncome> {
  const cashflows = customers.map(({ history, first, free }) =>
    cashflowOf(history, customerSeries(free, first, model), until),
  );
  const origins = Array.from({ length: CALIBRATION_ORIGINS + 1 }, (_, i) => until - i);
  const fitAt = (at: number): PooledIncome =>
    fitPooledIncome(
      cashflows.filter(({ first }) => first < at),
      at,
    );
  return new Map(origins.map((at) => [at, fitAt(at)]));
}

/** Seasons, day profile, groups and income: cheap, deterministic, and computed by every shard. */
export function prepare(data: TrainingData, params: SpendingParams): Prepared {
  const { table, until } = readTraining(data);
  const histories = [...table.customers.values()];
  const customers = trainingCustomers(table.customers, until);
  const firstMonth = Math.min(...histories.map(({ first }) => first ?? until));
  const start: LearnedModel = {
    schemaVersion: 2,
    seasonality: fitSeasonality(freeSeries(customers)),
    choice: { origins: params.origins, margin: params.margin },
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
    ...(data.schema.timeZone !== undefined && { timeZone: data.schema.timeZone }),
  };
  return { table, until, start, customers, byIncome: fitIncomeByOrigin(customers, until, start) };
}

/** The model for forecasts from each month of the backtest: seasons fitted without the month, income before it. */
export function leaveMonthOutModels({ customers, until, start, byIncome }: Prepared): (month: number) => LearnedModel {
  const series = freeSeries(customers);
  const models = new Map<number, LearnedModel>();
  for (let month = until - CALIBRATION_ORIGINS; month < until; month++)
    models.set(month, {
      ...start,
      seasonality: fitSeasonality(series, month),
      pooledIncome: byIncome.get(month) ?? null,
    });
  return (month) => models.get(month) ?? start;
}
