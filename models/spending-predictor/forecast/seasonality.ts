import { solveByCholesky } from '../../../learning/numeric/matrix/cholesky.js';
import { z } from 'zod';
import { EVENT_FACTOR, usualOf } from './pooled-season.js';
import { festivalShare } from './festival.js';

const categorySeason = z.strictObject({
  /** Deviation from the year's mean by calendar month, January first; 0.1 = 10 % more. */
  months: z.array(z.number()).length(12),
  /** What the whole festival season adds. */
  festival: z.number(),
  /** Share of an unusual month's excess that customers repeat a year later. */
  echo: z.number().min(0).max(1),
});
export type CategorySeason = z.infer<typeof categorySeason>;

/** Seasons that all customers share; each lives them in a strength of their own. */
export const seasonality = z.strictObject({
  categories: z.record(z.string(), categorySeason),
  /** Logarithm of a typical customer's growth of spending in a year. */
  growth: z.number(),
});
export type Seasonality = z.infer<typeof seasonality>;

/** One customer's free spending in one category, month by month. */
export interface SeasonSeries {
  readonly customer: string;
  readonly category: string;
  readonly first: number;
  readonly values: Float64Array;
}

/** No season takes more than this off a category. */
const LOWEST_FACTOR = 0.2;
/** A month that is this many times the usual is an event, not a season. */
const OUTLIER = 5;
/** Ridge on the pooled deviations, in series: a category of a few customers keeps flat. */
const RIDGE_SERIES = 2;
/** Pseudo-evidence for a strength of 1, in units of weighted squared season. */
const STRENGTH_PRIOR = 0.3;
const STRENGTHS = { least: 0.3, most: 2 } as const;
const ROUNDS = 5;
const EFFECTS = 13;
/** Pseudo-evidence that events do not repeat, in squared excess. */
const ECHO_PRIOR = 5;
const FEWEST_MONTHS = 12;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Deviation of a month from the year's mean for everybody (strength 1). */
export const deviationIn = (season: CategorySeason | undefined, month: number): number =>
  season === undefined ? 0 : season.months[month % 12]! + season.festival * festivalShare(month);

/** Factor on usual spending in a month. @param strength - the customer's own; 0 = no seasons. */
export const seasonFactor = (season: CategorySeason | undefined, month: number, strength: number): number =>
  Math.max(LOWEST_FACTOR, 1 + strength * deviationIn(season, month));

/** Usual spending at the end of the series: amounts over what season and growth make of 1. */
function usualLevel({ first, values }: SeasonSeries, factor: (month: number) => number, growth: number): number {
  let [sum, weight] = [0, 0];
  values.forEach((value, i) => {
    sum += value;
    weight += factor(first + i) * Math.exp((growth / 12) * (i - values.length));
  });
  return weight > 0 ? sum / weight : 0;
}

interface Fit {
  readonly seasons: Map<string, CategorySeason>;
  readonly strengths: Map<string, number>;
  readonly growth: number;
  /** Month that seasons and strengths may not learn from; null = none. */
  readonly except: number | null;
}

const factorOf =
  ({ seasons, strengths }: Fit, { customer, category }: SeasonSeries) =>
  (month: number): number =>
    seasonFactor(seasons.get(category), month, strengths.get(customer) ?? 1);

/** Amount over usual level and growth, minus 1, capped. */
function deviations(series: SeasonSeries, fit: Fit): Float64Array {
  const level = usualLevel(series, factorOf(fit, series), fit.growth);
  const last = series.values.length;
  return series.values.map((value, i) => {
    const usual = level * Math.exp((fit.growth / 12) * (i - last));
    return usual > 0 ? Math.min(OUTLIER, value / usual) - 1 : 0;
  });
}

/** Least squares of deviations on calendar month and festival, over all customers of a category, ridge to 0. */
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

/** What is kept of a calendar month that was seen in one year only: the rest may have been that year's own. */
const SEEN_ONCE = 0.5;

const monthsSeen = (members: readonly SeasonSeries[]): Set<number> =>
  new Set(members.flatMap(({ first, values }) => Array.from(values, (_, i) => first + i)));

/** A season as far as it was seen in more than one year. */
function trusted(season: CategorySeason, members: readonly SeasonSeries[]): CategorySeason {
  const seen = [...monthsSeen(members)];
  const trust = (wanted: (month: number) => boolean): number => (seen.filter(wanted).length > 1 ? 1 : SEEN_ONCE);
  const months = season.months.map((deviation, i) => deviation * trust((month) => month % 12 === i));
  return { ...season, months, festival: season.festival * trust((month) => festivalShare(month) > 0.5) };
}

/** How strongly one customer lives the shared seasons: regression of own deviations on them, shrunk to 1. */
function strengthOf(own: readonly SeasonSeries[], fit: Fit): number {
  const sums = own.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const total = sums.reduce((sum, value) => sum + value, 0);
  let [agreement, power] = [STRENGTH_PRIOR, STRENGTH_PRIOR];
  own.forEach((series, k) => {
    const weight = total > 0 ? sums[k]! / total : 0;
    deviations(series, fit).forEach((deviation, i) => {
      if (series.first + i === fit.except) return;
      const season = deviationIn(fit.seasons.get(series.category), series.first + i);
      agreement += weight * season * deviation;
      power += weight * season * season;
    });
  });
  return clamp(agreement / power, STRENGTHS.least, STRENGTHS.most);
}

function grouped<Key>(series: readonly SeasonSeries[], key: (one: SeasonSeries) => Key): Map<Key, SeasonSeries[]> {
  const groups = new Map<Key, SeasonSeries[]>();
  for (const one of series) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}

/** Months that are compared with the same months a year before; fewer pairs are chance. */
const FEWEST_PAIRS = 3;

/** Growth of one customer: the last months that have one a year before, over those. */
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

/** Typical growth in a year: the middle customer's, shrunk to 0 when they are few. */
function growthOf(byCustomer: ReadonlyMap<string, readonly SeasonSeries[]>): number {
  const ratios = [...byCustomer.values()].map(ownGrowth).filter((ratio) => ratio !== null);
  ratios.sort((a, b) => a - b);
  if (ratios.length === 0) return 0;
  const trust = ratios.length / (ratios.length + 10);
  return trust * clamp(ratios[ratios.length >> 1]!, -0.2, 0.3);
}

/** Unusual months compared with the same month a year later: the share of the excess that comes again, shrunk to 0. */
function echoOf(members: readonly SeasonSeries[], fit: Fit): number {
  let [again, events] = [0, ECHO_PRIOR];
  for (const series of members) {
    const factor = factorOf(fit, series);
    const settings = { factor, growth: fit.growth, memory: 1, clip: EVENT_FACTOR, echo: 0, horizon: 0 };
    const usual = usualOf(series.values, series.first, settings);
    if (!(usual.level > 0)) continue;
    const excess = (i: number): number => series.values[i]! / usual.at(series.first + i) - 1;
    for (let i = 12; i < series.values.length; i++) {
      const before = Math.min(OUTLIER, excess(i - 12));
      if (before <= EVENT_FACTOR - 1) continue;
      again += before * Math.min(OUTLIER, excess(i));
      events += before * before;
    }
  }
  return clamp(again / events, 0, 1);
}

/**
 * Learns the seasons that customers share: by turns each category's deviations by calendar month and festival, pooled
 * over customers, and each customer's strength. Deterministic; O(rounds · series · months).
 * @param series - free spending; those shorter than a year say nothing about seasons and are left out.
 * @param except - month whose deviations are not learned from, so that a forecast of it can be judged.
 */
export function fitSeasonality(series: readonly SeasonSeries[], except: number | null = null): Seasonality {
  const usable = series.filter(({ values }) => values.length >= FEWEST_MONTHS && values.some((value) => value > 0));
  const byCategory = [...grouped(usable, ({ category }) => category)].sort(([a], [b]) => (a < b ? -1 : 1));
  const byCustomer = grouped(usable, ({ customer }) => customer);
  const fit: Fit = { seasons: new Map(), strengths: new Map(), growth: growthOf(byCustomer), except };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [category, members] of byCategory) fit.seasons.set(category, fitCategory(members, fit));
    for (const [customer, own] of byCustomer) fit.strengths.set(customer, strengthOf(own, fit));
  }
  const seasons = byCategory.map(([category, members]) => {
    const season = fit.seasons.get(category)!;
    return [category, { ...trusted(season, members), echo: echoOf(members, fit) }] as const;
  });
  return { categories: Object.fromEntries(seasons), growth: fit.growth };
}

/** A customer's strength given seasons that are learned; 1 with less than a year of history. */
export function customerStrength(own: readonly SeasonSeries[], { categories, growth }: Seasonality): number {
  const usable = own.filter(({ values }) => values.length >= FEWEST_MONTHS);
  if (usable.length === 0) return 1;
  const fit: Fit = { seasons: new Map(Object.entries(categories)), strengths: new Map(), growth, except: null };
  // Twice: the level that deviations are taken from depends on the strength.
  for (let round = 0; round < 2; round++) fit.strengths.set(own[0]!.customer, strengthOf(usable, fit));
  return fit.strengths.get(own[0]!.customer)!;
}
