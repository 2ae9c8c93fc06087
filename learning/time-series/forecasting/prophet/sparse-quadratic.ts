import { solvePositive } from './linear-system.js';

/** ½ θᵀQθ − bᵀθ + Σ penaltyⱼ·|θⱼ|; penalty 0 = a free parameter. */
export interface SparseQuadratic {
  /** (p, p) row-major, positive definite. */
  readonly q: Float64Array;
  readonly b: Float64Array;
  readonly penalty: Float64Array;
}

function gradientAt({ q, b }: SparseQuadratic, theta: Float64Array, j: number): number {
  const p = b.length;
  let sum = -b[j]!;
  for (let k = 0; k < p; k++) sum += q[j * p + k]! * theta[k]!;
  return sum;
}

/** The minimum over the active parameters with their signs held. */
function solveActive(problem: SparseQuadratic, active: readonly number[], signs: Float64Array): Float64Array {
  const { q, b, penalty } = problem;
  const p = b.length;
  const size = active.length;
  const a = new Float64Array(size * size);
  const right = new Float64Array(size);
  active.forEach((row, i) => {
    right[i] = b[row]! - penalty[row]! * signs[row]!;
    for (let j = 0; j < size; j++) a[i * size + j] = q[row * p + active[j]!]!;
  });
  return solvePositive(a, right);
}

/** Share of the way to `target` at which the first penalised parameter reaches 0, and which; 1 and −1 when none does. */
function firstZero(
  { problem, signs }: { problem: SparseQuadratic; signs: Float64Array },
  theta: Float64Array,
  active: readonly number[],
  target: Float64Array,
): [number, number] {
  let [share, which] = [1, -1];
  active.forEach((j, i) => {
    if (problem.penalty[j] === 0 || target[i]! * signs[j]! > 0) return;
    const from = theta[j]!;
    const reach = from === 0 ? 0 : from / (from - target[i]!);
    if (reach < share) [share, which] = [reach, j];
  });
  return [share, which];
}

/** The zero parameter whose gradient most exceeds its penalty; −1 at the optimum. */
function worstViolation(problem: SparseQuadratic, theta: Float64Array, refused: ReadonlySet<number>): number {
  let [worst, which] = [1e-7, -1];
  for (let j = 0; j < theta.length; j++) {
    const penalty = problem.penalty[j]!;
    if (penalty === 0 || theta[j] !== 0 || refused.has(j)) continue;
    const excess = Math.abs(gradientAt(problem, theta, j)) / penalty - 1;
    if (excess > worst) [worst, which] = [excess, j];
  }
  return which;
}

/** Moves to the minimum for the present signs; parameters that reach 0 on the way leave. @returns those that left. */
function settle(problem: SparseQuadratic, theta: Float64Array, signs: Float64Array): number[] {
  const left: number[] = [];
  for (;;) {
    const active = Array.from(theta.keys()).filter((j) => problem.penalty[j] === 0 || signs[j] !== 0);
    const target = solveActive(problem, active, signs);
    const [share, which] = firstZero({ problem, signs }, theta, active, target);
    active.forEach((j, i) => (theta[j] = which < 0 ? target[i]! : theta[j]! + share * (target[i]! - theta[j]!)));
    if (which < 0) return left;
    theta[which] = 0;
    signs[which] = 0;
    left.push(which);
  }
}

/**
 * Minimises exactly by the feature-sign search of Lee, Battle, Raina and Ng (2007): an active set with signs, one
 * Cholesky solution a step; ends after finitely many steps when no gradient exceeds its penalty by 1e-7 of it.
 * @param start - where to begin; a solution of a similar problem saves most steps. Not changed.
 */
export function minimiseSparse(problem: SparseQuadratic, start: Float64Array): { theta: Float64Array; steps: number } {
  const theta = start.slice();
  const signs = theta.map((value, j) => (problem.penalty[j] === 0 ? 0 : Math.sign(value)));
  // A parameter that leaves in the step it entered would enter for ever by rounding.
  const refused = new Set<number>();
  let steps = 0;
  for (const limit = 20 * theta.length; steps < limit; steps++) {
    const left = settle(problem, theta, signs);
    const next = worstViolation(problem, theta, refused);
    if (next < 0) break;
    if (left.includes(next)) refused.add(next);
    signs[next] = -Math.sign(gradientAt(problem, theta, next));
  }
  return { theta, steps };
}
