import { writeJson } from '../../../learning/artefact/index.js';
import type { TrainingData } from '../../../contracts/dataset.js';
import type { ArtefactFiles, ComputeContext, Sharding, TrainContext } from '../../../contracts/model-definition.js';
import { forecastGraph } from '../../../learning/time-series/forecasting/serving/graph.js';
import { hashFraction } from '../../../learning/numeric/hash/murmur.js';
import {
  type BacktestRow,
  backtestCustomer,
  backtestShortHistory,
  chooseChampions,
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
import { storeCustomer, type StoredCustomers } from '../prediction/customer-store.js';
import { type Champions, COLD_START_MONTHS } from '../forecast/customer-forecast.js';
import { chooseIncomeShare, rescaleParts } from '../forecast/income-share.js';
import type { History } from '../forecast/history.js';
import type { LearnedModel } from '../forecast/learned-model.js';
import { bootstrap632 } from './bootstrap-632.js';
import type { SpendingParams } from '../params.js';
import { leaveMonthOutModels, prepare, type Prepared } from './prepare.js';

const MOST_SHARDS = 64;

const belongsTo = (customer: string, { index, count }: { readonly index: number; readonly count: number }): boolean =>
  Math.min(count - 1, Math.floor(hashFraction('spending-shard', customer) * count)) === index;

interface Part {
  readonly index: number;
  readonly count: number;
}

/** What the backtest of a part of the customers needs; everybody else's rows may be forgotten. */
interface PartTask extends Pick<Prepared, 'until' | 'start'> {
  readonly own: readonly (readonly [string, History])[];
  readonly modelAt: (month: number) => LearnedModel;
}

function taskOf(prepared: Prepared, part: Part): PartTask {
  const { table, until, start } = prepared;
  const own = [...table.customers].filter(([customer]) => belongsTo(customer, part));
  return { own, until, start, modelAt: leaveMonthOutModels(prepared) };
}

/** A function of its own, so that nothing keeps the other customers' rows once it has returned. */
const readPart = (data: TrainingData, params: SpendingParams, part: Part): PartTask =>
  taskOf(prepare(data, params), part);

/** Champions and backtest of a part of the customers. */
function fitPart(
  context: ComputeContext,
  { own, until, start, modelAt }: PartTask,
  params: SpendingParams,
): ShardResult {
  const settings = { origins: params.origins, margin: params.margin, until };
  const result: ShardResult = { champions: {}, rows: {}, short: {} };
  own.forEach(([customer, history], i) => {
    context.signal.throwIfAborted();
    const chosen = chooseChampions(history, start, settings);
    const at = bootstrap632(customer, chosen, modelAt, start);
    result.champions[customer] = chosen.champions;
    result.rows[customer] = backtestCustomer(history, at, until);
    result.short[customer] = backtestShortHistory(customer, history, (month) => at(month).model, until);
    context.onProgress({ stage: 'backtest', done: i + 1, total: own.length });
  });
  return result;
}

/** Work that Temporal hands out in parts: each customer's backtest needs nobody else's. */
export const shards: Sharding<SpendingParams> = {
  count: (rows, { rowsPerShard }) => (rows < rowsPerShard ? 0 : Math.min(MOST_SHARDS, Math.ceil(rows / rowsPerShard))),
  fit(context, data, params, part) {
    context.signal.throwIfAborted();
    return Promise.resolve(writeJson(fitPart(context, readPart(data, params, part), params)));
  },
};

/** What all shards found together. */
interface MergedShards {
  readonly champions: ShardResult['champions'];
  readonly rows: readonly BacktestRow[];
  /** Whose row it is. */
  readonly owners: readonly string[];
  readonly short: readonly BacktestRow[];
}

/** In the order of customers, whatever the shards, so that sums have one order. */
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

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

/** Part of the total that follows income, by the errors of the backtest's last origins one month ahead. */
function incomeShareOf({ rows, owners }: MergedShards, parts: readonly Float64Array[], first: number): number {
  const cases = rows.flatMap(({ origin, horizon, owed, byIncome, actual }, i) =>
    horizon === 1 && origin >= first && byIncome !== null
      ? [{ customer: owners[i]!, owed, base: owed + sumOf(parts[i]!), byIncome, actual }]
      : [],
  );
  return chooseIncomeShare(cases);
}

function calibrate(prepared: Prepared, gathered: MergedShards, params: SpendingParams): LearnedModel {
  const { start, table, until, byIncome } = prepared;
  const { champions, rows } = gathered;
  const errors = estimateErrors(rows);
  const bottomUp = params.reconciliation === 'bottom-up';
  const reconciled = (row: BacktestRow): Float64Array =>
    bottomUp ? Float64Array.from(row.parts) : reconcileRow(row, errors);
  const center = estimateCenter(rows, rows.map(reconciled));
  // A cold start has no total of its own to agree with, and no centre.
  const answered = (row: BacktestRow): Float64Array =>
    row.historyMonths < COLD_START_MONTHS
      ? Float64Array.from(row.parts)
      : reconciled(row).map((value) => value * center);
  const parts = rows.map(answered);
  const share = incomeShareOf(gathered, parts, until - params.origins);
  const shared = (row: BacktestRow, free: Float64Array): Float64Array =>
    row.byIncome === null ? free : rescaleParts(free, row.owed, row.byIncome, share);
  const points = monthlyPoints(
    rows,
    rows.map((row, i) => shared(row, parts[i]!)),
  );
  // Only the total's bands know short histories; a category's would become too wide for everybody else.
  const short = monthlyPoints(
    gathered.short,
    gathered.short.map((row) => shared(row, answered(row))),
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
    champions: champions[customer] as Champions,
  }));
  return { ...model, bands: { ...model.bands, ...fitDailyBands(customers, model, until) } };
}

function readShard(bytes: Uint8Array): ShardResult {
  return shardResult.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

/**
 * Learns seasons from all customers, chooses each series' forecaster by backtest, calibrates bands, and keeps what is
 * known of each customer. Files: `model.json` (shared), `customers.json`, `curves.onnx` (evaluates all forecasters).
 * Deterministic: the same data and parameters give the same bytes, in however many shards.
 * @throws PipelineError `TOO_FEW_ROWS`, `MISSING_COLUMN`, `NOT_FINITE`.
 */
export async function train(context: TrainContext, data: TrainingData, params: SpendingParams): Promise<ArtefactFiles> {
  context.signal.throwIfAborted();
  const prepared = prepare(data, params);
  const results =
    context.shards.length > 0
      ? context.shards.map(readShard)
      : [fitPart(context, taskOf(prepared, { index: 0, count: 1 }), params)];
  const found = mergeShards(results, prepared.table.customers.keys());
  const model = calibrate(prepared, found, params);
  const stored: StoredCustomers = {
    schemaVersion: 1,
    customers: Object.fromEntries(
      [...prepared.table.customers].map(([customer, history]) => [
        customer,
        storeCustomer(history, (found.champions[customer] ?? { categories: {} }) as Champions),
      ]),
    ),
  };
  return Promise.resolve({
    'model.json': writeJson(model),
    'customers.json': writeJson(stored),
    'curves.onnx': forecastGraph(),
  });
}
