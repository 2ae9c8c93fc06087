import { mean } from '../../../numeric/statistics/mean.js';
import type { EtsForm } from './form.js';
import type { StartState } from './filter.js';

/** Intercept (value at position −1) and slope of the least-squares line through the first values. */
function line(values: Float64Array, count: number): { level: number; slope: number } {
  const middle = (count + 1) / 2;
  let average = 0;
  for (let i = 0; i < count; i++) average += values[i]! / count;
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < count; i++) {
    covariance += (i + 1 - middle) * (values[i]! - average);
    variance += (i + 1 - middle) ** 2;
  }
  const slope = variance > 0 ? covariance / variance : 0;
  return { level: average - slope * middle, slope };
}

/** Moving average over one cycle, half weights at both ends when the cycle is even; NaN at the ends of the series. */
function centredAverage(values: Float64Array, period: number): Float64Array {
  const half = Math.floor(period / 2);
  const even = period % 2 === 0;
  return values.map((_, i) => {
    if (i < half || i + half >= values.length) return NaN;
    let total = 0;
    for (let j = i - half; j <= i + half; j++) total += values[j]! * (even && Math.abs(j - i) === half ? 0.5 : 1);
    return total / period;
  });
}

/**
 * One cycle of seasonal effects by classical decomposition: mean difference from (or ratio to) the centred moving
 * average by position, centred at 0 (or 1). `[0]` is that of the first value. Neutral for series shorter than two cycles.
 */
export function seasonalEffects(values: Float64Array, period: number, ratio: boolean): Float64Array {
  const neutral = ratio ? 1 : 0;
  const effects = new Float64Array(period).fill(neutral);
  if (period < 2 || values.length < 2 * period) return effects;
  const trend = centredAverage(values, period);
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  trend.forEach((average, i) => {
    if (Number.isNaN(average) || (ratio && average <= 0)) return;
    sums[i % period]! += ratio ? values[i]! / average : values[i]! - average;
    counts[i % period]!++;
  });
  for (let i = 0; i < period; i++) if (counts[i]! > 0) effects[i] = sums[i]! / counts[i]!;
  const centre = mean(effects);
  return effects.map((effect) => (ratio ? Math.max(effect / centre, 0.01) : effect - centre));
}

/** Initial state as in R's `ets`: a least-squares line through the first seasonally adjusted values. */
export function startState(values: Float64Array, form: EtsForm, period: number): StartState {
  const ratio = form.season === 'M';
  const season = form.season === 'N' ? new Float64Array(1) : seasonalEffects(values, period, ratio);
  const count = Math.min(Math.max(10, form.season === 'N' ? 0 : 2 * period), values.length);
  const adjusted = values.slice(0, count).map((value, i) => {
    if (form.season === 'N') return value;
    return ratio ? value / season[i % period]! : value - season[i % period]!;
  });
  const fitted = line(adjusted, count);
  if (form.trend !== 'N') return { ...fitted, season };
  return { level: mean(adjusted), slope: 0, season };
}
