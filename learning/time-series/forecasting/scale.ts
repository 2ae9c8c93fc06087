const meanSize = (values: ArrayLike<number>): number => {
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
 * How far a series usually moves within a horizon: the mean absolute change over `steps`, over its whole history.
 * Errors of several series and times become comparable when they are measured in it. It forgets nothing: a shorter
 * memory follows calm years and is surprised by the next rough one.
 * @param values - NaN = missing; a history of fewer than 2·`steps` values is judged by half its length as a random
 *   walk, whose changes grow with the root of the lag.  @param steps - whole number ≥ 1.
 * @returns > 0, in the unit of the series: a series that never moves gets a billionth of its size.
 */
export function usualMove(values: ArrayLike<number>, steps: number): number {
  const lag = Math.max(1, Math.min(steps, Math.floor(values.length / 2)));
  const move = meanSize(changes(values, lag)) * Math.sqrt(steps / lag);
  return Math.max(move, 1e-9 * meanSize(values), 1e-100);
}
