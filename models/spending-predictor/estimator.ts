import { canonicalJson } from '../../contracts/canonical-json.js';
import type { TrainingData } from '../../contracts/dataset.js';
import { PipelineError } from '../../contracts/errors.js';
import type { ArtefactFiles, ComputeContext, Sharding, TrainContext } from '../../contracts/model-definition.js';
import { forecastGraph } from '../../learning/forecasting/serving/graph.js';
import { hashFraction } from '../../learning/hash/murmur.js';
import {
  type BacktestRow,
  backtestCustomer,
  backtestNewcomer,
  CALIBRATION_ORIGINS,
  chooseChampions,
  shardResult,
  type ShardResult,
} from './backtest.js';
import {
  learnCenter,
  learnDailyBands,
  learnErrors,
  learnMonthlyBands,
  monthlyPoints,
  openBands,
  reconcileRow,
} from './calibration.js';
import { storeCustomer, type StoredCustomers } from './customer-store.js';
import { fitProfile } from './days.js';
import { type Champions, TOTAL } from './engine.js';
import { customerGroups } from './groups.js';
import { type History, monthsKnown } from './history.js';
import type { LearnedModel } from './learned-model.js';
import type { SpendingParams } from './params.js';
import { openPredictor } from './predictor.js';
import { firstOpenMonth, readSpending, type SpendingTable } from './read-table.js';
import { divideHistory } from './recurring.js';
import { sampleInputs } from './sample.js';
import { fitSeasonality, type SeasonSeries } from './seasonality.js';

/** Below this there is no month to learn from. */
const FEWEST_ROWS = 30;
const MOST_SHARDS = 64;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What all shards start from. */
interface Prepared {
  readonly table: SpendingTable;
  readonly until: number;
  readonly start: LearnedModel;
}

/** @throws PipelineError `TOO_FEW_ROWS`, `MISSING_COLUMN`, `NOT_FINITE`. */
function readTraining({ schema, table }: TrainingData): { readonly table: SpendingTable; readonly until: number } {
  const spending = readSpending(table);
  const details = { line: schema.line };
  if (table.rowCount < FEWEST_ROWS || spending.customers.size === 0) {
    const message = `${table.rowCount} rows, ${spending.customers.size} customers with spending; wanted ${FEWEST_ROWS} and 1`;
    throw new PipelineError('TOO_FEW_ROWS', message, details);
  }
  const until = firstOpenMonth(spending.until);
  const months = Math.max(...[...spending.customers.values()].map((history) => monthsKnown(history, until)));
  if (months === 0) throw new PipelineError('TOO_FEW_ROWS', 'no customer has a whole month of spending', details);
  return { table: spending, until };
}

function freeSeries(customers: ReadonlyMap<string, History>, until: number): SeasonSeries[] {
  return [...customers].flatMap(([customer, history]) => {
    if (history.first === null || history.first >= until) return [];
    const { free } = divideHistory(history, { from: until, count: 1 });
    const first = history.first;
    return [...free].map(([category, values]): SeasonSeries => ({ customer, category, first, values }));
  });
}

/** Seasons, day profile and groups: quick, and the same in every shard. */
function prepare(data: TrainingData, params: SpendingParams): Prepared {
  const { table, until } = readTraining(data);
  const histories = [...table.customers.values()];
  const firstMonth = Math.min(...histories.map(({ first }) => first ?? until));
  const start: LearnedModel = {
    schemaVersion: 1,
    seasonality: fitSeasonality(freeSeries(table.customers, until)),
    memory: params.memory,
    reconciliation: 'bottom-up',
    errors: { names: [TOTAL], covariance: [0.01], typicalVariance: 0.0025 },
    center: 1,
    groups: customerGroups(histories, until),
    profile: fitProfile(histories, [firstMonth, until]),
    bands: openBands,
    horizonDays: params.forecastHorizon,
    knownUntil: table.until,
  };
  return { table, until, start };
}

const belongsTo = (customer: string, { index, count }: { readonly index: number; readonly count: number }): boolean =>
  Math.min(count - 1, Math.floor(hashFraction('spending-shard', customer) * count)) === index;

/** What is known by the first day of each month of the backtest, with seasons that did not see the month itself. */
function modelsWithout({ table, until, start }: Prepared): (month: number) => LearnedModel {
  const series = freeSeries(table.customers, until);
  const models = new Map<number, LearnedModel>();
  for (let month = until - CALIBRATION_ORIGINS; month < until; month++)
    models.set(month, { ...start, seasonality: fitSeasonality(series, month) });
  return (month) => models.get(month) ?? start;
}

/** Champions and backtest of a part of the customers. */
function fitPart(
  context: ComputeContext,
  prepared: Prepared,
  params: SpendingParams,
  part: { readonly index: number; readonly count: number },
): ShardResult {
  const { table, until, start } = prepared;
  const own = [...table.customers].filter(([customer]) => belongsTo(customer, part));
  const settings = { origins: params.origins, margin: params.margin, until };
  const modelAt = modelsWithout(prepared);
  const result: ShardResult = { champions: {}, rows: {}, short: {} };
  own.forEach(([customer, history], i) => {
    context.signal.throwIfAborted();
    const { champions, without } = chooseChampions(history, start, settings);
    const at = (month: number) => ({ model: modelAt(month), champions: without(month) });
    result.champions[customer] = champions;
    result.rows[customer] = backtestCustomer(history, at, until);
    result.short[customer] = backtestNewcomer(customer, history, modelAt, until);
    context.onProgress({ stage: 'backtest', done: i + 1, total: own.length });
  });
  return result;
}

/** Work that Temporal hands out in parts: each customer's backtest needs nobody else's. */
export const shards: Sharding<SpendingParams> = {
  count: (rows, { rowsPerShard }) => (rows < rowsPerShard ? 0 : Math.min(MOST_SHARDS, Math.ceil(rows / rowsPerShard))),
  fit(context, data, params, part) {
    context.signal.throwIfAborted();
    return Promise.resolve(utf8(canonicalJson(fitPart(context, prepare(data, params), params, part))));
  },
};

/** What all shards found together. */
interface Gathered {
  readonly champions: ShardResult['champions'];
  readonly rows: readonly BacktestRow[];
  readonly short: readonly BacktestRow[];
}

/** In the order of customers, whatever the shards, so that sums have one order. */
function gather(results: readonly ShardResult[], customers: Iterable<string>): Gathered {
  const champions = Object.assign({}, ...results.map((result) => result.champions)) as ShardResult['champions'];
  const rows = Object.assign({}, ...results.map((result) => result.rows)) as ShardResult['rows'];
  const short = Object.assign({}, ...results.map((result) => result.short)) as ShardResult['short'];
  const order = [...customers];
  return {
    champions,
    rows: order.flatMap((customer) => rows[customer] ?? []),
    short: order.flatMap((customer) => short[customer] ?? []),
  };
}

function calibrate(prepared: Prepared, gathered: Gathered, params: SpendingParams): LearnedModel {
  const { start, table, until } = prepared;
  const { champions, rows } = gathered;
  const errors = learnErrors(rows);
  const bottomUp = params.reconciliation === 'bottom-up';
  const reconciled = (row: BacktestRow): Float64Array =>
    bottomUp ? Float64Array.from(row.parts) : reconcileRow(row, errors);
  const parts = rows.map(reconciled);
  const center = learnCenter(rows, parts);
  const points = monthlyPoints(rows, parts, center);
  // Only the total's bands know short histories; a category's would become too wide for everybody else.
  const short = monthlyPoints(gathered.short, gathered.short.map(reconciled), center);
  const monthly = learnMonthlyBands({ ...points, month: [...points.month, ...short.month] });
  const { reconciliation } = params;
  const model: LearnedModel = { ...start, errors, center, reconciliation, bands: { ...openBands, ...monthly } };
  const customers = [...table.customers].map(([customer, history]) => ({
    history,
    champions: champions[customer] as Champions,
  }));
  return { ...model, bands: { ...model.bands, ...learnDailyBands(customers, model, until) } };
}

function readShard(bytes: Uint8Array): ShardResult {
  return shardResult.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

/**
 * Learns seasons from all customers, chooses each series' forecaster by backtest, calibrates bands, and keeps what is
 * known of each customer. Files: `model.json` (shared), `customers.json`, `curves.onnx` (evaluates all forecasters),
 * `sample.json`. Deterministic: the same data and parameters give the same bytes, in however many shards.
 * @throws PipelineError `TOO_FEW_ROWS`, `MISSING_COLUMN`, `NOT_FINITE`.
 */
export async function train(context: TrainContext, data: TrainingData, params: SpendingParams): Promise<ArtefactFiles> {
  context.signal.throwIfAborted();
  const prepared = prepare(data, params);
  const results =
    context.shards.length > 0
      ? context.shards.map(readShard)
      : [fitPart(context, prepared, params, { index: 0, count: 1 })];
  const found = gather(results, prepared.table.customers.keys());
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
  const files = {
    'model.json': utf8(canonicalJson(model)),
    'customers.json': utf8(canonicalJson(stored)),
    'curves.onnx': forecastGraph(),
  };
  const predictor = await openPredictor(files);
  const inputs = sampleInputs(model);
  const outputs = await predictor.predict(inputs.map((input) => predictor.input.parse(input)));
  await predictor.close();
  return { ...files, 'sample.json': utf8(canonicalJson({ inputs, outputs })) };
}
