/** Inner product. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Adds factor · b to a, in place. */
export function addScaled(a: Float64Array, factor: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i]! += factor * b[i]!;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

interface Located {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
}

/** The last steps and gradient changes, which stand for the inverse Hessian. */
export interface History {
  size(): number;
  clear(): void;
  /** Remembers a step; one without positive curvature is left out, so that the approximation stays positive definite. */
  push(from: Located, to: Located): void;
  /** The two-loop recursion (Nocedal & Wright, algorithm 7.4). @returns a new array. */
  timesInverse(vector: Float64Array): Float64Array;
}

const difference = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value - b[i]!);

/** Curvature below this share of ‖step‖·‖change‖ is rounding. */
const SMALLEST_CURVATURE = 1e-10;

function timesInverse(pairs: readonly Pair[], vector: Float64Array): Float64Array {
  const result = vector.slice();
  const factors = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { step, change, curvature } = pairs[k]!;
    factors[k] = dot(step, result) / curvature;
    addScaled(result, -factors[k]!, change);
  }
  const newest = pairs.at(-1);
  const scale = newest ? newest.curvature / dot(newest.change, newest.change) : 1;
  for (let i = 0; i < result.length; i++) result[i]! *= scale;
  pairs.forEach(({ step, change, curvature }, k) => {
    addScaled(result, factors[k]! - dot(change, result) / curvature, step);
  });
  return result;
}

/** @param memory - pairs kept, ≥ 1. */
export function createHistory(memory: number): History {
  let pairs: Pair[] = [];
  return {
    size: () => pairs.length,
    clear: () => void (pairs = []),
    push(from, to) {
      const step = difference(to.x, from.x);
      const change = difference(to.gradient, from.gradient);
      const curvature = dot(step, change);
      if (curvature <= SMALLEST_CURVATURE * Math.sqrt(dot(step, step) * dot(change, change))) return;
      pairs = [...pairs, { step, change, curvature }].slice(-memory);
    },
    timesInverse: (vector) => timesInverse(pairs, vector),
  };
}
