import { defineForecaster, type Forecaster } from './forecaster.js';
import type { DampedTrend, ForecastCurve, Spread } from './curve.js';
import { seasonalPeriods } from './series.js';
import { mean } from '../../numeric/statistics/mean.js';
import { sum } from '../../numeric/statistics/sum.js';

/** A spread that does not grow with the horizon. */
export const constantSpread = (sigma: number): Spread => ({
  sigma,
  relative: false,
  level: 0,
  slope: 0,
  damping: 1,
  season: 0,
  period: 1,
  changepointVariance: 0,
});

/** A constant trend. */
export const flatTrend = (level: number): DampedTrend => ({ kind: 'damped', level, slope: 0, damping: 1 });

/** A curve that consists of its trend only. */
export const plainCurve = (trend: DampedTrend, spread: Spread): ForecastCurve => ({
  trend,
  seasons: [],
  waves: [],
  scale: 1,
  log: false,
  spread,
});

/** Root mean square of the differences to the value `lag` steps before; 0 when there is none. */
function lagSpread(values: Float64Array, lag: number): number {
  let squares = 0;
  for (let i = lag; i < values.length; i++) squares += (values[i]! - values[i - lag]!) ** 2;
  return values.length > lag ? Math.sqrt(squares / (values.length - lag)) : 0;
}

/** Repeats the last value: the optimal forecast of a random walk. */
export const naive: Forecaster = defineForecaster({
  name: 'naive',
  minimum: 1,
  fit: (values) => ({
    curve: plainCurve(flatTrend(values.at(-1)!), { ...constantSpread(lagSpread(values, 1)), level: 1 }),
  }),
});

/** Mean of the last `window` values, or of all when there are fewer. @param window - steps, ≥ 1. */
export function movingAverage(window: number): Forecaster {
  return defineForecaster({
    name: `mean-${window}`,
    minimum: 1,
    fit(values) {
      const recent = values.slice(-window);
      const level = mean(recent);
      const squares = sum(recent.map((value) => (value - level) ** 2));
      const sigma = Math.sqrt(squares / Math.max(1, recent.length - 1));
      return { curve: plainCurve(flatTrend(level), constantSpread(sigma)) };
    },
  });
}

function lastCycle(values: Float64Array, period: number): ForecastCurve {
  const spread = { ...constantSpread(lagSpread(values, period)), season: 1, period };
  const season = { mode: 'additive' as const, values: [...values.slice(-period)] };
  return { ...plainCurve(flatTrend(0), spread), seasons: [season] };
}

/**
 * Repeats the value of the same step one cycle before, or the last value when the series is shorter than one cycle.
 * @param period - steps in the cycle. @default the shortest cycle of the frequency of which the series has two
 */
export function seasonalNaive(period?: number): Forecaster {
  return defineForecaster({
    name: period === undefined ? 'seasonal-naive' : `seasonal-naive-${period}`,
    minimum: 1,
    fit(values, { frequency }) {
      const steps = period ?? seasonalPeriods(frequency, values.length)[0] ?? 1;
      return { curve: lastCycle(values, steps <= values.length ? steps : 1) };
    },
  });
}
