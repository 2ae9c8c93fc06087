import type { ForecastCurve, SeasonTable } from './curve.js';
import { defineForecaster, type Forecaster } from './forecaster.js';
import { constantSpread, plainCurve } from './naive.js';
import { firstMonthOf } from './series.js';

/** Season and growth of one monthly series, estimated from many similar series before. */
export interface PooledSeasonOptions {
  /** Seasonal factor of a month, 1 = no effect. */
  readonly factor: (month: number) => number;
  /** Logarithm of the growth in a year. */
  readonly growth: number;
  /** Weight of a month relative to the next one when the level is estimated, in (0, 1]; 1 = equal weights. */
  readonly memory: number;
  /** Values above this multiple of the expected value are reduced to it, so that single events do not move the level. */
  readonly clip: number;
  /** Share of an event's excess that is expected again a year later, in [0, 1]. */
  readonly echo: number;
  /** Number of months for which the seasonal table is computed. */
  readonly horizon: number;
}

/** Smallest multiple of the expected value that counts as an event. */
export const EVENT_FACTOR = 1.8;

/** Level of a series at its end, and its expected value in any month. */
export interface SeasonalLevel {
  readonly level: number;
  readonly expected: (month: number) => number;
}

/**
 * Level at the end of a series given its season and growth, with events clipped: the clip threshold comes from a first
 * estimate without clipping and with equal weights. O(n).
 * @param values - (n,) monthly, ≥ 0.  @param first - month of the first value.
 */
export function fitSeasonalLevel(
  values: ArrayLike<number>,
  first: number,
  options: Pick<PooledSeasonOptions, 'factor' | 'growth' | 'memory' | 'clip'>,
): SeasonalLevel {
  const { factor, growth, memory, clip } = options;
  const end = first + values.length;
  const shape = (month: number): number => factor(month) * Math.exp((growth / 12) * (month - end));
  const levelWith = (weight: (age: number) => number, limit: (unit: number) => number): number => {
    let [total, weights] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      const unit = shape(first + i);
      const w = weight(values.length - 1 - i);
      total += w * Math.min(values[i]!, limit(unit));
      weights += w * unit;
    }
    return weights > 0 ? total / weights : 0;
  };
  const unclipped = levelWith(
    () => 1,
    () => Infinity,
  );
  const level = levelWith(
    (age) => memory ** age,
    (unit) => clip * unclipped * unit,
  );
  return { level, expected: (month) => level * shape(month) };
}

/** Mean excess over the expected value in the same month of all earlier years; years without an event count as 0. */
function yearlyExcess(values: ArrayLike<number>, first: number, { expected }: SeasonalLevel, month: number): number {
  let [total, years] = [0, 0];
  for (let at = month - 12; at >= first; at -= 12) {
    const value = values[at - first];
    if (value === undefined) continue;
    years += 1;
    if (value > EVENT_FACTOR * expected(at)) total += value - expected(at);
  }
  return years > 0 ? total / years : 0;
}

/**
 * A level with linear growth and seasonal tables. Its own spread is 0: intervals are left to conformal calibration.
 * @param growth - logarithm of the growth in a year.
 */
export const growingCurve = (level: number, growth: number, seasons: readonly SeasonTable[]): ForecastCurve => ({
  ...plainCurve(
    { kind: 'damped', level, slope: (level * growth) / 12, damping: 1 },
    { ...constantSpread(0), relative: true },
  ),
  seasons,
});

function curveOf(values: Float64Array, first: number, options: PooledSeasonOptions): ForecastCurve {
  const { factor, growth, horizon, echo } = options;
  const fit = fitSeasonalLevel(values, first, options);
  const months = Array.from({ length: horizon }, (_, i) => first + values.length + i);
  const shares = months.map((month) => factor(month) - 1);
  const addends = months.map((month) => echo * yearlyExcess(values, first, fit, month));
  const seasons: SeasonTable[] = [{ mode: 'multiplicative', values: shares }];
  if (addends.some((value) => value > 0)) seasons.push({ mode: 'additive', values: addends });
  return growingCurve(fit.level, growth, seasons);
}

/**
 * Forecaster of a monthly series: its own level and the growth and season of many similar series, plus the repeated share
 * of last year's events.
 */
export const pooledSeason = (options: PooledSeasonOptions): Forecaster =>
  defineForecaster({
    name: 'pooled-season',
    minimum: 1,
    fit: (values, series) => {
      const first = firstMonthOf(series) + series.values.length - values.length;
      return { curve: curveOf(values, first, options) };
    },
  });
