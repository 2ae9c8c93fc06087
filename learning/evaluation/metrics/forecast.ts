import { notFinite, requireAtLeast, requireLength } from '../../checks.js';

/** A mean over points, with the points that had to be left out. */
export interface CountedError {
  /** NaN-free; null when every point was left out. */
  readonly value: number | null;
  readonly points: number;
  readonly skipped: number;
}

/** Smallest denominator of a percentage error, as a share of the mean |actual|: smaller values make the percentage error arbitrary. */
export const DENOMINATOR_FLOOR = 0.05;

function requirePairs(actual: ArrayLike<number>, forecast: ArrayLike<number>): void {
  requireLength('forecast', forecast.length, actual.length);
  for (let i = 0; i < actual.length; i++) {
    if (Number.isFinite(forecast[i]) && (Number.isFinite(actual[i]) || Number.isNaN(actual[i]))) continue;
    const [name, value] = Number.isFinite(forecast[i]) ? ['actual', actual[i]!] : ['forecast', forecast[i]!];
    throw notFinite(`${name}[${i}]`, value, { row: i });
  }
}

/** Mean of a function over the points whose actual value is known. */
function meanOver(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  error: (actual: number, forecast: number) => number,
): number {
  requirePairs(actual, forecast);
  let sum = 0;
  let count = 0;
  for (let i = 0; i < actual.length; i++) {
    if (Number.isNaN(actual[i]!)) continue;
    sum += error(actual[i]!, forecast[i]!);
    count++;
  }
  requireAtLeast('actual values to compare with', count, 1);
  return sum / count;
}

/**
 * Mean absolute error, in the unit of the series. Missing actual values (NaN) are left out, here and below.
 * @throws PipelineError `SHAPE_MISMATCH`, `NOT_FINITE`; `TOO_FEW_ROWS` when no actual value is known.
 */
export function meanAbsoluteError(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  return meanOver(actual, forecast, (y, f) => Math.abs(y - f));
}

/** Root of the mean squared error, in the unit of the series. @throws as `meanAbsoluteError`. */
export function rootMeanSquaredError(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  return Math.sqrt(meanOver(actual, forecast, (y, f) => (y - f) ** 2));
}

/** Σ|error| / Σ|actual| as a share (0.15 = 15 %); null when every actual value is 0. @throws as `meanAbsoluteError`. */
export function weightedAbsolutePercentageError(actual: ArrayLike<number>, forecast: ArrayLike<number>): number | null {
  const size = meanOver(actual, forecast, (y) => Math.abs(y));
  return size === 0 ? null : meanAbsoluteError(actual, forecast) / size;
}

/**
 * Mean of |error| / |actual| as a share. Points with |actual| below `floor` × mean |actual| (5 % unless told), zeros
 * among them, and missing ones are left out and counted: the percentage error is unbounded there.
 * @throws as `meanAbsoluteError`.
 */
export function meanAbsolutePercentageError(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  floor: number = DENOMINATOR_FLOOR,
): CountedError {
  const least = floor * meanOver(actual, forecast, (y) => Math.abs(y));
  let sum = 0;
  let points = 0;
  for (let i = 0; i < actual.length; i++) {
    const size = Math.abs(actual[i]!);
    if (!(size > 0 && size >= least)) continue;
    sum += Math.abs(actual[i]! - forecast[i]!) / size;
    points++;
  }
  return { value: points > 0 ? sum / points : null, points, skipped: actual.length - points };
}

/**
 * Mean of 2·|error| / (|actual| + |forecast|) as a share, between 0 and 2; a point where both are 0 counts as 0 (the
 * definition of the M4 competition). @throws as `meanAbsoluteError`.
 */
export function symmetricPercentageError(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  return meanOver(actual, forecast, (y, f) => (y === f ? 0 : (2 * Math.abs(y - f)) / (Math.abs(y) + Math.abs(f))));
}

/**
 * Mean absolute change over `lag` steps of the training values: the scale of MASE. Missing values are left out.
 * @returns 0 for constant series and for those shorter than the lag.
 */
export function naiveScale(training: ArrayLike<number>, lag: number): number {
  let sum = 0;
  let count = 0;
  for (let i = lag; i < training.length; i++) {
    const change = Math.abs(training[i]! - training[i - lag]!);
    if (Number.isNaN(change)) continue;
    sum += change;
    count++;
  }
  return count > 0 ? sum / count : 0;
}

/**
 * Mean absolute error relative to the seasonal naive method's inside the training values (Hyndman and Koehler 2006);
 * below 1 beats it.
 * @param training - (n,) what was known before the first forecast.  @param lag - steps in the cycle, 1 = none.
 * @returns null when the scale is 0.  @throws as `meanAbsoluteError`.
 */
export function meanAbsoluteScaledError(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  { training, lag }: { readonly training: ArrayLike<number>; readonly lag: number },
): number | null {
  const scale = naiveScale(training, lag);
  return scale === 0 ? null : meanAbsoluteError(actual, forecast) / scale;
}

/** Share of known actual values inside [lower, upper]. @throws as `meanAbsoluteError`. */
export function intervalCoverage(
  actual: ArrayLike<number>,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
): number {
  requireLength('upper', upper.length, actual.length);
  // A miss on either side is the share above plus the share below.
  const below = meanOver(actual, lower, (y, low) => (y < low ? 1 : 0));
  return 1 - below - meanOver(actual, upper, (y, high) => (y > high ? 1 : 0));
}
