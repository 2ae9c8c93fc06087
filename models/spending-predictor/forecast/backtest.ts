import { z } from 'zod';
import { predictState } from '../../../learning/time-series/forecasting/index.js';
import { hashFraction } from '../../../learning/numeric/hash/murmur.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import {
  amountsByCategory,
  type Champions,
  COLD_START_MONTHS,
  composeForecast,
  curvesOf,
  type CustomerForecast,
  prepareForecast,
} from './customer-forecast.js';
import { type History, historyBefore, historySince, monthsKnown, totalIn } from './history.js';
import type { LearnedModel } from './learned-model.js';

/** Horizons in months at which each origin's forecast is recorded. */
export const keptHorizons: readonly number[] = [1, 2, 3, 4, 6, 9, 12];
/** Number of origins whose errors calibrate the bands. */
export const CALIBRATION_ORIGINS = 12;

const numbers = z.array(z.number());

/** One forecast of the backtest with the actual amounts; free spending (without bills) by category. */
const backtestRow = z.strictObject({
  /** Month of the origin: the forecast was made on its first day. */
  origin: z.int(),
  horizon: z.int(),
  historyMonths: z.int(),
  /** Free total by the total's own forecaster. */
  direct: z.number(),
  categories: z.array(z.string()),
  /** Total by the pooled income forecast, bills included; null without a known month. */
  byIncome: z.number().nullable(),
  /** Forecast of each category before reconciliation. */
  parts: numbers,
  /** Actual amount of each category less its expected bills. */
  came: numbers,
  /** Categories with bills. */
  billed: z.array(z.string()),
  /** Expected bills of each of these. */
  expected: numbers,
  /** Actual amount of each of these. */
  paid: numbers,
  /** Expected bills of all categories. */
  owed: z.number(),
  /** Actual total, bills included. */
  actual: z.number(),
});
export type BacktestRow = z.infer<typeof backtestRow>;

const champions = z.strictObject({
  total: z.string().optional(),
  categories: z.record(z.string(), z.string()),
});

/** Result of a shard of customers. */
export const shardResult = z.strictObject({
  /** By customer and month of the choice. */
  champions: z.record(z.string(), z.record(z.string(), champions)),
  /** By customer, so that the order of rows does not depend on the shards. */
  rows: z.record(z.string(), z.array(backtestRow)),
  /** The same customers with shortened histories. */
  short: z.record(z.string(), z.array(backtestRow)),
});
export type ShardResult = z.infer<typeof shardResult>;

/** Forecast of a customer from the history before the first month of a span, with curves evaluated in memory. */
export function forecastFrom(
  history: History,
  span: { readonly from: number; readonly count: number },
  model: LearnedModel,
  champions: Champions,
): CustomerForecast {
  const prepared = prepareForecast(historyBefore(history, span.from), span, model, champions);
  const means = curvesOf(prepared, model).map((state) => predictState(state, span.count).mean);
  return composeForecast(prepared, means, model);
}

/** The row of a forecast at a horizon. @param history - with the actual amounts. */
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
  return {
    origin: span.from,
    horizon,
    historyMonths,
    direct: direct[h]!,
    byIncome,
    categories,
    parts,
    came,
    billed,
    expected,
    paid,
    owed: sum(expected),
    actual: totalIn(history, month, () => true),
  };
}

/** Everything fitted that a forecast needs. */
export interface FittedModel {
  readonly model: LearnedModel;
  readonly champions: Champions;
}

/** A month to forecast from, and the month before which actual amounts are known. */
interface Origin {
  readonly from: number;
  readonly until: number;
}

/**
 * Rows of one origin; none for a customer without free spending, on which no band can be calibrated.
 * @param history - with the actual amounts.  @param known - history that the forecast is made from.
 */
function originRows(history: History, known: History, { from, until }: Origin, fitted: FittedModel): BacktestRow[] {
  const forecast = forecastFrom(known, { from, count: until - from }, fitted.model, fitted.champions);
  if (!forecast.coldStart && forecast.direct[0] === 0) return [];
  const horizons = keptHorizons.filter((horizon) => horizon <= until - from);
  return horizons.map((horizon) => rowAt(history, forecast, horizon));
}

/**
 * Forecasts of a customer from each of the last months.
 * @param fittedAt - the model for forecasts from a month, fitted without that month.
 */
export function backtestCustomer(
  history: History,
  fittedAt: (month: number) => FittedModel,
  until: number,
): BacktestRow[] {
  const first = Math.max(until - CALIBRATION_ORIGINS, (history.first ?? until) + COLD_START_MONTHS);
  const rows: BacktestRow[] = [];
  for (let from = first; from < until; from++)
    rows.push(...originRows(history, history, { from, until }, fittedAt(from)));
  return rows;
}

/** Distance in months between the origins that are also forecast from a short history. */
const SHORT_EVERY = 2;
/** Number of lengths of a short history: 0 to 11 months. */
const SHORT_LENGTHS = 12;

/**
 * Forecasts of a customer from histories shortened to less than a year, without champions: real new customers are too
 * few to calibrate their bands on.
 * @param modelAt - the model for forecasts from a month, fitted without that month.
 */
export function backtestShortHistory(
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

/** Total of the first month of a forecast. */
export const firstTotal = (forecast: CustomerForecast): number =>
  sum([...amountsByCategory(forecast).values()].map((values) => values[0]!));
