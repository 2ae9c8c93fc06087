import { addScaled, dot } from './curvature-history.js';
import type { Evaluate, Point } from './point.js';

/** Sufficient decrease: the value must fall by this share of slope · step (Armijo's c₁). */
const SUFFICIENT_DECREASE = 1e-4;
/** Curvature: the slope along the direction must shrink to this share (c₂). */
const CURVATURE = 0.9;
const MOST_TRIALS = 40;

const move = (from: Float64Array, step: number, along: Float64Array): Float64Array => {
  const to = from.slice();
  addScaled(to, step, along);
  return to;
};

/**
 * A point along a descent direction that fulfils the weak Wolfe conditions, by doubling and bisection.
 * @returns null when the direction does not descend or the steps become too small to matter.
 */
export function wolfeStep(evaluate: Evaluate, point: Point, along: Float64Array, start: number): Point | null {
  const slope = dot(point.slope, along);
  if (!(slope < 0)) return null;
  let [low, high, step] = [0, Infinity, start];
  let best: Point | null = null;
  for (let trial = 0; trial < MOST_TRIALS; trial++) {
    const next = evaluate(move(point.x, step, along));
    const falls = next.value <= point.value + SUFFICIENT_DECREASE * step * slope;
    if (!falls) high = step;
    else if (dot(next.slope, along) >= CURVATURE * slope) return next;
    else {
      best = next;
      low = step;
    }
    step = high === Infinity ? 2 * low : (low + high) / 2;
  }
  return best;
}
