import { PipelineError } from '../../../contracts/errors.js';
import type { FitContext, ValidationRows } from '../../estimator.js';
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

function prepareBoosting(params: GradientBoostingParams, x: Matrix, rows: BoostingRows): Omit<Boosting, 'adjust'> {
  const objective = objectiveOf(params);
  const margin = new Float32Array(x.rows).fill(objective.baseMargin(rows.y, rows.weights));
  const workspace = createWorkspace({ rows: x.rows, features: x.cols, histograms: histogramsFor(params.maxDepth) });
  const narrow = { rows: x.rows, cols: x.cols, values: toFloat32(x) };
  const features = binColumns(narrow, rows.weights, params.maxBins, workspace);
  const { leafStep } = objective;
  const step = leafStep ? (leaf: Int32Array) => leafStep(rows, margin, leaf) : null;
  const growth = new TreeGrowth(params, features, workspace, { margin, leafStep: step });
  return { params, objective, rows, margin, workspace, growth, features: x.cols };
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

/** The boosting loop (algorithm of section 2.2 of the paper): gradients, one tree, again. */
export function boost(
  params: GradientBoostingParams,
  x: Matrix,
  y: ArrayLike<number>,
  context: FitContext,
): GradientBoostingState {
  requireParams(params, x, context);
  const rows = { y, weights: context.weights ?? null };
  const boosting = { ...prepareBoosting(params, x, rows), adjust: context.adjustDerivatives };
  const baseMargin = boosting.objective.baseMargin(y, context.weights ?? null);
  const patience = params.earlyStoppingRounds;
  const watch =
    patience !== null && context.validation
      ? watchValidation(context.validation, boosting.objective, { baseMargin, patience })
      : null;
  const random = createRandom(context.seed);
  const trees: RegressionTree[] = [];
  for (let round = 0; round < params.nEstimators; round++) {
    context.signal.throwIfAborted();
    trees.push(boostOnce(boosting, random.fork(round)));
    context.onProgress({ stage: 'boosting', done: round + 1, total: params.nEstimators });
    if (watch?.shouldStop(trees.at(-1)!)) break;
  }
  const kept = watch ? trees.slice(0, watch.bestTrees()) : trees;
  const { objective, quantile } = params;
  const asked = objective === 'quantile' ? { quantile } : {};
  return { schemaVersion: 1, objective, ...asked, featureCount: x.cols, baseMargin, trees: kept };
}
