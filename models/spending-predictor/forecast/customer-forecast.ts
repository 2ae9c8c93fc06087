import { DAY_MS, firstDayOf } from '../../../learning/time-series/calendar/index.js';
import {
  defaultCandidates,
  type Forecaster,
  type ForecasterState,
  type Series,
  fitOrNull,
} from '../../../learning/time-series/forecasting/index.js';
import { bottomUp, minimumTrace } from '../../../learning/time-series/reconciliation/index.js';
import { type History, monthlyTotals, monthsKnown } from './history.js';
import { shareParts } from './income-share.js';
import type { LearnedModel } from './learned-model.js';
import { type MonthlyMoney, POOLED_INCOME, pooledIncomeState } from './pooled-income.js';
import { pooledSeason, type PooledSeasonSettings, usualOf } from './pooled-season.js';
import { type Bill, billsByCategory, divideHistory, type Span } from './recurring.js';
import { customerStrength, seasonFactor, type SeasonSeries } from './seasonality.js';

/** Fewer whole months than this are a cold start. */
export const COLD_START_MONTHS = 3;
/** A single category hardly changes its usual level; the total of all shows how life changes. */
const CATEGORY_MEMORY = 1;
const CATEGORY_CLIP = 1.8;
const TOTAL_CLIP = 1.2;
/** Months that a forecast may reach. */
export const MOST_MONTHS = 37;

/** Names of the forecasters that won the backtest; what is absent is the pooled season. */
export interface Champions {
  readonly total?: string | undefined;
  readonly categories: Readonly<Record<string, string>>;
}

export const TOTAL = 'total';

/** Everything about one customer's forecast that is decided before a curve is evaluated. */
export interface PreparedForecast {
  readonly span: Span;
  readonly historyMonths: number;
  readonly coldStart: boolean;
  readonly strength: number;
  readonly bills: readonly Bill[];
  readonly categories: readonly string[];
  /** The total's curve first, then each category's; empty for a cold start. */
  readonly states: readonly ForecasterState[];
  /** Everything the customer spends, as months and income of all customers tell; null where no month is known. */
  readonly byIncome: ForecasterState | null;
  /** Amounts a month of a cold start, by category; empty otherwise. */
  readonly pooled: readonly Float64Array[];
}

/** A customer's months ahead. */
export interface CustomerForecast extends Omit<PreparedForecast, 'states' | 'pooled'> {
  /** Forecaster by series, `total` for the total. */
  readonly forecasters: Readonly<Record<string, string>>;
  /** Category → free spending, reconciled with the total. */
  readonly free: ReadonlyMap<string, Float64Array>;
  /** Category → bills. */
  readonly owed: ReadonlyMap<string, Float64Array>;
  /** Free spending before reconciliation: of the total's own curve, and the categories' sum. */
  readonly direct: Float64Array;
}

const seriesOf = (values: Float64Array, first: number): Series => ({
  frequency: 'month',
  start: firstDayOf(first) * DAY_MS,
  values,
});

const categoryCandidates = new Map(defaultCandidates('month').map((candidate) => [candidate.name, candidate]));

/** The forecasters that compete for a series: the pooled season is the favourite. */
export const candidatesFor = (favourite: Forecaster): readonly Forecaster[] => [
  favourite,
  ...categoryCandidates.values(),
];

const byName = (name: string | undefined, favourite: Forecaster): Forecaster =>
  (name === undefined ? undefined : categoryCandidates.get(name)) ?? favourite;

/** One customer's free series with the favourite of each. */
export interface CustomerSeries {
  readonly strength: number;
  readonly categories: readonly string[];
  readonly series: readonly Series[];
  readonly favourites: readonly Forecaster[];
  readonly total: Series;
  readonly totalFavourite: Forecaster;
  /** Season of the total; 1 = a usual month. */
  readonly factor: (month: number) => number;
}

/** Free series of a divided history with the pooled season as favourite. @param first - month of the first value. */
export function customerSeries(
  free: ReadonlyMap<string, Float64Array>,
  first: number,
  model: Pick<LearnedModel, 'seasonality' | 'memory'>,
): CustomerSeries {
  const { seasonality } = model;
  const entries = [...free].filter(([, values]) => values.some((value) => value > 0));
  const own = entries.map(([category, values]): SeasonSeries => ({ customer: '', category, first, values }));
  const strength = customerStrength(own, seasonality);
  const settings = entries.map(([category]): PooledSeasonSettings => {
    const season = seasonality.categories[category];
    return {
      factor: (month) => seasonFactor(season, month, strength),
      growth: seasonality.growth,
      memory: CATEGORY_MEMORY,
      clip: CATEGORY_CLIP,
      echo: season?.echo ?? 0,
      horizon: MOST_MONTHS,
    };
  });
  const levels = entries.map(([, values], k) => usualOf(values, first, settings[k]!).level);
  const all = levels.reduce((sum, level) => sum + level, 0);
  const factor = (month: number): number =>
    all > 0 ? settings.reduce((sum, { factor: own }, k) => sum + (levels[k]! / all) * own(month), 0) : 1;
  const length = entries[0]?.[1].length ?? 0;
  const totals = Float64Array.from({ length }, (_, i) => entries.reduce((sum, [, values]) => sum + values[i]!, 0));
  const common = { growth: seasonality.growth, horizon: MOST_MONTHS };
  return {
    strength,
    categories: entries.map(([category]) => category),
    series: entries.map(([, values]) => seriesOf(values, first)),
    favourites: settings.map(pooledSeason),
    total: seriesOf(totals, first),
    factor,
    totalFavourite: pooledSeason({ ...common, factor, memory: model.memory, clip: TOTAL_CLIP, echo: 0 }),
  };
}

function fitted(name: string | undefined, favourite: Forecaster, series: Series): ForecasterState {
  return fitOrNull(byName(name, favourite), series) ?? favourite.fit(series);
}

/** Months that say how much of somebody's spending is free and has seasons. */
const RECENT = 6;

const recentSum = (values: ArrayLike<number>): number =>
  Array.from(values)
    .slice(-RECENT)
    .reduce((sum, value) => sum + value, 0);

/** Months of one customer as the pooled forecast reads them. Bills have no season, so the total has a part of one. */
export function moneyOf(history: History, { total, factor }: CustomerSeries, until: number): MonthlyMoney {
  const spent = monthlyTotals(history, until);
  const all = recentSum(spent);
  const free = all > 0 ? recentSum(total.values) / all : 0;
  return { first: history.first!, spent, income: history.income, factor: (month) => 1 + free * (factor(month) - 1) };
}

function incomeState(
  history: History,
  own: CustomerSeries,
  until: number,
  model: LearnedModel,
): ForecasterState | null {
  if (model.pooledIncome === null) return null;
  const money = moneyOf(history, own, until);
  const settings = { growth: model.seasonality.growth, horizon: MOST_MONTHS };
  return pooledIncomeState(seriesOf(monthlyTotals(history, until), money.first), money, model.pooledIncome, settings);
}

/** Category amounts a month of somebody of whom little is known: own months and those of similar customers. */
function coldStart(history: History, span: Span, model: LearnedModel): Pick<PreparedForecast, 'categories' | 'pooled'> {
  const known = monthsKnown(history, span.from);
  const { free } = divideHistory(history, span);
  const own = new Map([...free].map(([category, values]) => [category, values.reduce((a, b) => a + b, 0)]));
  const spent = known > 0 ? [...own.values()].reduce((a, b) => a + b, 0) / known : 0;
  const group = similarGroup(model, spent);
  const scale = known > 0 && group.total > 0 ? spent / group.total : 1;
  const trust = known / (known + 2);
  const categories = [...new Set([...Object.keys(group.categories), ...own.keys()])].sort();
  const pooled = categories.map((category) => {
    const usual = (group.categories[category] ?? 0) * scale;
    const level = trust * (known > 0 ? (own.get(category) ?? 0) / known : 0) + (1 - trust) * usual;
    const season = model.seasonality.categories[category];
    return Float64Array.from({ length: span.count }, (_, i) => level * seasonFactor(season, span.from + i, 1));
  });
  return { categories, pooled };
}

/** The training customers who spend about as much; of nobody known, those in the middle. */
function similarGroup({ groups }: LearnedModel, spent: number): LearnedModel['groups'][number] {
  if (spent <= 0) return groups[groups.length >> 1]!;
  const distance = (total: number): number => Math.abs(Math.log(Math.max(total, 1e-9) / spent));
  return groups.reduce((a, b) => (distance(b.total) < distance(a.total) ? b : a));
}

/**
 * Decides everything but the curves' values: bills, series, winners' states.
 * @param history - of which everything before the span's first month counts; nothing later is looked at.
 */
export function prepareForecast(
  history: History,
  span: Span,
  model: LearnedModel,
  champions: Champions,
): PreparedForecast {
  const historyMonths = monthsKnown(history, span.from);
  const { bills, free } = divideHistory(history, span);
  const common = { span, historyMonths, bills };
  const own = customerSeries(free, history.first ?? span.from, model);
  const byIncome = historyMonths === 0 ? null : incomeState(history, own, span.from, model);
  if (historyMonths < COLD_START_MONTHS)
    return { ...common, coldStart: true, strength: 1, states: [], byIncome, ...coldStart(history, span, model) };
  const { strength, categories, series, favourites, total, totalFavourite } = own;
  const rest = { coldStart: false, strength, categories, byIncome, pooled: [] };
  // Somebody who pays nothing but bills has no series of his own.
  if (categories.length === 0) return { ...common, ...rest, states: [] };
  const states = [
    fitted(champions.total, totalFavourite, total),
    ...series.map((one, k) => fitted(champions.categories[categories[k]!], favourites[k]!, one)),
  ];
  return { ...common, ...rest, states };
}

/** Rows and columns of the stored error covariance for the total and these categories, scaled to amounts. */
function covarianceOf({ errors }: LearnedModel, categories: readonly string[], scale: number): Float64Array {
  const at = [TOTAL, ...categories].map((name) => errors.names.indexOf(name));
  const size = errors.names.length;
  const typical = errors.typicalVariance;
  return Float64Array.from({ length: at.length * at.length }, (_, k) => {
    const [i, j] = [Math.floor(k / at.length), k % at.length];
    const [row, column] = [at[i]!, at[j]!];
    if (row < 0 || column < 0) return i === j ? typical * scale * scale : 0;
    return errors.covariance[row * size + column]! * scale * scale;
  });
}

function reconcile(prepared: PreparedForecast, means: readonly Float64Array[], model: LearnedModel) {
  const { categories, span } = prepared;
  const [direct, ...parts] = means as [Float64Array, ...Float64Array[]];
  const result = categories.map(() => new Float64Array(span.count));
  for (let h = 0; h < span.count; h++) {
    const base = { total: direct[h]!, parts: parts.map((values) => values[h]!) };
    const covariance = covarianceOf(model, categories, Math.max(base.total, 1));
    const { parts: adjusted } = model.reconciliation === 'bottom-up' ? bottomUp(base) : minimumTrace(base, covariance);
    adjusted.forEach((value, k) => (result[k]![h] = Math.max(0, value * model.center)));
  }
  return { direct, result };
}

const incomeShare = ({ pooledIncome }: LearnedModel): number => pooledIncome?.share ?? 0;

/** All curves that a forecast needs evaluated: the states, and the one by income where it has a share. */
export const curvesOf = ({ states, byIncome }: PreparedForecast, model: LearnedModel): readonly ForecasterState[] =>
  byIncome === null || incomeShare(model) === 0 ? states : [...states, byIncome];

/** Free parts month by month, moved towards what income says. */
function followIncome(
  parts: readonly Float64Array[],
  owed: ReadonlyMap<string, Float64Array>,
  byIncome: Float64Array | undefined,
  share: number,
): Float64Array[] {
  if (byIncome === undefined) return [...parts];
  const moved = parts.map((values) => values.slice());
  byIncome.forEach((said, h) => {
    const due = [...owed.values()].reduce((sum, values) => sum + values[h]!, 0);
    const shared = shareParts(
      parts.map((values) => values[h]!),
      due,
      said,
      share,
    );
    shared.forEach((value, k) => (moved[k]![h] = value));
  });
  return moved;
}

/** Names by series; a total that follows two says how much of each. */
function forecastersOf({ states, categories, coldStart }: PreparedForecast, share: number): Record<string, string> {
  const names = states.map(({ forecaster }, k) => [k === 0 ? TOTAL : categories[k - 1]!, forecaster] as const);
  const found = coldStart ? { [TOTAL]: 'similar-customers' } : Object.fromEntries(names);
  const own = found[TOTAL];
  if (share === 0 || own === undefined) return found;
  const percent = Math.round(100 * share);
  return { ...found, [TOTAL]: `${100 - percent} % ${own}, ${percent} % ${POOLED_INCOME}` };
}

/**
 * Puts a prepared forecast together.
 * @param means - (curves,) of (months,): what the curves of `curvesOf` say, from `predictState` or from the graph.
 */
export function composeForecast(
  prepared: PreparedForecast,
  means: readonly Float64Array[],
  model: LearnedModel,
): CustomerForecast {
  const { states, pooled, ...rest } = prepared;
  const { categories, span, bills } = prepared;
  const empty = { direct: new Float64Array(span.count), result: [...pooled] };
  const { direct, result } = states.length === 0 ? empty : reconcile(prepared, means.slice(0, states.length), model);
  const owed = billsByCategory(bills, span);
  const byIncome = means[states.length];
  const share = byIncome === undefined ? 0 : incomeShare(model);
  const parts = followIncome(result, owed, byIncome, share);
  return {
    ...rest,
    forecasters: forecastersOf(prepared, share),
    free: new Map(categories.map((category, k) => [category, parts[k]!])),
    owed,
    direct,
  };
}

/** Free and owed together by category. */
export function amountsByCategory({ free, owed, span }: CustomerForecast): Map<string, Float64Array> {
  const names = [...new Set([...free.keys(), ...owed.keys()])].sort();
  return new Map(
    names.map((name) => [
      name,
      Float64Array.from({ length: span.count }, (_, h) => (free.get(name)?.[h] ?? 0) + (owed.get(name)?.[h] ?? 0)),
    ]),
  );
}

/** Sum over the categories that are wanted. */
export function sumOf(forecast: CustomerForecast, wanted: (category: string) => boolean): Float64Array {
  const sum = new Float64Array(forecast.span.count);
  for (const [category, values] of amountsByCategory(forecast))
    if (wanted(category)) values.forEach((value, h) => (sum[h]! += value));
  return sum;
}
