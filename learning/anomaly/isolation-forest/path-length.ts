const EULER_GAMMA = 0.5772156649015329;

/**
 * Mean number of cuts that isolate a row among `rows` rows: c(n) of Liu et al. (2008), the mean depth of an unsuccessful
 * search in a binary search tree, 2·H(n − 1) − 2(n − 1)/n, with H(i) ≈ ln i + γ as in scikit-learn.
 */
export function averagePathLength(rows: number): number {
  if (rows <= 1) return 0;
  if (rows === 2) return 1;
  return 2 * (Math.log(rows - 1) + EULER_GAMMA) - (2 * (rows - 1)) / rows;
}

/**
 * Anomaly scores 2^(−E[h]/c) in (0, 1): near 1 is isolated by few cuts, one half is ordinary.
 * @param total - (m,) sums of path lengths over the trees; overwritten and returned.
 */
export function scorePathLengths(total: Float64Array, trees: number, subsampleSize: number): Float64Array {
  const scale = pathLengthScale(subsampleSize) / trees;
  for (let i = 0; i < total.length; i++) total[i] = 2 ** (total[i]! * scale);
  return total;
}

/** What a mean path length is multiplied by to become the score's exponent, negative. One row alone has no paths. */
export function pathLengthScale(subsampleSize: number): number {
  return -1 / Math.max(averagePathLength(subsampleSize), 1);
}

/** Cubic of 2^r for |r| ≤ 1/64, from the highest power, and pieces of a power of two. */
const EXP2 = { cubic: [0.05550361559341535, 0.2402284522445722, 0.6931471806916203, 1], pieces: 32 } as const;

/**
 * 2^x rounded to float32 as the C library's `powf` and `exp2f` round it, and with them the runtime of graphs (ARM
 * Optimized Routines, `exp2f.c`; glibc since 2.27): a score is the same with and without a graph.
 */
export function exp2Float32(x: number): number {
  const near = Math.round(x * EXP2.pieces) / EXP2.pieces;
  const r = x - near;
  const [a, b, c, d] = EXP2.cubic;
  return Math.fround(((a * r + b) * (r * r) + (c * r + d)) * 2 ** near);
}
