import { PipelineError } from '../../../contracts/errors.js';
import { createHistory, dot, type History } from './curvature-history.js';
import { projectedStep, pseudoGradient } from './orthant.js';
import type { Evaluate, Point } from './point.js';
import { wolfeStep } from './wolfe-step.js';

/** Writes the gradient at x into `gradient` and returns the value there; +∞ marks a point outside the domain. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface Iteration {
  /** From 1. */
  readonly iteration: number;
  /** The objective with the L1 term. */
  readonly value: number;
  /** Euclidean norm of the (pseudo-)gradient. */
  readonly gradientNorm: number;
}

export interface MinimiseOptions {
  /** @default 200 */
  readonly maxIterations?: number;
  /** Converged when ‖gradient‖ ≤ tolerance · max(1, ‖x‖). @default 1e-5 */
  readonly tolerance?: number;
  /** Also converged when the value fell by less than this share over the last ten iterations; 0 = never. @default 0 */
  readonly stallTolerance?: number;
  /** Pairs of steps and gradient changes that stand for the curvature. @default 6 */
  readonly memory?: number;
  /** Adds l1·‖x‖₁ and drives coordinates to exactly 0. @default 0 */
  readonly l1?: number;
  /** Called after each iteration; the place for cancellation (throw) and progress. */
  readonly onIteration?: (iteration: Iteration) => void;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** False when the iterations ran out or no step lowered the value any more. */
  readonly converged: boolean;
}

const STALL_PERIOD = 10;

function createEvaluate(objective: Objective, l1: number): Evaluate {
  return (x) => {
    const gradient = new Float64Array(x.length);
    let value = objective(x, gradient);
    if (l1 === 0) return { x, value, gradient, slope: gradient };
    for (const coordinate of x) value += l1 * Math.abs(coordinate);
    return { x, value, gradient, slope: pseudoGradient(x, gradient, l1) };
  };
}

function requireStart(point: Point): void {
  if (Number.isFinite(point.value) && point.slope.every(Number.isFinite)) return;
  throw new PipelineError(
    'NOT_FINITE',
    `the objective is ${point.value} at the start, wanted a finite value and slope`,
  );
}

const norm = (values: Float64Array): number => Math.sqrt(dot(values, values));

/** The quasi-Newton descent direction; with L1, components that disagree in sign with the pseudo-gradient are 0 (Andrew & Gao, step 2). */
function direction(point: Point, history: History, l1: number): Float64Array {
  const downhill = history.timesInverse(point.slope);
  for (let i = 0; i < downhill.length; i++) {
    const step = -downhill[i]!;
    downhill[i] = l1 > 0 && step * point.slope[i]! >= 0 ? 0 : step;
  }
  return downhill;
}

const stalled = (values: readonly number[], tolerance: number): boolean => {
  const [now, before] = [values.at(-1), values.at(-1 - STALL_PERIOD)];
  if (tolerance === 0 || now === undefined || before === undefined) return false;
  return before - now <= tolerance * Math.max(1e-300, Math.abs(now));
};

interface Search {
  readonly evaluate: Evaluate;
  readonly history: History;
  readonly l1: number;
}

/** The next point; null when a line search along the steepest descent finds no lower value either. */
function advance(point: Point, { evaluate, history, l1 }: Search): Point | null {
  const attempt = (): Point | null => {
    const along = direction(point, history, l1);
    const start = history.size() === 0 ? Math.min(1, 1 / Math.max(norm(point.slope), 1e-300)) : 1;
    return l1 > 0 ? projectedStep(evaluate, point, along, start) : wolfeStep(evaluate, point, along, start);
  };
  const next = attempt();
  if (next !== null || history.size() === 0) return next;
  history.clear();
  return attempt();
}

/**
 * Minimises a smooth function, with an L1 penalty where asked. L-BFGS (Nocedal 1980) with a weak-Wolfe line search by
 * bisection (Lewis & Overton 2013); with `l1` > 0 OWL-QN (Andrew & Gao 2007). Deterministic. O(memory · p) time and
 * memory an iteration beside the objective.
 * @param objective - called with its own arrays; must not keep them.
 * @param start - (p,), not changed.
 * @throws PipelineError `NOT_FINITE` when value or gradient is not finite at the start.
 */
export function minimise(objective: Objective, start: Float64Array, options: MinimiseOptions = {}): Minimum {
  const { maxIterations = 200, tolerance = 1e-5, stallTolerance = 0, memory = 6, l1 = 0, onIteration } = options;
  const evaluate = createEvaluate(objective, l1);
  const history = createHistory(memory);
  let point = evaluate(start.slice());
  requireStart(point);
  const small = (): boolean => norm(point.slope) <= tolerance * Math.max(1, norm(point.x));
  const values = [point.value];
  let converged = small();
  let iterations = 0;
  while (!converged && iterations < maxIterations) {
    const next = advance(point, { evaluate, history, l1 });
    if (next === null) break;
    history.push(point, next);
    point = next;
    iterations += 1;
    values.push(point.value);
    onIteration?.({ iteration: iterations, value: point.value, gradientNorm: norm(point.slope) });
    converged = small() || stalled(values, stallTolerance);
  }
  return { x: point.x, value: point.value, iterations, converged };
}
