import { DAY_MS, firstDayOf } from '../../../learning/time-series/calendar/index.js';
import {
  combination,
  coreForecasters,
  defaultCandidates,
  fitOrNull,
  fitSeasonalLevel,
  type Forecaster,
  type ForecasterState,
  movingAverage,
  pooledSeason,
  type PooledSeasonOptions,
  type Series,
} from '../../../learning/time-series/forecasting/index.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { bottomUp, type ErrorCovariance, minimumTrace } from '../../../learning/time-series/reconciliation/index.js';
import { type History, monthlyTotals, monthsKnown } from './history.js';
import { rescaleParts } from './income-share.js';
import type { LearnedModel } from './learned-model.js';
import { type MonthlyCashflow, POOLED_INCOME, pooledIncomeState } from './pooled-income.js';
import { type Bill, billsByCategory, type DividedHistory, divideHistory, type Span } from './recurring.js';
import { customerStrength, seasonFactor, type SeasonSeries } from './seasonality.js';

/** A forecast from fewer complete months than this is a cold start. */
export const COLD_START_MONTHS = 3;
/** All months of a category have equal weight: the level of a single category is nearly constant. */
const CATEGORY_MEMORY = 1;
const CATEGORY_CLIP = 1.8;
const TOTAL_CLIP = 1.2;
/** Longest forecast in months. */
export const MOST_MONTHS = 37;

/** Names of the forecasters selected by backtest; absent series use the pooled season. */
export interface Champions {
  readonly total?: string | undefined;
  readonly categories: Readonly<Record<string, string>>;
}

/** Name of the total among the series. */
export const TOTAL = 'total';

/** A customer's forecast before its curves are evaluated. */
export interface PreparedForecast {
  readonly span: Span;
  /** Complete months before the span. */
  readonly historyMonths: number;
  readonly coldStart: boolean;
  /** The customer's seasonal strength, 1 = that of all customers. */
  readonly strength: number;
  readonly bills: readonly Bill[];
  readonly categories: readonly string[];
  /** State of the total, then of each category; empty for a cold start. */
  readonly states: readonly ForecasterState[];
  /** Pooled income forecast of the total, bills included; null without a known month. */
  readonly byIncome: ForecasterState | null;
  /** Monthly amounts of each category of a cold start; empty otherwise. */
  readonly pooled: readonly Float64Array[];
}

/** A customer's monthly forecast. */
export interface CustomerForecast extends Omit<PreparedForecast, 'states' | 'pooled'> {
  /** Name of the forecaster of each series, `total` for the total. */
  readonly forecasters: Readonly<Record<string, string>>;
  /** Category → (months,) free spending, reconciled with the total. */
  readonly free: ReadonlyMap<string, Float64Array>;
  /** Category → (months,) expected bills. */
  readonly owed: ReadonlyMap<string, Float64Array>;
  /** (months,) free total by its own forecaster, before reconciliation. */
  readonly direct: Float64Array;
}

const seriesOf = (values: Float64Array, first: number): Series => ({
  frequency: 'month',
  start: firstDayOf(first) * DAY_MS,
  values,
});

/** Forecasters that may replace the pooled season of a series; their mean has a member that follows no trend. */
export const alternatives: readonly Forecaster[] = [
  combination('combination', [movingAverage(12), ...coreForecasters]),
  ...defaultCandidates('month').slice(1),
];

const alternativeByName = new Map(alternatives.map((candidate) => [candidate.name, candidate]));

const byName = (name: string | undefined, byDefault: Forecaster): Forecaster =>
  (name === undefined ? undefined : alternativeByName.get(name)) ?? byDefault;

/** One customer's series of free spending with the default forecaster of each. */
export interface CustomerSeries {
  readonly strength: number;
  readonly categories: readonly string[];
  readonly series: readonly Series[];
  readonly defaults: readonly Forecaster[];
  readonly total: Series;
  readonly totalDefault: Forecaster;
  /** Seasonal factor of the total, 1 = no effect. */
  readonly factor: (month: number) => number;
}

/**
 * Series of free spending with the pooled season as default forecaster.
 * @param free - category → monthly amounts.  @param first - month of the first amount.
 */
export function customerSeries(
  free: ReadonlyMap<string, Float64Array>,
  first: number,
  model: Pick<LearnedModel, 'seasonality' | 'memory'>,
): CustomerSeries {
  const { seasonality } = model;
  const entries = [...free].filter(([, values]) => values.some((value) => value > 0));
  const own = entries.map(([category, values]): SeasonSeries => ({ customer: '', category, first, values }));
  const strength = customerStrength(own, seasonality);
  const settings = entries.map(([category]): PooledSeasonOptions => {
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
  const levels = entries.map(([, values], k) => fitSeasonalLevel(values, first, settings[k]!).level);
  const all = sum(levels);
  const factor = (month: number): number =>
    all > 0 ? sum(settings.map(({ factor: own }, k) => (levels[k]! / all) * own(month))) : 1;
  const length = entries[0]?.[1].length ?? 0;
  const totals = Float64Array.from({ length }, (_, i) => sum(entries.map(([, values]) => values[i]!)));
  const common = { growth: seasonality.growth, horizon: MOST_MONTHS };
  return {
    strength,
    categories: entries.map(([category]) => category),
    series: entries.map(([, values]) => seriesOf(values, first)),
    defaults: settings.map(pooledSeason),
    total: seriesOf(totals, first),
    factor,
    totalDefault: pooledSeason({ ...common, factor, memory: model.memory, clip: TOTAL_CLIP, echo: 0 }),
  };
}

/** State of the champion; of the default when the series is too short for it. */
function fitChampion(name: string | undefined, byDefault: Forecaster, series: Series): ForecasterState {
  return fitOrNull(byName(name, byDefault), series) ?? byDefault.fit(series);
}

/** Number of months from which the free share of the spending is estimated. */
const RECENT = 6;

const recentSum = (values: ArrayLike<number>): number => sum(Array.from(values).slice(-RECENT));

/** Input of the pooled income forecast. Bills have no season: only the free share of the total follows the factor. */
export function cashflowOf(history: History, { total, factor }: CustomerSeries, until: number): MonthlyCashflow {
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
  const cashflow = cashflowOf(history, own, until);
  const series = seriesOf(monthlyTotals(history, until), cashflow.first);
  const settings = { growth: model.seasonality.growth, horizon: MOST_MONTHS };
  return pooledIncomeState(series, cashflow, model.pooledIncome, settings);
}

/**
 * Category → the customer's level: what was spent in the few known months over what their seasons would have of it, so that
 * one month before a festival is not taken for a usual one.
 */
function levelsOf(free: DividedHistory['free'], first: number, { seasonality }: LearnedModel): Map<string, number> {
  const levels = [...free].map(([category, values]) => {
    const season = seasonality.categories[category];
    const seasons = sum(Array.from(values, (_, i) => seasonFactor(season, first + i, 1)));
    return [category, seasons > 0 ? sum(values) / seasons : 0] as const;
  });
  return new Map(levels);
}

/** Monthly amounts by category with little history: a weighted mean of the customer and of similar customers. */
function coldStart(history: History, span: Span, model: LearnedModel): Pick<PreparedForecast, 'categories' | 'pooled'> {
  const known = monthsKnown(history, span.from);
  const { free } = divideHistory(history, span);
  const own = levelsOf(free, history.first ?? span.from, model);
  const spent = known > 0 ? sum([...own.values()]) : 0;
  const group = similarGroup(model, spent);
  const scale = known > 0 && group.total > 0 ? spent / group.total : 1;
  const weight = known / (known + 2);
  const categories = [...new Set([...Object.keys(group.categories), ...own.keys()])].sort();
  const pooled = categories.map((category) => {
    const usual = (group.categories[category] ?? 0) * scale;
    const level = weight * (own.get(category) ?? 0) + (1 - weight) * usual;
    const season = model.seasonality.categories[category];
    return Float64Array.from({ length: span.count }, (_, i) => level * seasonFactor(season, span.from + i, 1));
  });
  return { categories, pooled };
}

/** The group of training customers with the nearest spending; the middle one when nothing is known. */
function similarGroup({ groups }: LearnedModel, spent: number): LearnedModel['groups'][number] {
  if (spent <= 0) return groups[groups.length >> 1]!;
  const distance = (total: number): number => Math.abs(Math.log(Math.max(total, 1e-9) / spent));
  return groups.reduce((a, b) => (distance(b.total) < distance(a.total) ? b : a));
}

/**
 * Recognises bills and fits the forecaster of each series; the curves are evaluated later.
 * @param history - amounts of the span's months and later are ignored.
 */
export function prepareForecast(
  history: History,
  span: Span,
  model: LearnedModel,
  champions: Champions,
): PreparedForecast {
  const historyMonths = monthsKnown(history, span.from);
  const { bills, free } = divideHistory(history, span, model.seasonality.growth);
  const common = { span, historyMonths, bills };
  const own = customerSeries(free, history.first ?? span.from, model);
  const byIncome = historyMonths === 0 ? null : incomeState(history, own, span.from, model);
  if (historyMonths < COLD_START_MONTHS)
    return { ...common, coldStart: true, strength: 1, states: [], byIncome, ...coldStart(history, span, model) };
  const { strength, categories, series, defaults, total, totalDefault } = own;
  const rest = { coldStart: false, strength, categories, byIncome, pooled: [] };
  // A customer who pays only bills has no series of free spending.
  if (categories.length === 0) return { ...common, ...rest, states: [] };
  const states = [
    fitChampion(champions.total, totalDefault, total),
    ...series.map((one, k) => fitChampion(champions.categories[categories[k]!], defaults[k]!, one)),
  ];
  return { ...common, ...rest, states };
}

/**
 * Error covariance of the total and these categories, from the relative one of the model.
 * @param scale - amount that the relative errors are multiplied by.  @param unknownVariance - relative variance of
 *   categories that are not in the model.
 */
export function covarianceOf(
  errors: LearnedModel['errors'],
  categories: readonly string[],
  { scale, unknownVariance }: { readonly scale: number; readonly unknownVariance: number },
): ErrorCovariance {
  const at = [TOTAL, ...categories].map((name) => errors.names.indexOf(name));
  const size = errors.names.length;
  return Float64Array.from({ length: at.length * at.length }, (_, k) => {
    const [i, j] = [Math.floor(k / at.length), k % at.length];
    const [row, column] = [at[i]!, at[j]!];
    if (row < 0 || column < 0) return i === j ? unknownVariance * scale * scale : 0;
    return errors.covariance[row * size + column]! * scale * scale;
  });
}

/** Free total by its own forecaster, and the categories reconciled with it. @param means - (1 + categories,) curves. */
function reconcile(prepared: PreparedForecast, means: readonly Float64Array[], model: LearnedModel) {
  const { categories, span } = prepared;
  const unknownVariance = model.errors.typicalVariance;
  const [direct, ...parts] = means as [Float64Array, ...Float64Array[]];
  const result = categories.map(() => new Float64Array(span.count));
  for (let h = 0; h < span.count; h++) {
    const base = { total: direct[h]!, parts: parts.map((values) => values[h]!) };
    const covariance = covarianceOf(model.errors, categories, { scale: Math.max(base.total, 1), unknownVariance });
    const { parts: adjusted } = model.reconciliation === 'bottom-up' ? bottomUp(base) : minimumTrace(base, covariance);
    adjusted.forEach((value, k) => (result[k]![h] = Math.max(0, value * model.center)));
  }
  return { direct, result };
}

const incomeShare = ({ pooledIncome }: LearnedModel): number => pooledIncome?.share ?? 0;

/** All curves that are to be evaluated: the states, then the income forecast if it has a share of the total. */
export const curvesOf = ({ states, byIncome }: PreparedForecast, model: LearnedModel): readonly ForecasterState[] =>
  byIncome === null || incomeShare(model) === 0 ? states : [...states, byIncome];

/** Free spending by category, rescaled so that the total takes a share from the income forecast. */
function applyIncomeShare(
  parts: readonly Float64Array[],
  owed: ReadonlyMap<string, Float64Array>,
  byIncome: Float64Array | undefined,
  share: number,
): Float64Array[] {
  if (byIncome === undefined) return [...parts];
  const result = parts.map((values) => values.slice());
  byIncome.forEach((incomeTotal, h) => {
    const bills = sum([...owed.values()].map((values) => values[h]!));
    const rescaled = rescaleParts(
      parts.map((values) => values[h]!),
      bills,
      incomeTotal,
      share,
    );
    rescaled.forEach((value, k) => (result[k]![h] = value));
  });
  return result;
}

/** Forecaster of each series; a total that takes a share from the income forecast has both names with percentages. */
function forecastersOf({ states, categories, coldStart }: PreparedForecast, share: number): Record<string, string> {
  const names = states.map(({ forecaster }, k) => [k === 0 ? TOTAL : categories[k - 1]!, forecaster] as const);
  const found = coldStart ? { [TOTAL]: 'similar-customers' } : Object.fromEntries(names);
  const own = found[TOTAL];
  if (share === 0 || own === undefined) return found;
  const percent = Math.round(100 * share);
  return { ...found, [TOTAL]: `${100 - percent} % ${own}, ${percent} % ${POOLED_INCOME}` };
}

/**
 * Completes a prepared forecast with its evaluated curves.
 * @param means - (curves,) of (months,): means of `curvesOf`, from `predictState` or from the ONNX graph.
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
  const parts = applyIncomeShare(result, owed, byIncome, share);
  return {
    ...rest,
    forecasters: forecastersOf(prepared, share),
    free: new Map(categories.map((category, k) => [category, parts[k]!])),
    owed,
    direct,
  };
}

/** Category → (months,) free spending and bills together. */
export function amountsByCategory({ free, owed, span }: CustomerForecast): Map<string, Float64Array> {
  const names = [...new Set([...free.keys(), ...owed.keys()])].sort();
  return new Map(
    names.map((name) => [
      name,
      Float64Array.from({ length: span.count }, (_, h) => (free.get(name)?.[h] ?? 0) + (owed.get(name)?.[h] ?? 0)),
    ]),
  );
}
