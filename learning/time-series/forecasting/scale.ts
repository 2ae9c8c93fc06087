/** Mean absolute value of the observed values; 0 without any. */
const meanAbsolute = (values: ArrayLike<number>): number => {
  let [sum, count] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]!)) continue;
    sum += Math.abs(values[i]!);
    count++;
  }
  return count > 0 ? sum / count : 0;
};

const changes = (values: ArrayLike<number>, lag: number): Float64Array =>
  Float64Array.from({ length: Math.max(0, values.length - lag) }, (_, i) => values[i + lag]! - values[i]!);

/**
 * Mean absolute change of a series over `steps`, over its whole history: the unit in which errors of several series and
 * periods become comparable. All values count equally: a scale with a shorter memory becomes small in a calm year and is
 * too small for the next volatile one.
 * @param values - NaN = missing. With fewer than 2·`steps` values the change over half the length is extrapolated as
 *   that of a random walk, which grows with the root of the lag.  @param steps - whole number ≥ 1.
 * @returns > 0, in the unit of the series; for a constant series a billionth of its mean absolute value.
 */
export function typicalChange(values: ArrayLike<number>, steps: number): number {
  const lag = Math.max(1, Math.min(steps, Math.floor(values.length / 2)));
  const move = meanAbsolute(changes(values, lag)) * Math.sqrt(steps / lag);
  return Math.max(move, 1e-9 * meanAbsolute(values), 1e-100);
}

/** Horizons, and fewest steps, that the recent change is the mean of. */
const RECENT_HORIZONS = 4;
const FEWEST_RECENT = 52;
/** Recent changes count as at least this share of those of the whole history: calm or constant stretches end. */
const LEAST_RECENT = 0.1;

/**
 * Geometric mean of the mean absolute change over `steps` in the whole history and in its last four horizons (52 changes
 * or more). For a series of which nothing else is known: volatile and calm times last longer than a horizon, so the recent
 * change says more of the next errors than the whole history alone, but a few horizons are few.
 * @param values - NaN = missing.  @param steps - whole number ≥ 1.
 * @returns > 0, in the unit of the series.
 */
export function recentChange(values: ArrayLike<number>, steps: number): number {
  const whole = typicalChange(values, steps);
  const last = Math.max(RECENT_HORIZONS * steps, FEWEST_RECENT) + steps;
  const recent = typicalChange(Array.from(values).slice(-last), steps);
  return Math.sqrt(whole * Math.max(recent, LEAST_RECENT * whole));
}
