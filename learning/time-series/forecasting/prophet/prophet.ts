import { requireLength } from '../../../checks.js';
import { mean } from '../../../numeric/statistics/mean.js';
import { piecewiseAt, type Mode, type PiecewiseTrend } from '../curve.js';
import { buildDesign, holidayColumns, namedColumn, waveColumns, type ProphetDesign } from './design.js';
import { layoutOf, logPosterior } from './model.js';
import type { ProphetColumns, ProphetData, ProphetOptions } from './options.js';
import { solveMap, type MapSolution } from './search.js';
import { valueInCycle } from './season-gaps.js';
import type { FittedSeasonality, ProphetState } from './state.js';

/** A function that returns the next `count` coefficients at each call. */
function coefficientReader(values: Float64Array): (count: number) => number[] {
  let at = 0;
  return (count) => {
    at += count;
    return [...values.subarray(at - count, at)];
  };
}

function toState(design: ProphetDesign, solution: MapSolution): ProphetState {
  const layout = layoutOf(design);
  const { theta, sigma } = solution;
  const take = coefficientReader(theta.slice(layout.features));
  const { seasonalities, holidays, regressors } = design.plan;
  return {
    schemaVersion: 1,
    growth: design.growth,
    origin: design.origin,
    span: design.span,
    scale: design.scale,
    floor: design.floor,
    cap: design.cap,
    rate: layout.rate < 0 ? 0 : theta[layout.rate]!,
    offset: theta[layout.offset]!,
    changepoints: [...design.changepoints],
    changes: [...theta.slice(layout.changes, layout.features)],
    sigma,
    ...(design.y.every((value) => value * design.scale + design.floor >= 0) && { nonNegative: true as const }),
    seasonalities: seasonalities.map(({ name, period, order, mode, condition }, i) => ({
      name,
      period,
      mode,
      condition,
      coefficients: take(2 * order),
      ...(design.gaps[i]!.length > 0 && { gaps: design.gaps[i]! }),
    })),
    holidays: holidays.map(({ name, days, lowerWindow, upperWindow, mode }) => ({
      name,
      days,
      lowerWindow,
      upperWindow,
      mode,
      coefficients: take(upperWindow - lowerWindow + 1),
    })),
    regressors: regressors.map(({ name, mode, mean, deviation }) => ({
      name,
      mode,
      mean,
      deviation,
      coefficient: take(1)[0]!,
    })),
    logPosterior: solution.logPosterior,
    iterations: solution.iterations,
  };
}

/**
 * Maximum a posteriori fit of Prophet's model (Taylor and Letham 2018; package prophet 1.1). Deterministic; the additive
 * model is solved exactly, multiplicative and logistic models by a convergent search. Time O(n·p²), p = parameters.
 * @throws PipelineError `TOO_FEW_ROWS` below two known days, `SHAPE_MISMATCH`, `NOT_FINITE`, `MISSING_COLUMN`,
 *   `INVALID_INPUT`.
 */
export function fitProphet(data: ProphetData, options: ProphetOptions = {}): ProphetState {
  const design = buildDesign(data, options);
  return toState(design, solveMap(design));
}

/** θ of a state, in the order of the design's columns. */
function parametersOf(state: ProphetState): Float64Array {
  return Float64Array.from([
    ...(state.growth === 'flat' ? [] : [state.rate]),
    state.offset,
    ...state.changes,
    ...state.seasonalities.flatMap(({ coefficients }) => coefficients),
    ...state.holidays.flatMap(({ coefficients }) => coefficients),
    ...state.regressors.map(({ coefficient }) => coefficient),
  ]);
}

/**
 * Log posterior of any parameters on this history, without the constants that Stan drops, for comparisons with other
 * optimisers. @throws PipelineError `SHAPE_MISMATCH` when the number of parameters of state and options differ.
 */
export function prophetLogPosterior(data: ProphetData, options: ProphetOptions, state: ProphetState): number {
  const design = buildDesign(data, options);
  const theta = parametersOf(state);
  const { size } = layoutOf(design);
  requireLength('the state', theta.length, size, 'parameters');
  return logPosterior(design, theta, state.sigma);
}

/** The trend in the form of a forecast curve. */
export function prophetTrend(state: ProphetState): PiecewiseTrend {
  const { growth, origin, span, rate, offset, changepoints, changes, cap } = state;
  const logistic = growth === 'logistic';
  return {
    kind: logistic ? 'logistic' : 'linear',
    origin,
    span,
    rate,
    changepoints,
    changes,
    cap,
    offset: logistic ? -rate * offset : offset,
    base: state.floor / state.scale,
  };
}

/** One component of a forecast, by day. */
export interface ProphetComponent {
  readonly kind: 'seasonality' | 'holiday' | 'regressor';
  readonly name: string;
  readonly mode: Mode;
  /** In the unit of the values when additive, else a share of the trend. */
  readonly values: Float64Array;
}

/** Forecast with its components. */
export interface ProphetForecast {
  readonly mean: Float64Array;
  readonly trend: Float64Array;
  readonly components: readonly ProphetComponent[];
  /** Standard deviation of the error: observation noise and future changepoints. */
  readonly sd: Float64Array;
}

function weightedSum(columns: readonly Float64Array[], weights: readonly number[], n: number): Float64Array {
  const sum = new Float64Array(n);
  columns.forEach((column, j) => column.forEach((value, i) => (sum[i]! += weights[j]! * value)));
  return sum;
}

/** (n,) values of a seasonality, in units of the scale. */
function seasonValues(
  { period, condition, coefficients, gaps = [] }: FittedSeasonality,
  columns: ProphetColumns,
): Float64Array {
  const n = columns.days.length;
  const order = coefficients.length / 2;
  const values = weightedSum(waveColumns(columns, { period, order, condition }), coefficients, n);
  if (gaps.length === 0) return values;
  const at = (phase: number): number =>
    weightedSum(waveColumns({ days: [phase] }, { period, order, condition: null }), coefficients, 1)[0]!;
  const active = condition === null ? null : namedColumn(columns.conditions, condition, n);
  return values.map((value, i) =>
    active === null || active[i] ? valueInCycle(columns.days[i]!, { gaps, period, order }, at) : value,
  );
}

/** All components except the trend, in units of the scale. */
function componentsOf(state: ProphetState, columns: ProphetColumns): ProphetComponent[] {
  const n = columns.days.length;
  const seasonalities = state.seasonalities.map((seasonality) => {
    const { name, mode } = seasonality;
    return { kind: 'seasonality' as const, name, mode, values: seasonValues(seasonality, columns) };
  });
  const holidays = state.holidays.map((holiday) => {
    const values = weightedSum(holidayColumns(columns.days, holiday), holiday.coefficients, n);
    return { kind: 'holiday' as const, name: holiday.name, mode: holiday.mode, values };
  });
  const regressors = state.regressors.map(({ name, mode, mean, deviation, coefficient }) => {
    const column = namedColumn(columns.regressors, name, n);
    const values = Float64Array.from(column, (value) => (coefficient * (value - mean)) / deviation);
    return { kind: 'regressor' as const, name, mode, values };
  });
  return [...seasonalities, ...holidays, ...regressors];
}

/**
 * Variance that future changepoints add to the trend at t = 2, in units of the scale; it grows with (t − 1)³. As in
 * Prophet, changepoints are as frequent as in the history (S in one unit of t) and their rate changes have a Laplace
 * distribution with the mean size λ of the fitted ones: ∫ 2λ²S (t − s)² ds.
 */
export function changepointVariance({ changes }: ProphetState): number {
  if (changes.length === 0) return 0;
  const size = mean(changes.map(Math.abs)) + 1e-8;
  return (2 / 3) * size ** 2 * changes.length;
}

/** Derivative of the trend with respect to its linear argument; small near the bounds of the logistic function. */
const trendSlope = (state: ProphetState, trend: number): number =>
  state.growth === 'logistic' ? trend * (1 - trend / state.cap) : 1;

/**
 * Forecast at any days, past or future, with components and a closed-form standard deviation. Unlike Prophet's, a
 * seasonality is a line in parts of its cycle that were never observed, and the forecast of a history without negative
 * values is not negative; its components may add up to less.
 * @throws PipelineError `MISSING_COLUMN` when a regressor or condition of the model is absent, `SHAPE_MISMATCH`.
 */
export function predictProphet(state: ProphetState, columns: ProphetColumns): ProphetForecast {
  const n = columns.days.length;
  const curve = { ...prophetTrend(state), base: 0 };
  const bare = Float64Array.from(columns.days, (day) => piecewiseAt(curve, day));
  const components = componentsOf(state, columns);
  const [factor, added] = [new Float64Array(n).fill(1), new Float64Array(n)];
  for (const { mode, values } of components) {
    const sum = mode === 'multiplicative' ? factor : added;
    values.forEach((value, i) => (sum[i]! += value));
  }
  const { scale, floor, sigma } = state;
  const trend = bare.map((value) => value * scale + floor);
  const rate = changepointVariance(state);
  const lowest = state.nonNegative ? 0 : -Infinity;
  const sd = bare.map((value, i) => {
    const beyond = Math.max(0, (columns.days[i]! - state.origin) / state.span - 1);
    const changepoints = rate * beyond ** 3 * (factor[i]! * trendSlope(state, value)) ** 2;
    return scale * Math.sqrt(sigma ** 2 + changepoints);
  });
  return {
    mean: trend.map((value, i) => Math.max(lowest, value * factor[i]! + added[i]! * scale)),
    trend,
    components: components.map((part) => ({
      ...part,
      values: part.mode === 'additive' ? part.values.map((value) => value * scale) : part.values,
    })),
    sd,
  };
}
