import type { ComputeContext } from '../../../contracts/model-definition.js';
import { createRandom, type Random } from '../../numeric/random/index.js';
import { createDualWorkspace, type DualWorkspace } from './dual-workspace.js';
import type { Link } from './link.js';
import type { SparseRows } from './text-features.js';

/** Options of `dualAscent`. */
export interface DualAscentOptions {
  readonly classes: number;
  readonly link: Link;
  /** Inverse strength of the L2 penalty (scikit-learn's C): the objective is the summed loss + ‖W‖² / 2C. */
  readonly c: number;
  /** Training stops when the duality gap, relative to the objective at zero weights, falls below this value. */
  readonly tolerance: number;
  readonly maxEpochs: number;
}

/** Fitted weights. */
export interface LinearWeights {
  readonly classes: number;
  /** (cols + 1, classes) row-major; the last row is the bias, penalised like a feature of value 1. */
  readonly weights: Float32Array;
  readonly epochs: number;
  /** Relative duality gap after the last epoch. */
  readonly gap: number;
}

/** Computes scores[k] = Σ value · weights[column, k] + bias[k] of one sparse row. @param scores - (classes,) output. */
export function scoreRow(
  weights: Float32Array,
  classes: number,
  row: { readonly indices: Int32Array; readonly values: Float32Array; readonly from: number; readonly to: number },
  scores: Float64Array,
): void {
  const bias = weights.length - classes;
  for (let k = 0; k < classes; k++) scores[k] = weights[bias + k]!;
  for (let at = row.from; at < row.to; at++) {
    const offset = row.indices[at]! * classes;
    const value = row.values[at]!;
    for (let k = 0; k < classes; k++) scores[k]! += value * weights[offset + k]!;
  }
}

function squaredLengths(x: SparseRows): Float64Array {
  const squares = new Float64Array(x.rows).fill(1);
  for (let row = 0; row < x.rows; row++)
    for (let at = x.starts[row]!; at < x.starts[row + 1]!; at++) squares[row]! += x.values[at]! ** 2;
  return squares;
}

interface DualState {
  readonly workspace: DualWorkspace;
  readonly duals: Float32Array;
  /** (rows,) squared lengths, the bias included. */
  readonly squares: Float64Array;
}

/** One epoch: updates each row's dual probabilities and the weights, in the given order. @returns the duality gap. */
function runEpoch(
  { workspace, duals, squares }: DualState,
  order: Int32Array,
  { classes, link, c }: DualAscentOptions,
): number {
  const { scores, step } = workspace;
  let total = 0;
  for (const row of order) {
    workspace.scoreRow(row);
    const dual = duals.subarray(row * classes, (row + 1) * classes);
    const { gap, moved } = link.step(scores, dual, c * squares[row]!, step);
    total += gap;
    if (!moved) continue;
    for (let k = 0; k < classes; k++) step[k]! *= -c;
    workspace.addRow(row);
  }
  return total;
}

/**
 * L2-penalised multinomial (or per-class) logistic regression on sparse rows by stochastic dual coordinate ascent
 * (Shalev-Shwartz & Zhang 2013, proximal form). It needs no learning rate, and the duality gap bounds the distance to
 * the optimum. Deterministic given the seed. O(non-zeros · classes) per epoch.
 * @param duals - (rows, classes) row-major targets; overwritten.
 */
export function dualAscent(
  context: ComputeContext,
  x: SparseRows,
  duals: Float32Array,
  options: DualAscentOptions,
): LinearWeights {
  const [fitted] = dualAscentPath(context, x, duals, { ...options, penalties: [options.c] });
  return fitted!;
}

/**
 * As `dualAscent`, for several values of C one after the other: each fit starts from the dual probabilities of the one
 * before, which takes about half the epochs of a fit of its own.
 * @param options.penalties - values of C, best ascending.  @returns one fit for each, in their order.
 */
export function dualAscentPath(
  context: ComputeContext,
  x: SparseRows,
  duals: Float32Array,
  options: Omit<DualAscentOptions, 'c'> & { readonly penalties: readonly number[] },
): LinearWeights[] {
  const random = createRandom(context.seed).fork('dual-ascent');
  const workspace = createDualWorkspace(x, options.classes);
  const state = { workspace, duals, squares: squaredLengths(x) };
  const { penalties, classes } = options;
  return penalties.map((c, i) => {
    // The weights are C times a sum over the rows of their dual residuals.
    if (i > 0) workspace.rescale(c / penalties[i - 1]!);
    const reached = runToTolerance(context, state, { ...options, c, random });
    return { classes, weights: workspace.copyWeights(), ...reached };
  });
}

/** Runs epochs until the duality gap falls below the tolerance. */
function runToTolerance(
  context: ComputeContext,
  state: DualState,
  options: DualAscentOptions & { readonly random: Random },
): Pick<LinearWeights, 'epochs' | 'gap'> {
  const { random, link, classes, maxEpochs, tolerance } = options;
  let [epochs, gap] = [0, Infinity];
  const rows = state.squares.length;
  const lossAtZero = rows * link.lossAtZero(classes);
  while (epochs < maxEpochs && gap > tolerance) {
    context.signal.throwIfAborted();
    gap = runEpoch(state, random.permutation(rows), options) / lossAtZero;
    epochs += 1;
    context.onLoss?.({ stage: 'duality gap', step: epochs, loss: gap });
    context.onProgress({ stage: 'training', done: epochs, total: maxEpochs });
  }
  return { epochs, gap };
}
