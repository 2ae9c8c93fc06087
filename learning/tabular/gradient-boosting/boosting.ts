import { PipelineError } from '../../../contracts/errors.js';
import type { FitContext, FitInputs, ValidationRows } from '../../estimator.js';
import type { Matrix } from '../../numeric/matrix/index.js';
import { createRandom, type Random } from '../../numeric/random/index.js';
import { binColumns, toFloat32 } from './binning.js';
import type { BoostingRows, Objective } from './objective.js';
import { objectiveOf } from './objectives.js';
import type { GradientBoostingParams } from './params.js';
import type { GradientBoostingState } from './state.js';
import { addTree, type RegressionTree } from './tree.js';
import { histogramsFor, TreeGrowth } from './tree-growth.js';
import { createWorkspace, type Workspace } from './workspace.js';

/** Decides after each tree whether to stop. */
interface EarlyStop {
  /** @returns true when the validation loss has not fallen for long enough. */
  shouldStop(tree: RegressionTree): boolean;
  /** Trees up to the best validation loss. */
  bestTrees(): number;
}

/** Loss on rows that were not learned from, followed tree by tree. */
function watchValidation(
  rows: ValidationRows,
  objective: Objective,
  start: { readonly baseMargin: number; readonly patience: number },
): EarlyStop {
  const x = toFloat32(rows.x);
  const margin = new Float32Array(rows.x.rows).fill(start.baseMargin);
  const weighted = { y: rows.y, weights: rows.weights ?? null };
  let trees = 0;
  let best = { loss: Infinity, trees: 0 };
  return {
    shouldStop(tree) {
      addTree(tree, x, rows.x.cols, margin);
      trees += 1;
      const loss = objective.loss(weighted, margin);
      if (loss < best.loss) best = { loss, trees };
      return trees - best.trees >= start.patience;
    },
    bestTrees: () => best.trees,
  };
}

function earlyStopOf(params: GradientBoostingParams, context: FitContext, baseMargin: number): EarlyStop | null {
  const { validation } = context;
  const { earlyStoppingRounds: patience } = params;
  if (patience === null || validation === undefined) return null;
  return watchValidation(validation, objectiveOf(params), { baseMargin, patience });
}

function requireParams(params: GradientBoostingParams, x: Matrix, context: FitContext): void {
  const constraints = params.monotone.length;
  if (constraints !== 0 && constraints !== x.cols) {
    const found = `monotone has ${constraints} entries, wanted none or one for each of ${x.cols} features`;
    throw new PipelineError('INVALID_HYPERPARAMETERS', found);
  }
  if (params.objective === 'quantile' && params.monotone.some((direction) => direction !== 0)) {
    throw new PipelineError('INVALID_HYPERPARAMETERS', 'monotone constraints do not hold for the objective quantile');
  }
  if (params.earlyStoppingRounds !== null && !context.validation) {
    throw new PipelineError('INVALID_HYPERPARAMETERS', 'earlyStoppingRounds needs validation rows in the context');
  }
}

/** Rows that are not sampled get gradient and hessian 0: they do not affect the tree, but their margin is updated by it. */
function dropRows(workspace: Workspace, share: number, random: Random): void {
  if (share === 1) return;
  const { pairs } = workspace;
  for (let i = 0; i < pairs.length; i += 2) {
    if (random.uniform() >= share) pairs.fill(0, i, i + 2);
  }
}

function drawFeatures(features: number, share: number, random: Random): ArrayLike<number> {
  const drawn = Math.max(1, Math.floor(features * share));
  return random.permutation(features).subarray(0, drawn).sort();
}

/** Everything that one round needs. */
interface Boosting {
  readonly params: GradientBoostingParams;
  readonly objective: Objective;
  readonly rows: BoostingRows;
  readonly margin: Float32Array;
  readonly workspace: Workspace;
  readonly growth: TreeGrowth;
  readonly features: number;
  readonly adjust: FitContext['adjustDerivatives'];
}

/** @param grown - trees that are in the margin already. */
function prepareBoosting(
  params: GradientBoostingParams,
  { x, y, context }: FitInputs,
  grown: readonly RegressionTree[],
): Boosting {
  const objective = objectiveOf(params);
  const rows = { y, weights: context.weights ?? null };
  const margin = new Float32Array(x.rows).fill(objective.baseMargin(y, rows.weights));
  const workspace = createWorkspace({ rows: x.rows, features: x.cols, histograms: histogramsFor(params.maxDepth) });
  const narrow = { rows: x.rows, cols: x.cols, values: toFloat32(x) };
  for (const tree of grown) addTree(tree, narrow.values, x.cols, margin);
  const features = binColumns(narrow, rows.weights, params.maxBins, workspace);
  const { leafStep } = objective;
  const step = leafStep ? (leaf: Int32Array) => leafStep(rows, margin, leaf) : null;
  const growth = new TreeGrowth(params, features, workspace, { margin, leafStep: step });
  return { params, objective, rows, margin, workspace, growth, features: x.cols, adjust: context.adjustDerivatives };
}

function boostOnce(
  { params, objective, rows, margin, workspace, growth, features, adjust }: Boosting,
  random: Random,
): RegressionTree {
  objective.derivatives(rows, margin, workspace.pairs);
  adjust?.(margin, workspace.pairs);
  dropRows(workspace, params.subsample, random.fork('rows'));
  return growth.grow(drawFeatures(features, params.colsample, random.fork('features')));
}

/** On the training rows, after so many rounds. */
const tellLoss = ({ onLoss }: FitContext, { objective, rows, margin }: Boosting, step: number): void =>
  onLoss?.({ stage: 'boosting', step, loss: objective.loss(rows, margin) });

/** A fit that pauses after each tree, and gives it. */
export type BoostingRounds = Generator<RegressionTree, GradientBoostingState, void>;

/**
 * The boosting loop (algorithm of section 2.2 of the paper): gradients, one tree, again.
 * @param grown - the first trees of the same fit, from an attempt that was interrupted. They are not grown again, and the
 *   state is the same bit for bit: a round depends on the margins and on its own fork of the random generator only.
 */
export function* boostRounds(
  params: GradientBoostingParams,
  inputs: FitInputs,
  grown: readonly RegressionTree[] = [],
): BoostingRounds {
  const { x, y, context } = inputs;
  requireParams(params, x, context);
  const baseMargin = objectiveOf(params).baseMargin(y, context.weights ?? null);
  const watch = earlyStopOf(params, context, baseMargin);
  const trees = [...grown];
  let stops = grown.reduce((_, tree) => watch?.shouldStop(tree) ?? false, false);
  const rounds = stops ? trees.length : params.nEstimators;
  const boosting = trees.length < rounds ? prepareBoosting(params, inputs, grown) : null;
  const random = createRandom(context.seed);
  while (boosting !== null && trees.length < rounds && !stops) {
    context.signal.throwIfAborted();
    const tree = boostOnce(boosting, random.fork(trees.length));
    trees.push(tree);
    tellLoss(context, boosting, trees.length);
    context.onProgress({ stage: 'boosting', done: trees.length, total: rounds });
    stops = watch?.shouldStop(tree) ?? false;
    yield tree;
  }
  const { objective, quantile } = params;
  const asked = objective === 'quantile' ? { quantile } : {};
  const kept = watch ? trees.slice(0, watch.bestTrees()) : trees;
  return { schemaVersion: 1, objective, ...asked, featureCount: x.cols, baseMargin, trees: kept };
}

/** Runs the rounds of a fit without a pause. */
export function boost(params: GradientBoostingParams, inputs: FitInputs): GradientBoostingState {
  const rounds = boostRounds(params, inputs);
  for (;;) {
    const { done, value } = rounds.next();
    if (done === true) return value;
  }
}
