import type { Evaluate, Point } from './point.js';

const SUFFICIENT_DECREASE = 1e-4;
const SHRINKAGE = 0.5;
const MOST_TRIALS = 40;

/** The slope of least size among the subgradients of f + l1·‖x‖₁ (Andrew & Gao 2007, equation 4). */
export function pseudoGradient(x: Float64Array, gradient: Float64Array, l1: number): Float64Array {
  return gradient.map((slope, i) => {
    const sign = Math.sign(x[i]!);
    if (sign !== 0) return slope + sign * l1;
    if (slope + l1 < 0) return slope + l1;
    return slope - l1 > 0 ? slope - l1 : 0;
  });
}

/** Moves within the orthant of x (at 0: where the slope points); coordinates that would leave it become 0. */
function moveInOrthant({ x, slope }: Point, step: number, along: Float64Array): Float64Array {
  return x.map((from, i) => {
    const orthant = from === 0 ? -Math.sign(slope[i]!) : Math.sign(from);
    const to = from + step * along[i]!;
    return Math.sign(to) === orthant ? to : 0;
  });
}

/** Expected decrease (slope · displacement) for the displacement after projection on the orthant. */
function promised({ x, slope }: Point, to: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += slope[i]! * (to[i]! - x[i]!);
  return sum;
}

/** A lower point by backtracking with projection on the orthant; null when there is none. */
export function projectedStep(evaluate: Evaluate, point: Point, along: Float64Array, start: number): Point | null {
  let step = start;
  for (let trial = 0; trial < MOST_TRIALS; trial++) {
    const to = moveInOrthant(point, step, along);
    const fall = promised(point, to);
    if (!(fall < 0)) return null;
    const next = evaluate(to);
    if (next.value <= point.value + SUFFICIENT_DECREASE * fall) return next;
    step *= SHRINKAGE;
  }
  return null;
}
