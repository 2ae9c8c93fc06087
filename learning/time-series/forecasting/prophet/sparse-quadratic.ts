import { solveByCholesky } from '../../../numeric/matrix/cholesky.js';

/** Least squared pivot: collinear columns leave a rounding error in its place. */
const LEAST_PIVOT = 1e-14;

/** ½ θᵀQθ − bᵀθ + Σ penaltyⱼ·|θⱼ|; a parameter with penalty 0 is unpenalised. */
export interface SparseQuadratic {
  /** (p, p) row-major, positive definite. */
  readonly q: Float64Array;
  readonly b: Float64Array;
  readonly penalty: Float64Array;
}

function gradientAt({ q, b }: SparseQuadratic, theta: Float64Array, j: number): number {
  const p = b.length;
  let gradient = -b[j]!;
  for (let k = 0; k < p; k++) gradient += q[j * p + k]! * theta[k]!;
  return gradient;
}

/** The minimum over the active parameters with fixed signs. */
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
  return solveByCholesky(a, right, LEAST_PIVOT);
}

/** Share of the way to `target` at which the first penalised parameter reaches 0, and its index; [1, −1] for none. */
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

/** Index of the zero parameter whose gradient exceeds its penalty the most; −1 at the optimum. */
function worstViolation(problem: SparseQuadratic, theta: Float64Array, excluded: ReadonlySet<number>): number {
  let [worst, which] = [1e-7, -1];
  for (let j = 0; j < theta.length; j++) {
    const penalty = problem.penalty[j]!;
    if (penalty === 0 || theta[j] !== 0 || excluded.has(j)) continue;
    const excess = Math.abs(gradientAt(problem, theta, j)) / penalty - 1;
    if (excess > worst) [worst, which] = [excess, j];
  }
  return which;
}

/** Moves θ to the minimum for the current signs; parameters that reach 0 become inactive. @returns their indices. */
function minimiseActive(problem: SparseQuadratic, theta: Float64Array, signs: Float64Array): number[] {
  const removed: number[] = [];
  for (;;) {
    const active = Array.from(theta.keys()).filter((j) => problem.penalty[j] === 0 || signs[j] !== 0);
    const target = solveActive(problem, active, signs);
    const [share, which] = firstZero({ problem, signs }, theta, active, target);
    active.forEach((j, i) => (theta[j] = which < 0 ? target[i]! : theta[j]! + share * (target[i]! - theta[j]!)));
    if (which < 0) return removed;
    theta[which] = 0;
    signs[which] = 0;
    removed.push(which);
  }
}

/**
 * Exact minimum by feature-sign search (Lee, Battle, Raina and Ng 2007): an active set with signs and one Cholesky
 * solution for each step; ends after finitely many steps, when no gradient exceeds its penalty by more than 1e-7 of it.
 * @param start - (p,) initial θ, not changed; the solution of a similar problem saves most steps.
 */
export function minimiseSparse(problem: SparseQuadratic, start: Float64Array): { theta: Float64Array; steps: number } {
  const theta = start.slice();
  const signs = theta.map((value, j) => (problem.penalty[j] === 0 ? 0 : Math.sign(value)));
  // A parameter that is removed in the step after it was added is excluded: rounding would add it again for ever.
  const excluded = new Set<number>();
  let steps = 0;
  for (const limit = 20 * theta.length; steps < limit; steps++) {
    const removed = minimiseActive(problem, theta, signs);
    const next = worstViolation(problem, theta, excluded);
    if (next < 0) break;
    if (removed.includes(next)) excluded.add(next);
    signs[next] = -Math.sign(gradientAt(problem, theta, next));
  }
  return { theta, steps };
}
