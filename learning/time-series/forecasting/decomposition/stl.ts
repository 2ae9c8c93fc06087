import { loess, type LoessOptions } from './loess.js';

/** Seasonal and trend part of a series; what is left over is the remainder. */
export interface StlParts {
  readonly season: Float64Array;
  readonly trend: Float64Array;
}

const nextOdd = (value: number): number => {
  const whole = Math.ceil(value);
  return whole % 2 === 1 ? whole : whole + 1;
};

const withJump = (window: number, degree: 0 | 1): LoessOptions => ({ window, degree, jump: Math.ceil(window / 10) });

/** Each position's subseries smoothed and continued by one cycle at both ends: (n + 2·period,). */
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
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i]! - (i >= length ? values[i - length]! : 0);
    if (i >= length - 1) means[i - length + 1] = sum / length;
  }
  return means;
}

/** What of the smoothed cycles is no season: their low frequencies. (n,) */
function lowPass(cycles: Float64Array, period: number): Float64Array {
  const averaged = slidingMean(slidingMean(slidingMean(cycles, period), period), 3);
  return loess(averaged, withJump(nextOdd(period), 1));
}

const INNER_ROUNDS = 2;

/**
 * Seasonal-trend decomposition by loess (Cleveland et al. 1990) without robustness rounds, with the settings of R's
 * `stl`: local constants for the season, lines for the trend, two rounds.
 * @param values - (n,) finite, n ≥ 2·period.  @param seasonWindow - cycles that shape the season, odd, ≥ 7.
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
