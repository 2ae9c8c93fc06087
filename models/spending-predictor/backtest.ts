import { z } from 'zod';
import {
  backtest,
  type BacktestResult,
  predictState,
  type Forecaster,
  type Series,
} from '../../learning/forecasting/index.js';
import {
  amountsByCategory,
  candidatesFor,
  type Champions,
  COLD_START_MONTHS,
  composeForecast,
  type CustomerForecast,
  customerSeries,
  prepareForecast,
} from './engine.js';
import { type History, historyBefore, monthsKnown, totalIn } from './history.js';
import type { LearnedModel } from './learned-model.js';
import { divideHistory } from './recurring.js';

/** Steps ahead that are kept of each origin's forecast. */
export const keptHorizons: readonly number[] = [1, 2, 3, 4, 6, 9, 12];
/** Origins whose errors calibrate the bands. */
const CALIBRATION_ORIGINS = 12;

const numbers = z.array(z.number());

/** What one forecast of the backtest said and what came, free spending by category beside the bills. */
const backtestRow = z.strictObject({
  horizon: z.int(),
  historyMonths: z.int(),
  /** Of the total's own curve. */
  direct: z.number(),
  categories: z.array(z.string()),
  /** Before reconciliation. */
  parts: numbers,
  /** What came in these categories without the bills that were expected. */
  came: numbers,
  /** Everything, bills included: expected bills, and what came. */
  owed: z.number(),
  actual: z.number(),
});
export type BacktestRow = z.infer<typeof backtestRow>;

const champions = z.strictObject({
  total: z.string().optional(),
  categories: z.record(z.string(), z.string()),
});

/** What a shard of customers contributes. */
export const shardResult = z.strictObject({
  champions: z.record(z.string(), champions),
  /** By customer, so that results can be put into one order whatever the shards. */
  rows: z.record(z.string(), z.array(backtestRow)),
});
export type ShardResult = z.infer<typeof shardResult>;

/** Settings of a backtest. */
export interface BacktestSettings {
  readonly origins: number;
  readonly margin: number;
  /** First month that is not known whole. */
  readonly until: number;
}

/** Share of the origins at which a rival must have been nearer: one lucky month chooses nobody. */
const NEARER_SHARE = 0.8;

const absoluteErrors = ({ forecasts }: BacktestResult): number[] =>
  forecasts.map(({ actual, mean }) => Math.abs(actual[0]! - mean[0]!));

/** The rival that beats the favourite by the margin and at nearly all origins, else nothing. */
function winner(series: Series, favourite: Forecaster, { origins, margin }: BacktestSettings): string | undefined {
  const [own, ...rivals] = backtest(series, candidatesFor(favourite), { horizon: 1, origins });
  // Fewer origins than this are luck.
  if (own === undefined || own.forecasts.length < Math.min(origins, 6)) return undefined;
  const best = rivals.reduce((a, b) => (b.mae < a.mae ? b : a));
  if (best.mae >= own.mae * (1 - margin)) return undefined;
  const [ours, theirs] = [absoluteErrors(own), absoluteErrors(best)];
  const nearer = theirs.filter((error, i) => error <= ours[i]!).length;
  return nearer >= NEARER_SHARE * ours.length ? best.forecaster : undefined;
}

/** The forecaster of each of a customer's series, by rolling origin one month ahead. */
export function chooseChampions(
  history: History,
  model: Pick<LearnedModel, 'seasonality' | 'memory'>,
  settings: BacktestSettings,
): ShardResult['champions'][string] {
  const { until } = settings;
  if (monthsKnown(history, until) < COLD_START_MONTHS) return { categories: {} };
  const { free } = divideHistory(history, { from: until, count: 1 });
  const own = customerSeries(free, history.first!, model);
  if (own.categories.length === 0) return { categories: {} };
  const categories = own.series.flatMap((series, k) => {
    const name = winner(series, own.favourites[k]!, settings);
    return name === undefined ? [] : [[own.categories[k]!, name] as const];
  });
  const total = winner(own.total, own.totalFavourite, settings);
  return { ...(total === undefined ? {} : { total }), categories: Object.fromEntries(categories) };
}

/** One forecast of a customer from what was known before a month, in memory. */
export function forecastFrom(
  history: History,
  span: { readonly from: number; readonly count: number },
  model: LearnedModel,
  chosen: Champions,
): CustomerForecast {
  const prepared = prepareForecast(historyBefore(history, span.from), span, model, chosen);
  const means = prepared.states.map((state) => predictState(state, span.count).mean);
  return composeForecast(prepared, means, model);
}

function rowsAt(history: History, forecast: CustomerForecast, horizon: number): BacktestRow {
  const { span, free, owed, direct, historyMonths } = forecast;
  const [h, month] = [horizon - 1, span.from + horizon - 1];
  const categories = [...free.keys()];
  const parts = categories.map((category) => free.get(category)![h]!);
  const came = categories.map((category) => {
    const expected = owed.get(category)?.[h] ?? 0;
    return totalIn(history, month, (name) => name === category) - expected;
  });
  const all = [...owed.values()].reduce((sum, values) => sum + values[h]!, 0);
  const actual = totalIn(history, month, () => true);
  return { horizon, historyMonths, direct: direct[h]!, categories, parts, came, owed: all, actual };
}

/** Forecasts from each of the last months, categories and total each by itself. */
export function backtestCustomer(
  history: History,
  model: LearnedModel,
  chosen: Champions,
  until: number,
): BacktestRow[] {
  const rows: BacktestRow[] = [];
  const first = Math.max(until - CALIBRATION_ORIGINS, (history.first ?? until) + COLD_START_MONTHS);
  for (let from = first; from < until; from++) {
    const forecast = forecastFrom(history, { from, count: until - from }, model, chosen);
    if (forecast.coldStart || forecast.direct[0] === 0) continue;
    for (const horizon of keptHorizons) if (horizon <= until - from) rows.push(rowsAt(history, forecast, horizon));
  }
  return rows;
}

/** Amount of everything in the first month of a forecast. */
export const firstTotal = (forecast: CustomerForecast): number =>
  [...amountsByCategory(forecast).values()].reduce((sum, values) => sum + values[0]!, 0);
