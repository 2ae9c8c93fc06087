import type { Random } from '../../numeric/random/index.js';
import type { Cut, CutSource, NarrowRows, NodeRows } from './tree-growth.js';

/** Smallest and largest value of a feature among a node's rows. */
export function featureRange(x: NarrowRows, { rows, start, end }: NodeRows, feature: number): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let k = start; k < end; k++) {
    const value = x.values[rows[k]! * x.cols + feature]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** A float32 threshold in (low, high], so that rows on both sides remain. */
function drawThreshold(low: number, high: number, random: Random): number {
  const threshold = Math.fround(low + random.uniform() * (high - low));
  return threshold > low ? Math.min(threshold, high) : high;
}

/** Cuts of Liu et al. (2008): a feature that varies among the rows, and a uniform threshold in its range. */
export function axisCuts(x: NarrowRows): CutSource {
  const candidates = new Int32Array(x.cols);
  const cutAt = (node: NodeRows, feature: number, threshold: number): Cut => {
    for (let k = node.start; k < node.end; k++) node.projection[k] = x.values[node.rows[k]! * x.cols + feature]!;
    return { feature, threshold };
  };
  return (node, random) => {
    for (let j = 0; j < x.cols; j++) candidates[j] = j;
    for (let left = x.cols; left > 0; left--) {
      const place = random.integer(left);
      const feature = candidates[place]!;
      const [low, high] = featureRange(x, node, feature);
      if (high > low) return cutAt(node, feature, drawThreshold(low, high, random));
      candidates[place] = candidates[left - 1]!;
    }
    return null;
  };
}
