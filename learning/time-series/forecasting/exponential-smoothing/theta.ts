import { mean } from '../../../numeric/statistics/mean.js';
import { defineForecaster, type Forecaster } from '../forecaster.js';
import { constantSpread, plainCurve } from '../naive.js';
import { seasonalPeriods } from '../series.js';
import { autoEts } from './ets.js';
import { seasonalEffects } from './start.js';
import { readForm } from './form.js';

interface Line {
  readonly offset: number;
  readonly slope: number;
}

/** Least-squares line over positions 0 … n − 1. */
function trendLine(values: Float64Array): Line {
  const middle = (values.length - 1) / 2;
  const average = mean(values);
  let covariance = 0;
  let variance = 0;
  values.forEach((value, i) => {
    covariance += (i - middle) * (value - average);
    variance += (i - middle) ** 2;
  });
  const slope = variance > 0 ? covariance / variance : 0;
  return { offset: average - slope * middle, slope };
}

/** Autocorrelation at a lag. */
function autocorrelation(values: Float64Array, lag: number): number {
  const average = mean(values);
  let [covariance, variance] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    variance += (values[i]! - average) ** 2;
    if (i >= lag) covariance += (values[i]! - average) * (values[i - lag]! - average);
  }
  return variance > 0 ? covariance / variance : 0;
}

/** Test of the M4 organisers at the 90 % level: autocorrelation at the seasonal lag against Bartlett's standard error. */
function isSeasonal(values: Float64Array, period: number): boolean {
  if (period < 2 || values.length < 3 * period) return false;
  let squares = 0;
  for (let lag = 1; lag < period; lag++) squares += autocorrelation(values, lag) ** 2;
  return Math.abs(autocorrelation(values, period)) > 1.645 * Math.sqrt((1 + 2 * squares) / values.length);
}

/** Seasonal effects when the test finds a season, else null. Ratios when all values are positive. */
function findSeason(values: Float64Array, period: number): { effects: Float64Array; ratio: boolean } | null {
  if (!isSeasonal(values, period)) return null;
  const ratio = values.every((value) => value > 0);
  return { effects: seasonalEffects(values, period, ratio), ratio };
}

/**
 * The Theta method (Assimakopoulos and Nikolopoulos 2000) as in the benchmark code of the M4 competition: seasonally
 * adjusted when a test finds a season, then the mean of the linear trend and of simple exponential smoothing of the
 * series with doubled curvature.
 */
export const theta: Forecaster = defineForecaster({
  name: 'theta',
  minimum: 3,
  fit(values, { frequency }) {
    const period = seasonalPeriods(frequency, values.length)[0] ?? 1;
    const season = findSeason(values, period);
    const adjusted = values.map((value, i) => {
      if (season === null) return value;
      const effect = season.effects[i % period]!;
      return season.ratio ? value / effect : value - effect;
    });
    const { offset, slope } = trendLine(adjusted);
    const curved = adjusted.map((value, i) => 2 * value - (offset + slope * i));
    const smooth = autoEts(curved, { period: 1, forms: [readForm('ETS(A,N,N)')!] });
    const level = (offset + slope * (values.length - 1) + (smooth?.end.level ?? curved.at(-1)!)) / 2;
    const spread = {
      ...constantSpread((smooth?.sigma ?? 0) / 2),
      level: smooth?.smoothing.alpha ?? 1,
    };
    const ahead = season && Array.from({ length: period }, (_, i) => season.effects[(values.length + i) % period]!);
    const curve = plainCurve({ kind: 'damped', level, slope: slope / 2, damping: 1 }, spread);
    if (!season || !ahead) return { curve };
    const table = season.ratio
      ? { mode: 'multiplicative' as const, values: ahead.map((effect) => effect - 1) }
      : { mode: 'additive' as const, values: ahead };
    return { curve: { ...curve, seasons: [table] } };
  },
});
