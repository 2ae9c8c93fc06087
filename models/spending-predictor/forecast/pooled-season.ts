import { dayOfTime, monthOfDay } from '../../../learning/time-series/calendar/index.js';
import type { ForecastCurve } from '../../../learning/time-series/forecasting/index.js';
import { defineForecaster, type Forecaster } from '../../../learning/time-series/forecasting/forecaster.js';

/** What is known of a series before it is looked at. */
export interface PooledSeasonSettings {
  /** Factor on usual spending in a month. */
  readonly factor: (month: number) => number;
  /** Logarithm of the growth in a year. */
  readonly growth: number;
  /** Weight of a month relative to the next one, in (0, 1]; 1 = all months alike. */
  readonly memory: number;
  /** Months above this many times the usual are taken for so much only: what is stolen or broken does not come again. */
  readonly clip: number;
  /** Share of an unusual month's excess that is expected again a year later, in [0, 1]. */
  readonly echo: number;
  /** Months that the season's table covers. */
  readonly horizon: number;
}

/** An excess below this many times the usual is chance, not an event. */
export const EVENT_FACTOR = 1.8;

interface Usual {
  readonly level: number;
  /** Usual amount in a month by its number, any month. */
  at(month: number): number;
}

/** Level at the end of the series, events clipped. */
export function usualOf(values: ArrayLike<number>, first: number, settings: PooledSeasonSettings): Usual {
  const { factor, growth, memory, clip } = settings;
  const end = first + values.length;
  const shape = (month: number): number => factor(month) * Math.exp((growth / 12) * (month - end));
  const levelWith = (weight: (age: number) => number, most: (usual: number) => number): number => {
    let [sum, weights] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      const usual = shape(first + i);
      const w = weight(values.length - 1 - i);
      sum += w * Math.min(values[i]!, most(usual));
      weights += w * usual;
    }
    return weights > 0 ? sum / weights : 0;
  };
  const plain = levelWith(
    () => 1,
    () => Infinity,
  );
  const level = levelWith(
    (age) => memory ** age,
    (usual) => clip * plain * usual,
  );
  return { level, at: (month) => level * shape(month) };
}

/** What came on top of the usual a year (two years, …) before a month, where it was an event; mean of those years. */
export function excessBefore(values: ArrayLike<number>, first: number, usual: Usual, month: number): number {
  let [sum, years] = [0, 0];
  for (let at = month - 12; at >= first; at -= 12) {
    const value = values[at - first];
    if (value === undefined) continue;
    const expected = usual.at(at);
    years += 1;
    if (value > EVENT_FACTOR * expected) sum += value - expected;
  }
  return years > 0 ? sum / years : 0;
}

function curveOf(values: Float64Array, first: number, settings: PooledSeasonSettings): ForecastCurve {
  const { factor, growth, horizon, echo } = settings;
  const usual = usualOf(values, first, settings);
  const end = first + values.length;
  const months = Array.from({ length: horizon }, (_, i) => end + i);
  const shares = months.map((month) => factor(month) - 1);
  const addends = months.map((month) => echo * excessBefore(values, first, usual, month));
  const seasons = [
    { mode: 'multiplicative' as const, values: shares },
    ...(addends.some((value) => value > 0) ? [{ mode: 'additive' as const, values: addends }] : []),
  ];
  const spread = { sigma: 0, relative: true, level: 0, slope: 0, damping: 1, season: 0, period: 1, bends: 0 };
  const trend = { kind: 'damped' as const, level: usual.level, slope: (usual.level * growth) / 12, damping: 1 };
  return { trend, seasons, waves: [], scale: 1, log: false, spread };
}

/**
 * Usual level and growth of one series times seasons that were learned from all customers, plus last year's events as
 * far as such events repeat. For months; its spread is left to conformal calibration.
 */
export const pooledSeason = (settings: PooledSeasonSettings): Forecaster =>
  defineForecaster({
    name: 'pooled-season',
    minimum: 1,
    fit: (values, series) => {
      const first = monthOfDay(dayOfTime(series.start)) + series.values.length - values.length;
      return { curve: curveOf(values, first, settings) };
    },
  });
