import { z } from 'zod';
import { solveByCholesky } from '../../../learning/numeric/matrix/cholesky.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { EVENT_FACTOR, fitSeasonalLevel } from '../../../learning/time-series/forecasting/index.js';
import { festivalShare } from './festival.js';
import { groupBy } from '../../../learning/group-by.js';

const categorySeason = z.strictObject({
  /** Deviation from the yearly mean by calendar month, January first; 0.1 = 10 % more. */
  months: z.array(z.number()).length(12),
  /** Deviation that the whole festival season adds. */
  festival: z.number(),
  /** Share of an unusual month's excess that is repeated a year later. */
  echo: z.number().min(0).max(1),
});
export type CategorySeason = z.infer<typeof categorySeason>;

/** Seasons of each category that are common to all customers; each customer has an own strength (amplitude). */
export const seasonality = z.strictObject({
  categories: z.record(z.string(), categorySeason),
  /** Logarithm of a typical customer's growth of spending in a year. */
  growth: z.number(),
});
export type Seasonality = z.infer<typeof seasonality>;

/** One customer's monthly free spending in one category. */
export interface SeasonSeries {
  readonly customer: string;
  readonly category: string;
  /** Month of the first value. */
  readonly first: number;
  readonly values: Float64Array;
}

/** Smallest seasonal factor. */
const LOWEST_FACTOR = 0.2;
/** Limit of the ratio of a value to its expectation. */
const OUTLIER = 5;
/** Ridge penalty on the pooled deviations, in numbers of series. */
const RIDGE_SERIES = 2;
/** Weight of the prior strength 1, in units of the weighted squared season. */
const STRENGTH_PRIOR = 0.3;
const STRENGTHS = { least: 0.3, most: 2 } as const;
const ROUNDS = 5;
/** Twelve calendar months and the festival. */
const EFFECTS = 13;
/** Weight of the prior echo 0, in units of the squared excess. */
const ECHO_PRIOR = 5;
/** Smallest length of a series from which seasons are estimated. */
const FEWEST_MONTHS = 12;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Deviation of a month from the yearly mean at strength 1. */
const deviationIn = (season: CategorySeason | undefined, month: number): number =>
  season === undefined ? 0 : season.months[month % 12]! + season.festival * festivalShare(month);

/** Seasonal factor of a month. @param strength - of the customer; 0 = no season, 1 = that of all customers. */
export const seasonFactor = (season: CategorySeason | undefined, month: number, strength: number): number =>
  Math.max(LOWEST_FACTOR, 1 + strength * deviationIn(season, month));

/** Level at the end of the series given season and growth. */
function levelOf({ first, values }: SeasonSeries, factor: (month: number) => number, growth: number): number {
  let [total, weight] = [0, 0];
  values.forEach((value, i) => {
    total += value;
    weight += factor(first + i) * Math.exp((growth / 12) * (i - values.length));
  });
  return weight > 0 ? total / weight : 0;
}

interface Fit {
  readonly seasons: Map<string, CategorySeason>;
  readonly strengths: Map<string, number>;
  readonly growth: number;
  /** Month that is left out of the estimation of seasons and strengths; null = none. */
  readonly except: number | null;
}

const factorOf =
  ({ seasons, strengths }: Fit, { customer, category }: SeasonSeries) =>
  (month: number): number =>
    seasonFactor(seasons.get(category), month, strengths.get(customer) ?? 1);

/** Ratio of each value to level and growth, limited, minus 1. */
function deviations(series: SeasonSeries, fit: Fit): Float64Array {
  const level = levelOf(series, factorOf(fit, series), fit.growth);
  const last = series.values.length;
  return series.values.map((value, i) => {
    const usual = level * Math.exp((fit.growth / 12) * (i - last));
    return usual > 0 ? Math.min(OUTLIER, value / usual) - 1 : 0;
  });
}

/** Ridge regression of the deviations on calendar month and festival share, over all customers of a category. */
function fitCategory(members: readonly SeasonSeries[], fit: Fit): CategorySeason {
  const a = new Float64Array(EFFECTS * EFFECTS);
  const b = new Float64Array(EFFECTS);
  for (const series of members) {
    const strength = fit.strengths.get(series.customer) ?? 1;
    deviations(series, fit).forEach((deviation, i) => {
      const month = series.first + i;
      if (month === fit.except) return;
      const calendar = month % 12;
      const share = festivalShare(month);
      b[calendar]! += strength * deviation;
      a[calendar * EFFECTS + calendar]! += strength * strength;
      b[12]! += strength * share * deviation;
      a[12 * EFFECTS + 12]! += (strength * share) ** 2;
      a[calendar * EFFECTS + 12]! += strength * strength * share;
      a[12 * EFFECTS + calendar]! += strength * strength * share;
    });
  }
  for (let i = 0; i < EFFECTS; i++) a[i * EFFECTS + i]! += RIDGE_SERIES;
  const effects = solveByCholesky(a, b);
  return { months: [...effects.subarray(0, 12)], festival: effects[12]!, echo: 0 };
}

/** Factor on the deviation of a calendar month that was observed in one year only. */
const SEEN_ONCE = 0.5;

const monthsSeen = (members: readonly SeasonSeries[]): Set<number> =>
  new Set(members.flatMap(({ first, values }) => Array.from(values, (_, i) => first + i)));

/** The season with shrunk deviations of calendar months and festivals that were observed in one year only. */
function shrinkUnrepeated(season: CategorySeason, members: readonly SeasonSeries[]): CategorySeason {
  const seen = [...monthsSeen(members)];
  const weight = (wanted: (month: number) => boolean): number => (seen.filter(wanted).length > 1 ? 1 : SEEN_ONCE);
  const months = season.months.map((deviation, i) => deviation * weight((month) => month % 12 === i));
  return { ...season, months, festival: season.festival * weight((month) => festivalShare(month) > 0.5) };
}

/** Seasonal strength of one customer: regression of the customer's deviations on the common seasons, shrunk to 1. */
function strengthOf(own: readonly SeasonSeries[], fit: Fit): number {
  const sums = own.map(({ values }) => sum(values));
  const total = sum(sums);
  let [covariance, variance] = [STRENGTH_PRIOR, STRENGTH_PRIOR];
  own.forEach((series, k) => {
    const weight = total > 0 ? sums[k]! / total : 0;
    deviations(series, fit).forEach((deviation, i) => {
      if (series.first + i === fit.except) return;
      const season = deviationIn(fit.seasons.get(series.category), series.first + i);
      covariance += weight * season * deviation;
      variance += weight * season * season;
    });
  });
  return clamp(covariance / variance, STRENGTHS.least, STRENGTHS.most);
}

/** Smallest number of months a year apart from which a customer's growth is estimated. */
const FEWEST_PAIRS = 3;

/** Log growth of one customer: the last months over the same months a year before; null with too few or zero months. */
function ownGrowth(own: readonly SeasonSeries[]): number | null {
  const length = Math.min(...own.map(({ values }) => values.length));
  const pairs = Math.min(12, length - 12);
  if (pairs < FEWEST_PAIRS) return null;
  let [recent, before] = [0, 0];
  for (const { values } of own)
    for (let i = values.length - pairs; i < values.length; i++) {
      recent += values[i]!;
      before += values[i - 12]!;
    }
  return recent > 0 && before > 0 ? Math.log(recent / before) : null;
}

/** Median yearly log growth of the customers, limited and shrunk to 0 when they are few. */
function growthOf(byCustomer: ReadonlyMap<string, readonly SeasonSeries[]>): number {
  const ratios = [...byCustomer.values()].map(ownGrowth).filter((ratio) => ratio !== null);
  ratios.sort((a, b) => a - b);
  if (ratios.length === 0) return 0;
  const weight = ratios.length / (ratios.length + 10);
  return weight * clamp(ratios[ratios.length >> 1]!, -0.2, 0.3);
}

/** Echo of a category: regression of a month's excess on that of an unusual month a year before, shrunk to 0. */
function estimateEcho(members: readonly SeasonSeries[], fit: Fit): number {
  let [covariance, variance] = [0, ECHO_PRIOR];
  for (const series of members) {
    const factor = factorOf(fit, series);
    const options = { factor, growth: fit.growth, memory: 1, clip: EVENT_FACTOR };
    const { level, expected } = fitSeasonalLevel(series.values, series.first, options);
    if (!(level > 0)) continue;
    const excess = (i: number): number => series.values[i]! / expected(series.first + i) - 1;
    for (let i = 12; i < series.values.length; i++) {
      const before = Math.min(OUTLIER, excess(i - 12));
      if (before <= EVENT_FACTOR - 1) continue;
      covariance += before * Math.min(OUTLIER, excess(i));
      variance += before * before;
    }
  }
  return clamp(covariance / variance, 0, 1);
}

/**
 * Fits the common seasons by alternating least squares: each category's deviations by calendar month and festival, pooled
 * over customers, and each customer's strength. Deterministic; O(rounds · series · months).
 * @param series - free spending; series shorter than a year are left out.
 * @param except - month that is left out, so that a forecast of it is out of sample.
 */
export function fitSeasonality(series: readonly SeasonSeries[], except: number | null = null): Seasonality {
  const usable = series.filter(({ values }) => values.length >= FEWEST_MONTHS && values.some((value) => value > 0));
  const byCategory = [...groupBy(usable, ({ category }) => category)].sort(([a], [b]) => (a < b ? -1 : 1));
  const byCustomer = groupBy(usable, ({ customer }) => customer);
  const fit: Fit = { seasons: new Map(), strengths: new Map(), growth: growthOf(byCustomer), except };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [category, members] of byCategory) fit.seasons.set(category, fitCategory(members, fit));
    for (const [customer, own] of byCustomer) fit.strengths.set(customer, strengthOf(own, fit));
  }
  const seasons = byCategory.map(([category, members]) => {
    const season = fit.seasons.get(category)!;
    return [category, { ...shrinkUnrepeated(season, members), echo: estimateEcho(members, fit) }] as const;
  });
  return { categories: Object.fromEntries(seasons), growth: fit.growth };
}

/** A customer's strength given the common seasons; 1 with less than a year of history. */
export function customerStrength(own: readonly SeasonSeries[], { categories, growth }: Seasonality): number {
  const usable = own.filter(({ values }) => values.length >= FEWEST_MONTHS);
  if (usable.length === 0) return 1;
  const fit: Fit = { seasons: new Map(Object.entries(categories)), strengths: new Map(), growth, except: null };
  // Two rounds, because the level from which deviations are measured depends on the strength.
  for (let round = 0; round < 2; round++) fit.strengths.set(own[0]!.customer, strengthOf(usable, fit));
  return fit.strengths.get(own[0]!.customer)!;
}
