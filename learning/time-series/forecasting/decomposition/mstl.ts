import type { SeasonTable } from '../curve.js';
import { autoEts, etsCurve } from '../exponential-smoothing/ets.js';
import { fitDetails } from '../exponential-smoothing/fit.js';
import { defineForecaster, type Forecaster, type ForecasterState, type LearnedCurve } from '../forecaster.js';
import { flatTrend, plainCurve, steadySpread } from '../naive.js';
import { seasonalPeriods } from '../series.js';
import { stl } from './stl.js';

/** One seasonal part a period, and the trend with what is left over. */
export interface MstlParts {
  readonly seasons: readonly { readonly period: number; values: Float64Array }[];
  readonly adjusted: Float64Array;
}

const ROUNDS = 2;
/** Cycles that shape each season: the shortest period's changes fastest (R's `mstl`). */
const seasonWindow = (index: number): number => 7 + 4 * (index + 1);

/**
 * Splits a series into several seasons by repeated STL, shortest period first (Bandara, Hyndman and Bergmeir 2021).
 * Periods of which the series shows fewer than two cycles are left out.
 * @param values - (n,) finite.
 */
export function mstl(values: Float64Array, periods: readonly number[]): MstlParts {
  const used = [...periods].sort((a, b) => a - b).filter((period) => period > 1 && values.length >= 2 * period);
  const seasons = used.map((period) => ({ period, values: new Float64Array(values.length) }));
  const adjusted = values.slice();
  for (let round = 0; round < (seasons.length > 1 ? ROUNDS : 1); round++) {
    seasons.forEach((part, index) => {
      for (let i = 0; i < adjusted.length; i++) adjusted[i]! += part.values[i]!;
      part.values = stl(adjusted, part.period, seasonWindow(index)).season as Float64Array<ArrayBuffer>;
      for (let i = 0; i < adjusted.length; i++) adjusted[i]! -= part.values[i]!;
    });
  }
  return { seasons, adjusted };
}

export interface MstlOptions {
  /** Cycles in steps. @default the usual ones of the frequency that the series shows twice */
  readonly periods?: readonly number[];
  /** Decompose the logarithm where all values are positive: seasons that grow with the level. @default false */
  readonly log?: boolean;
}

const isConstant = (values: Float64Array): boolean => values.every((value) => Math.abs(value - values[0]!) < 1e-12);

function tables(parts: MstlParts): SeasonTable[] {
  return parts.seasons.map(({ period, values }) => ({ mode: 'additive', values: [...values.slice(-period)] }));
}

function learn(values: Float64Array, periods: readonly number[], previous?: ForecasterState): LearnedCurve {
  const parts = mstl(values, periods);
  const seasons = tables(parts);
  const fit = isConstant(parts.adjusted) ? null : autoEts(parts.adjusted, { period: 1 }, previous);
  if (fit !== null) return { curve: { ...etsCurve(fit), seasons }, details: fitDetails(fit) };
  const level = parts.adjusted.at(-1)!;
  return { curve: { ...plainCurve(flatTrend(level), steadySpread(0)), seasons } };
}

/**
 * Seasons by MSTL, repeated as in their last round; exponential smoothing without season for the rest.
 * Where the series shows no period twice, that smoothing alone remains.
 */
export function mstlEts({ periods, log = false }: MstlOptions = {}): Forecaster {
  return defineForecaster({
    name: log ? 'log-mstl' : 'mstl',
    minimum: periods ? 2 * Math.min(...periods) : 4,
    fit(values, { frequency }, previous) {
      const used = periods ?? seasonalPeriods(frequency, values.length);
      if (!log || values.some((value) => value <= 0)) return learn(values, used, previous);
      const learned = learn(values.map(Math.log), used, previous);
      return { ...learned, curve: { ...learned.curve, log: true } };
    },
  });
}
