import { z } from 'zod';
import {
  backtest,
  type BacktestResult,
  predictState,
  type Forecaster,
  type Series,
} from '../../../learning/time-series/forecasting/index.js';
import { hashFraction } from '../../../learning/numeric/hash/murmur.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import {
  amountsByCategory,
  candidatesFor,
  type Champions,
  COLD_START_MONTHS,
  composeForecast,
  curvesOf,
  type CustomerForecast,
  customerSeries,
  prepareForecast,
} from './customer-forecast.js';
import { type History, historyBefore, historySince, monthsKnown, totalIn } from './history.js';
import type { LearnedModel } from './learned-model.js';
import { divideHistory } from './recurring.js';

/** Steps ahead that are kept of each origin's forecast. */
export const keptHorizons: readonly number[] = [1, 2, 3, 4, 6, 9, 12];
/** Origins whose errors calibrate the bands. */
export const CALIBRATION_ORIGINS = 12;

const numbers = z.array(z.number());

/** What one forecast of the backtest said and what came, free spending by category beside the bills. */
const backtestRow = z.strictObject({
  /** Month from whose first day it was forecast. */
  origin: z.int(),
  horizon: z.int(),
  historyMonths: z.int(),
  /** Of the total's own curve. */
  direct: z.number(),
  categories: z.array(z.string()),
  /** Everything by income, bills included; null where no month was known. */
  byIncome: z.number().nullable(),
  /** Before reconciliation. */
  parts: numbers,
  /** What came in these categories without the bills that were expected. */
  came: numbers,
  /** Categories with bills, what was expected of these, and everything that came in the category. */
  billed: z.array(z.string()),
  expected: numbers,
  paid: numbers,
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
  /** Of the same customers as if they had come months ago only. */
  short: z.record(z.string(), z.array(backtestRow)),
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
/** Fewer origins than this are luck. */
const FEWEST_ORIGINS = 6;

/** Size of the error at each origin, one step ahead. */
const absoluteErrors = ({ forecasts }: BacktestResult, except: number | null): number[] =>
  forecasts.flatMap(({ origin, actual, mean }) => (origin === except ? [] : [Math.abs(actual[0]! - mean[0]!)]));

/** What the favourite and its rivals said of one series. */
type Contest = readonly BacktestResult[];

/** The rival that beats the favourite by the margin and at nearly all origins, else nothing. @param except - origin that may not vote. */
function winner([own, ...rivals]: Contest, margin: number, except: number | null): string | undefined {
  if (own === undefined || own.forecasts.length === 0) return undefined;
  const ours = absoluteErrors(own, except);
  const judged = rivals.filter(({ forecasts }) => forecasts.length > 0).map((rival) => ({ rival, errors: absoluteErrors(rival, except) })); // prettier-ignore
  if (judged.length === 0 || ours.length === 0) return undefined;
  const best = judged.reduce((a, b) => (mean(b.errors) < mean(a.errors) ? b : a));
  if (mean(best.errors) >= mean(ours) * (1 - margin)) return undefined;
  const nearer = best.errors.filter((error, i) => error <= ours[i]!).length;
  return nearer >= NEARER_SHARE * ours.length ? best.rival.forecaster : undefined;
}

/** The forecaster of each of a customer's series. */
export interface ChosenForecasters {
  readonly champions: ShardResult['champions'][string];
  /** As they would have been chosen without the errors of the forecast from one month, so that these can be judged. */
  readonly without: (month: number) => ShardResult['champions'][string];
}

const nobody: ChosenForecasters = { champions: { categories: {} }, without: () => ({ categories: {} }) };

/** The forecaster of each of a customer's series, by rolling origin one month ahead. */
export function chooseChampions(
  history: History,
  model: Pick<LearnedModel, 'seasonality' | 'memory'>,
  { until, origins, margin }: BacktestSettings,
): ChosenForecasters {
  if (monthsKnown(history, until) < COLD_START_MONTHS) return nobody;
  const { free } = divideHistory(history, { from: until, count: 1 });
  const own = customerSeries(free, history.first!, model);
  if (own.categories.length === 0) return nobody;
  const contest = (series: Series, favourite: Forecaster): Contest => {
    const results = backtest(series, candidatesFor(favourite), { horizon: 1, origins });
    return results[0]!.forecasts.length < Math.min(origins, FEWEST_ORIGINS) ? [] : results;
  };
  const contests = own.series.map((series, k) => contest(series, own.favourites[k]!));
  const total = contest(own.total, own.totalFavourite);
  const chosen = (except: number | null): ShardResult['champions'][string] => {
    const names = contests.map((results) => winner(results, margin, except));
    const ofTotal = winner(total, margin, except);
    const categories = names.flatMap((name, k) => (name === undefined ? [] : [[own.categories[k]!, name] as const]));
    return { ...(ofTotal === undefined ? {} : { total: ofTotal }), categories: Object.fromEntries(categories) };
  };
  const judged = new Set(total[0]?.forecasts.map(({ origin }) => origin));
  const champions = chosen(null);
  const without = (month: number) => (judged.has(month - history.first!) ? chosen(month - history.first!) : champions);
  return { champions, without };
}

/** One forecast of a customer from what was known before a month, in memory. */
export function forecastFrom(
  history: History,
  span: { readonly from: number; readonly count: number },
  model: LearnedModel,
  chosen: Champions,
): CustomerForecast {
  const prepared = prepareForecast(historyBefore(history, span.from), span, model, chosen);
  const means = curvesOf(prepared, model).map((state) => predictState(state, span.count).mean);
  return composeForecast(prepared, means, model);
}

function rowAt(history: History, forecast: CustomerForecast, horizon: number): BacktestRow {
  const { span, free, owed, direct, historyMonths } = forecast;
  const byIncome = forecast.byIncome && predictState(forecast.byIncome, horizon).mean[horizon - 1]!;
  const [h, month] = [horizon - 1, span.from + horizon - 1];
  const categories = [...free.keys()];
  const parts = categories.map((category) => free.get(category)![h]!);
  const came = categories.map((category) => {
    const expected = owed.get(category)?.[h] ?? 0;
    return totalIn(history, month, (name) => name === category) - expected;
  });
  const billed = [...owed.keys()];
  const expected = billed.map((category) => owed.get(category)![h]!);
  const paid = billed.map((category) => totalIn(history, month, (name) => name === category));
  const all = expected.reduce((sum, value) => sum + value, 0);
  const actual = totalIn(history, month, () => true);
  const figures = { categories, parts, came, billed, expected, paid };
  return { origin: span.from, horizon, historyMonths, direct: direct[h]!, byIncome, ...figures, owed: all, actual };
}

/** What a forecast from a month may rest on. */
export interface Knowledge {
  readonly model: LearnedModel;
  readonly champions: Champions;
}

/** A month to forecast from, and how far rows are wanted. */
interface Origin {
  readonly from: number;
  readonly until: number;
}

/** Rows of one origin; none where there is nothing to calibrate a band on. @param known - what the forecast may see. */
function originRows(history: History, known: History, { from, until }: Origin, at: Knowledge): BacktestRow[] {
  const forecast = forecastFrom(known, { from, count: until - from }, at.model, at.champions);
  if (!forecast.coldStart && forecast.direct[0] === 0) return [];
  const horizons = keptHorizons.filter((horizon) => horizon <= until - from);
  return horizons.map((horizon) => rowAt(history, forecast, horizon));
}

/**
 * Forecasts from each of the last months, categories and total each by itself.
 * @param at - what was learned without the month that is forecast first.
 */
export function backtestCustomer(history: History, at: (month: number) => Knowledge, until: number): BacktestRow[] {
  const first = Math.max(until - CALIBRATION_ORIGINS, (history.first ?? until) + COLD_START_MONTHS);
  const rows: BacktestRow[] = [];
  for (let from = first; from < until; from++) rows.push(...originRows(history, history, { from, until }, at(from)));
  return rows;
}

/** Every other month of a customer is also forecast from a short history: enough to know how wide bands must be then. */
const SHORT_EVERY = 2;
/** Lengths of a short history in months: none at all to a month less than a year. */
const SHORT_LENGTHS = 12;

/**
 * The same as if the customer had come less than a year before: those who really did are too few to calibrate their
 * bands on. Nobody's champions count, as nobody has any after so short a time.
 */
export function backtestNewcomer(
  customer: string,
  history: History,
  modelAt: (month: number) => LearnedModel,
  until: number,
): BacktestRow[] {
  const rows: BacktestRow[] = [];
  const offset = Math.floor(hashFraction('short-history', customer) * SHORT_LENGTHS * SHORT_EVERY);
  for (let from = until - CALIBRATION_ORIGINS; from < until; from++) {
    if ((from + offset) % SHORT_EVERY !== 0) continue;
    const months = (Math.floor(from / SHORT_EVERY) + offset) % SHORT_LENGTHS;
    if (monthsKnown(history, from) <= months) continue;
    const known = historySince(history, from - months);
    rows.push(...originRows(history, known, { from, until }, { model: modelAt(from), champions: { categories: {} } }));
  }
  return rows;
}

/** Amount of everything in the first month of a forecast. */
export const firstTotal = (forecast: CustomerForecast): number =>
  [...amountsByCategory(forecast).values()].reduce((sum, values) => sum + values[0]!, 0);
