import { writeJson } from '../../../learning/artefact/index.js';
import type { TrainingData } from '../../../contracts/dataset.js';
import type { ArtefactFiles, ComputeContext, Sharding, TrainContext } from '../../../contracts/model-definition.js';
import { forecastGraph } from '../../../learning/time-series/forecasting/index.js';
import { hashFraction } from '../../../learning/numeric/hash/murmur.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import {
  type BacktestRow,
  backtestCustomer,
  backtestShortHistory,
  CALIBRATION_ORIGINS,
  type FittedModel,
  shardResult,
  type ShardResult,
} from '../forecast/backtest.js';
import {
  estimateCenter,
  fitDailyBands,
  estimateErrors,
  fitMonthlyBands,
  monthlyPoints,
  defaultBands,
  reconcileRow,
} from '../forecast/calibration.js';
import { COLD_START_MONTHS } from '../forecast/customer-forecast.js';
import { choiceFor, choicesBetween } from '../forecast/forecaster-choice.js';
import { chooseIncomeShare, rescaleParts } from '../forecast/income-share.js';
import type { History } from '../forecast/history.js';
import type { LearnedModel } from '../forecast/learned-model.js';
import { bootstrap632 } from './bootstrap-632.js';
import type { SpendingParams } from '../params.js';
import { leaveMonthOutModels, prepare, type Prepared } from './prepare.js';

const MOST_SHARDS = 64;

const belongsTo = (customer: string, { index, count }: Part): boolean =>
  Math.min(count - 1, Math.floor(hashFraction('spending-shard', customer) * count)) === index;

/** A part of the customers: shard `index` of `count`. */
interface Part {
  readonly index: number;
  readonly count: number;
}

/** Input of the backtest of a part of the customers, without the rows of the others. */
interface PartTask extends Pick<Prepared, 'until' | 'start'> {
  readonly own: readonly (readonly [string, History])[];
  readonly modelAt: (month: number) => LearnedModel;
}

function taskOf(prepared: Prepared, part: Part): PartTask {
  const { table, until, start } = prepared;
  const own = [...table.customers].filter(([customer]) => belongsTo(customer, part));
  return { own, until, start, modelAt: leaveMonthOutModels(prepared) };
}

/** A separate function, so that the other customers' rows are released when it returns. */
const readPart = (data: TrainingData, params: SpendingParams, part: Part): PartTask =>
  taskOf(prepare(data, params), part);

/** Selects champions and backtests a part of the customers. */
function fitPart(context: ComputeContext, { own, until, start, modelAt }: PartTask): ShardResult {
  const result: ShardResult = { champions: {}, rows: {}, short: {} };
  own.forEach(([customer, history], i) => {
    context.signal.throwIfAborted();
    const chosen = choicesBetween(history, [until - CALIBRATION_ORIGINS, until], start);
    const at = bootstrap632(customer, modelAt, start);
    const fittedAt = (month: number): FittedModel => ({ model: at(month), champions: choiceFor(chosen, month) });
    result.champions[customer] = chosen;
    result.rows[customer] = backtestCustomer(history, fittedAt, until);
    result.short[customer] = backtestShortHistory(customer, history, at, until);
    context.onProgress({ stage: 'backtest', done: i + 1, total: own.length });
  });
  return result;
}

/** Shards of the backtest, which is independent for each customer. */
export const shards: Sharding<SpendingParams> = {
  count: (rows, { rowsPerShard }) => (rows < rowsPerShard ? 0 : Math.min(MOST_SHARDS, Math.ceil(rows / rowsPerShard))),
  fit(context, data, params, part) {
    context.signal.throwIfAborted();
    return Promise.resolve(writeJson(fitPart(context, readPart(data, params, part))));
  },
};

/** Results of all shards. */
interface MergedShards {
  readonly champions: ShardResult['champions'];
  readonly rows: readonly BacktestRow[];
  /** Customer of each row. */
  readonly owners: readonly string[];
  readonly short: readonly BacktestRow[];
}

/** Merges in the order of customers, so that the order of sums does not depend on the shards. */
function mergeShards(results: readonly ShardResult[], customers: Iterable<string>): MergedShards {
  const champions = Object.assign({}, ...results.map((result) => result.champions)) as ShardResult['champions'];
  const rows = Object.assign({}, ...results.map((result) => result.rows)) as ShardResult['rows'];
  const short = Object.assign({}, ...results.map((result) => result.short)) as ShardResult['short'];
  const order = [...customers];
  return {
    champions,
    rows: order.flatMap((customer) => rows[customer] ?? []),
    owners: order.flatMap((customer) => (rows[customer] ?? []).map(() => customer)),
    short: order.flatMap((customer) => short[customer] ?? []),
  };
}

/** Share of the income forecast in the total, selected on the last origins of the backtest one month ahead. */
function incomeShareOf({ rows, owners }: MergedShards, parts: readonly Float64Array[], first: number): number {
  const cases = rows.flatMap(({ origin, horizon, owed, byIncome, actual }, i) =>
    horizon === 1 && origin >= first && byIncome !== null
      ? [{ customer: owners[i]!, owed, base: owed + sum(parts[i]!), byIncome, actual }]
      : [],
  );
  return chooseIncomeShare(cases);
}

/** The model with everything that is estimated from the backtest. */
function calibrate(prepared: Prepared, shardResults: MergedShards, params: SpendingParams): LearnedModel {
  const { start, table, until, byIncome } = prepared;
  const { champions, rows } = shardResults;
  const errors = estimateErrors(rows);
  const bottomUp = params.reconciliation === 'bottom-up';
  const reconciled = (row: BacktestRow): Float64Array =>
    bottomUp ? Float64Array.from(row.parts) : reconcileRow(row, errors);
  const center = estimateCenter(rows, rows.map(reconciled));
  // The forecasts of a cold start are neither reconciled nor centred.
  const answered = (row: BacktestRow): Float64Array =>
    row.historyMonths < COLD_START_MONTHS
      ? Float64Array.from(row.parts)
      : reconciled(row).map((value) => value * center);
  const parts = rows.map(answered);
  const share = incomeShareOf(shardResults, parts, until - params.origins);
  const shared = (row: BacktestRow, free: Float64Array): Float64Array =>
    row.byIncome === null ? free : rescaleParts(free, row.owed, row.byIncome, share);
  const points = monthlyPoints(
    rows,
    rows.map((row, i) => shared(row, parts[i]!)),
  );
  // Short histories calibrate only the bands of the total: they would widen those of the categories for all customers.
  const short = monthlyPoints(
    shardResults.short,
    shardResults.short.map((row) => shared(row, answered(row))),
  );
  const monthly = fitMonthlyBands({ ...points, month: [...points.month, ...short.month] });
  const { reconciliation } = params;
  const pooledIncome = { ...byIncome.get(until)!, share };
  const model: LearnedModel = {
    ...start,
    pooledIncome,
    errors,
    center,
    reconciliation,
    bands: { ...defaultBands, ...monthly },
  };
  const customers = [...table.customers].map(([customer, history]) => ({
    history,
    championsAt: (month: number) => choiceFor(champions[customer], month),
  }));
  return { ...model, bands: { ...model.bands, ...fitDailyBands(customers, model, until) } };
}

function readShard(bytes: Uint8Array): ShardResult {
  return shardResult.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

/**
 * Fits the seasons of all customers, selects each series' forecaster by backtest and calibrates the bands. Files:
 * `model.json`, `curves.onnx` (evaluates all forecasters); nothing of a single customer is in them. Deterministic: the
 * same data and parameters give the same bytes, whatever the number of shards.
 * @throws PipelineError `TOO_FEW_ROWS`, `MISSING_COLUMN`, `NOT_FINITE`.
 */
export async function train(context: TrainContext, data: TrainingData, params: SpendingParams): Promise<ArtefactFiles> {
  context.signal.throwIfAborted();
  const prepared = prepare(data, params);
  const results =
    context.shards.length > 0
      ? context.shards.map(readShard)
      : [fitPart(context, taskOf(prepared, { index: 0, count: 1 }))];
  const found = mergeShards(results, prepared.table.customers.keys());
  const model = calibrate(prepared, found, params);
  return Promise.resolve({
    'model.json': writeJson(model),
    'curves.onnx': forecastGraph(),
  });
}
