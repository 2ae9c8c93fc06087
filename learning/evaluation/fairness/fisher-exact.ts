/** ln k! for k = 0 … n. */
function logFactorials(n: number): Float64Array {
  const values = new Float64Array(n + 1);
  for (let k = 2; k <= n; k++) values[k] = values[k - 1]! + Math.log(k);
  return values;
}

/** Tables as likely as the observed one count as extreme too; the slack absorbs rounding. */
const SLACK = 1e-7;

/**
 * Two-sided p-value of Fisher's exact test for two shares: the probability, under equal shares, of a table no more
 * likely than this one (as R's `fisher.test` and scipy's `fisher_exact` define it). O(n).
 * @param hits - successes in the first and second group.  @param sizes - rows in each group.
 * @returns in (0, 1]; 1 when a group is empty.
 */
export function fisherExact(hits: readonly [number, number], sizes: readonly [number, number]): number {
  const [a, b] = hits;
  const [n, m] = sizes;
  const total = a + b;
  const logs = logFactorials(n + m);
  const choose = (of: number, some: number): number => logs[of]! - logs[some]! - logs[of - some]!;
  const logProbability = (k: number): number => choose(n, k) + choose(m, total - k) - choose(n + m, total);
  const observed = logProbability(a) + SLACK;
  let p = 0;
  for (let k = Math.max(0, total - m); k <= Math.min(n, total); k++) {
    const value = logProbability(k);
    if (value <= observed) p += Math.exp(value);
  }
  return Math.min(1, p);
}

/**
 * Holm's step-down correction: adjusted p-values that keep the chance of any false alarm at the level of one test.
 * @param pValues - (k,).  @returns (k,) in the same order.
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]! || a - b);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  order.forEach((position, rank) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[position]!));
    adjusted[position] = largest;
  });
  return adjusted;
}
