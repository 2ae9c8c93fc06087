/** Arithmetic mean, summed in order. @param values - (n,).  @param ofNone - what the mean of no values is. */
export function mean(values: ArrayLike<number>, ofNone = Number.NaN): number {
  if (values.length === 0) return ofNone;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
