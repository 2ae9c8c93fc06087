/**
 * Above this share of crowded rows the forest is used alone. A row far out in a cloud without structure is never
 * crowded; of two unrelated orders the share would be 0.2.
 */
export const CROWDING_LIMIT = 0.05;
/** A candidate joins when nine in ten of the rows ranked highest so far have at least this rank with it. */
export const AGREEMENT_NEEDED = 0.6;

const TOP_SHARE = 0.02;
const LEAST_TOP_ROWS = 5;

/** (n,) ranks in (0, 1]; equal values share their mean rank. */
export function ranks(values: Float64Array): Float64Array {
  const n = values.length;
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
  const result = new Float64Array(n);
  for (let start = 0, end = 0; start < n; start = end) {
    while (end < n && values[order[end]!] === values[order[start]!]) end += 1;
    for (let k = start; k < end; k++) result[order[k]!] = (start + 1 + end) / 2 / n;
  }
  return result;
}

/** The rows with the highest scores; earlier rows first among equals. */
function topRows(scores: Float64Array, count: number): Int32Array {
  const order = Int32Array.from({ length: scores.length }, (_, i) => i);
  return order.sort((a, b) => scores[b]! - scores[a]! || a - b).subarray(0, count);
}

/**
 * Agreement of a candidate with a consensus: the tenth percentile of the candidate's ranks of the consensus' top 2 %.
 * Some candidates miss clustered anomalies: they rank part of the top as ordinary.
 */
export function agreement(consensus: Float64Array, candidate: Float64Array): number {
  const count = Math.min(consensus.length, Math.max(LEAST_TOP_ROWS, Math.floor(consensus.length * TOP_SHARE)));
  const rank = ranks(candidate);
  const ofTop = Float64Array.from(topRows(consensus, count), (row) => rank[row]!).sort();
  return ofTop[Math.floor(0.1 * (count - 1))]!;
}

/**
 * Share of clustered anomalies: of the tenth of rows farthest out (distance to so few references that hardly a cluster
 * holds one), the share that lies in the most crowded fifth (distance to nearest neighbours).
 */
export function crowding(farness: Float64Array, neighbourDistances: Float64Array): number {
  const far = topRows(farness, Math.ceil(farness.length / 10));
  const rank = ranks(neighbourDistances);
  return far.filter((row) => rank[row]! < 0.2).length / far.length;
}
