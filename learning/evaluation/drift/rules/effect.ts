import { sum } from '../../../numeric/statistics/sum.js';
import { populationStability } from '../population-stability.js';
import type { Distribution } from '../values/distribution.js';
import type { PairedCounts } from '../values/categories.js';

/** Bands of the population stability index of numbers: deciles of the reference, as is custom. */
const BANDS = 10;

/** Upper ends of bands that hold a tenth of the reference each; fewer where values repeat. */
function decileEdges({ values, weights, rows }: Distribution): number[] {
  const edges: number[] = [];
  let before = 0;
  for (let i = 0; i < values.length - 1; i++) {
    before += weights[i]!;
    if (before >= ((edges.length + 1) * rows) / BANDS && edges.length < BANDS - 1) edges.push(values[i]!);
  }
  return edges;
}

function countBands({ values, weights }: Distribution, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  let band = 0;
  values.forEach((value, i) => {
    while (band < edges.length && value > edges[band]!) band++;
    counts[band]! += weights[i]!;
  });
  return counts;
}

/** Population stability index of numbers over the deciles of the reference. */
export function numericStability(reference: Distribution, current: Distribution): number {
  const edges = decileEdges(reference);
  return populationStability(countBands(reference, edges), countBands(current, edges));
}

/**
 * Scale of a Wasserstein distance: the standard deviation of the reference; of both sides together where the reference is
 * constant, since every change would be infinite otherwise.
 */
export function wassersteinScale(reference: Distribution, current: Distribution): number {
  if (reference.deviation > 0) return reference.deviation;
  const [n, m] = [reference.rows, current.rows];
  const share = m / (n + m);
  const between = share * (1 - share) * (reference.mean - current.mean) ** 2;
  return Math.sqrt(share * current.deviation ** 2 + between) || 1;
}

/** Counts below this in either sample make the χ² approximation doubtful (Cochran 1954). */
export const FEWEST_EXPECTED = 5;

/**
 * Puts cells together whose expected count is below 5 on a side, the rest cell last, so that a test of counts holds.
 * @returns the counts and the number of cells that were put together.
 */
export function poolRareCells({ reference, current }: PairedCounts): PairedCounts & { readonly pooled: number } {
  const [n, m] = [sum(reference), sum(current)];
  const least = (FEWEST_EXPECTED * (n + m)) / Math.min(n, m);
  const kept: [number, number][] = [];
  const rest: [number, number] = [0, 0];
  let pooled = 0;
  reference.forEach((before, i) => {
    if (before + current[i]! >= least) return kept.push([before, current[i]!]);
    rest[0] += before;
    rest[1] += current[i]!;
    return pooled++;
  });
  if (rest[0] + rest[1] > 0) kept.push(rest);
  return { reference: kept.map(([before]) => before), current: kept.map(([, after]) => after), pooled };
}
