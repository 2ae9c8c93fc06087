import type { SeasonTable } from '../curve.js';
import { autoEts, etsCurve } from '../exponential-smoothing/ets.js';
import { fitDetails } from '../exponential-smoothing/fit.js';
import { defineForecaster, type Forecaster, type ForecasterState, type LearnedCurve } from '../forecaster.js';
import { constantSpread, flatTrend, plainCurve } from '../naive.js';
import { seasonalPeriods } from '../series.js';
import { stl } from './stl.js';

/** One seasonal component for each period, and the seasonally adjusted series. */
export interface MstlParts {
  readonly seasons: readonly { readonly period: number; values: Float64Array }[];
  readonly adjusted: Float64Array;
}

const ROUNDS = 2;
/** Seasonal window in cycles, smallest for the shortest period (R's `mstl`). */
const seasonWindow = (index: number): number => 7 + 4 * (index + 1);

/**
 * Decomposes a series with several seasons by repeated STL, shortest period first (Bandara, Hyndman and Bergmeir 2021;
 * R's `forecast::mstl`). Periods of which the series has fewer than two cycles are left out.
 * @param values - (n,) finite.  @param periods - steps.
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
  /** Cycles in steps. @default those of the frequency of which the series has at least two */
  readonly periods?: readonly number[];
  /** Decompose the logarithm when all values are positive, for seasons that grow with the level. @default false */
  readonly log?: boolean;
}

const isNearlyConstant = (values: Float64Array): boolean =>
  values.every((value) => Math.abs(value - values[0]!) < 1e-12);

/** The last cycle of each season. */
function seasonTables(parts: MstlParts): SeasonTable[] {
  return parts.seasons.map(({ period, values }) => ({ mode: 'additive', values: [...values.slice(-period)] }));
}

function fitSeasonsAndTrend(
  values: Float64Array,
  periods: readonly number[],
  previous?: ForecasterState,
): LearnedCurve {
  const parts = mstl(values, periods);
  const seasons = seasonTables(parts);
  const fit = isNearlyConstant(parts.adjusted) ? null : autoEts(parts.adjusted, { period: 1 }, previous);
  if (fit !== null) return { curve: { ...etsCurve(fit), seasons }, details: fitDetails(fit) };
  const level = parts.adjusted.at(-1)!;
  return { curve: { ...plainCurve(flatTrend(level), constantSpread(0)), seasons } };
}

/**
 * Seasons by MSTL, of which the last cycle is repeated, and non-seasonal exponential smoothing of the seasonally adjusted
 * series. A series with fewer than two cycles of every period is only smoothed.
 */
export function mstlEts({ periods, log = false }: MstlOptions = {}): Forecaster {
  return defineForecaster({
    name: log ? 'log-mstl' : 'mstl',
    minimum: periods ? 2 * Math.min(...periods) : 4,
    fit(values, { frequency }, previous) {
      const used = periods ?? seasonalPeriods(frequency, values.length);
      if (!log || values.some((value) => value <= 0)) return fitSeasonsAndTrend(values, used, previous);
      const learned = fitSeasonsAndTrend(values.map(Math.log), used, previous);
      return { ...learned, curve: { ...learned.curve, log: true } };
    },
  });
}
