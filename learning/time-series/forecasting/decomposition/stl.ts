import { loess, type LoessOptions } from './loess.js';

/** (n,) seasonal and trend component of a series; the remainder is the difference. */
export interface StlParts {
  readonly season: Float64Array;
  readonly trend: Float64Array;
}

const nextOdd = (value: number): number => {
  const whole = Math.ceil(value);
  return whole % 2 === 1 ? whole : whole + 1;
};

const withJump = (window: number, degree: 0 | 1): LoessOptions => ({ window, degree, jump: Math.ceil(window / 10) });

/** Cycle-subseries smoothed and extended by one cycle at both ends: (n + 2·period,). */
function smoothCycles(detrended: Float64Array, period: number, options: LoessOptions): Float64Array {
  const n = detrended.length;
  const extended = new Float64Array(n + 2 * period);
  for (let position = 0; position < period; position++) {
    const count = Math.ceil((n - position) / period);
    const subseries = Float64Array.from({ length: count }, (_, i) => detrended[position + i * period]!);
    const smooth = loess(subseries, options, -1, count + 2);
    for (let i = 0; i < count + 2; i++) extended[position + i * period] = smooth[i]!;
  }
  return extended;
}

function slidingMean(values: Float64Array, length: number): Float64Array {
  const means = new Float64Array(values.length - length + 1);
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    total += values[i]! - (i >= length ? values[i - length]! : 0);
    if (i >= length - 1) means[i - length + 1] = total / length;
  }
  return means;
}

/** (n,) low-pass filter of the smoothed cycle-subseries: their trend, which the season must not contain. */
function lowPass(cycles: Float64Array, period: number): Float64Array {
  const averaged = slidingMean(slidingMean(slidingMean(cycles, period), period), 3);
  return loess(averaged, withJump(nextOdd(period), 1));
}

const INNER_ROUNDS = 2;

/**
 * Seasonal-trend decomposition by loess (Cleveland et al. 1990) without robustness iterations, with the settings of R's
 * `stl`: degree 0 for the season, degree 1 for the trend, two inner iterations.
 * @param values - (n,) finite, n ≥ 2·period.  @param seasonWindow - loess window of the season in cycles, odd, ≥ 7.
 */
export function stl(values: Float64Array, period: number, seasonWindow: number): StlParts {
  const trendWindow = nextOdd((1.5 * period) / (1 - 1.5 / seasonWindow));
  let trend = new Float64Array(values.length);
  let season = new Float64Array(values.length);
  for (let round = 0; round < INNER_ROUNDS; round++) {
    const detrended = values.map((value, i) => value - trend[i]!);
    const cycles = smoothCycles(detrended, period, withJump(seasonWindow, 0));
    const low = lowPass(cycles, period);
    season = low.map((level, i) => cycles[period + i]! - level);
    trend = loess(
      values.map((value, i) => value - season[i]!),
      withJump(trendWindow, 1),
    ) as Float64Array<ArrayBuffer>;
  }
  return { season, trend };
}
