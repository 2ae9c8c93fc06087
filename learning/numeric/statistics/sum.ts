/** Sum from the first value to the last, so that the same values give the same bits. @param values - (n,). */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
