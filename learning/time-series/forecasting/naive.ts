import { defineForecaster, type Forecaster } from './forecaster.js';
import type { DampedTrend, ForecastCurve, Spread } from './curve.js';
import { seasonalPeriods } from './series.js';
import { mean } from '../../numeric/statistics/mean.js';

/** A spread that does not grow with the horizon. */
export const steadySpread = (sigma: number): Spread => ({
  sigma,
  relative: false,
  level: 0,
  slope: 0,
  damping: 1,
  season: 0,
  period: 1,
  bends: 0,
});

/** A trend that stays where it is. */
export const flatTrend = (level: number): DampedTrend => ({ kind: 'damped', level, slope: 0, damping: 1 });

/** A curve that is nothing but its trend. */
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
  let sum = 0;
  for (let i = lag; i < values.length; i++) sum += (values[i]! - values[i - lag]!) ** 2;
  return values.length > lag ? Math.sqrt(sum / (values.length - lag)) : 0;
}

/** The last value for ever: the optimal forecast of a random walk. */
export const naive: Forecaster = defineForecaster({
  name: 'naive',
  minimum: 1,
  fit: (values) => ({
    curve: plainCurve(flatTrend(values.at(-1)!), { ...steadySpread(lagSpread(values, 1)), level: 1 }),
  }),
});

/** The mean of the last `window` values (of all when there are fewer). @param window - steps, ≥ 1. */
export function movingAverage(window: number): Forecaster {
  return defineForecaster({
    name: `mean-${window}`,
    minimum: 1,
    fit(values) {
      const recent = values.slice(-window);
      const level = mean(recent);
      const square = recent.reduce((sum, value) => sum + (value - level) ** 2, 0);
      const sigma = Math.sqrt(square / Math.max(1, recent.length - 1));
      return { curve: plainCurve(flatTrend(level), steadySpread(sigma)) };
    },
  });
}

function lastRound(values: Float64Array, period: number): ForecastCurve {
  const spread = { ...steadySpread(lagSpread(values, period)), season: 1, period };
  const season = { mode: 'additive' as const, values: [...values.slice(-period)] };
  return { ...plainCurve(flatTrend(0), spread), seasons: [season] };
}

/**
 * The value of the same step one cycle before; the last value where the series shows no whole cycle.
 * @param period - steps in the cycle. @default the shortest usual cycle of the frequency
 */
export function seasonalNaive(period?: number): Forecaster {
  return defineForecaster({
    name: period === undefined ? 'seasonal-naive' : `seasonal-naive-${period}`,
    minimum: 1,
    fit(values, { frequency }) {
      const usual = period ?? seasonalPeriods(frequency, values.length)[0] ?? 1;
      return { curve: lastRound(values, usual <= values.length ? usual : 1) };
    },
  });
}
