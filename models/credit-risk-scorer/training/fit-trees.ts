import type { ComputeContext } from '../../../contracts/model-definition.js';
import type { FitContext } from '../../../learning/estimator.js';
import { gapPenalty } from '../../../learning/evaluation/fairness/gap-penalty.js';
import { selectMembers } from '../../../learning/evaluation/fairness/protected-groups.js';
import { reweighingWeights } from '../../../learning/evaluation/fairness/reweighing.js';
import {
  type BoostingFits,
  gradientBoosting,
  type GradientBoostingState,
} from '../../../learning/tabular/gradient-boosting/index.js';
import { selectMatrixRows } from '../../../learning/numeric/matrix/index.js';
import {
  fuzzyAugmentation,
  parcelling,
  type InferredRow,
} from '../../../learning/tabular/reject-inference/augmentation.js';
import { samplingOf, stepOf } from '../params.js';
import type { TrainingSet } from '../data/training-set.js';

/** Penalty at strength 1, measured on German credit (docs/adr/0061). */
const PENALTY_UNIT = 0.02;

/** What a fit is given, and the fits of the training, from whose checkpoint it continues. */
export interface FittingContext extends ComputeContext {
  readonly fits: BoostingFits;
}

/** Rows of the training set that one fit learns from; a row may occur twice with different labels. */
interface Examples {
  readonly rows: ArrayLike<number>;
  readonly labels: Float64Array;
  /** Null: all 1. */
  readonly weights: Float64Array | null;
}

function mitigation({ params, attributes }: TrainingSet, { rows, labels }: Examples): Partial<FitContext> {
  const { fairness, fairnessStrength } = params;
  const groups = attributes.map((attribute) => selectMembers(attribute, rows));
  if (fairness === 'none' || groups.length === 0) return {};
  if (fairness === 'reweighing') return { weights: reweighingWeights(groups, labels, fairnessStrength) };
  return { adjustDerivatives: gapPenalty(groups, PENALTY_UNIT * fairnessStrength) };
}

function combined(a: ArrayLike<number> | null | undefined, b: ArrayLike<number> | undefined) {
  if (!a || !b) return a ?? b;
  return Float64Array.from(a, (weight, i) => weight * b[i]!);
}

function fitExamples(
  set: TrainingSet,
  examples: Examples,
  { fits, ...context }: FittingContext,
): Promise<GradientBoostingState> {
  const { maxDepth, nEstimators, lambda, alpha, gamma, minChildWeight } = set.params;
  const settings = {
    maxDepth,
    nEstimators,
    lambda,
    alpha,
    gamma,
    minChildWeight,
    ...samplingOf(set.params),
    eta: stepOf(set.params),
    monotone: set.monotone,
  };
  const { weights: fairWeights, ...adjusted } = mitigation(set, examples);
  const weights = combined(examples.weights, fairWeights);
  const x = selectMatrixRows(set.x, examples.rows);
  return fits.fit(settings, x, examples.labels, { ...context, ...adjusted, ...(weights && { weights }) });
}

/** Infers the outcomes of declined applications with a model of the rows whose outcome is known. */
async function inferDeclined(set: TrainingSet, examples: Examples, context: FittingContext): Promise<InferredRow[]> {
  const { rejectInference, rejectOddsFactor } = set.params;
  const known = await fitExamples(set, examples, context);
  const probabilities = gradientBoosting.predict(known, selectMatrixRows(set.x, set.declined));
  if (rejectInference === 'fuzzy') return fuzzyAugmentation(probabilities, rejectOddsFactor);
  const approved = gradientBoosting.predict(known, selectMatrixRows(set.x, examples.rows));
  const options = { factor: rejectOddsFactor, seed: context.seed };
  return parcelling({ probabilities: approved, labels: examples.labels }, probabilities, options);
}

function withInferred({ declined }: TrainingSet, { rows, labels }: Examples, inferred: readonly InferredRow[]) {
  const ones = new Float64Array(labels.length).fill(1);
  return {
    rows: [...Array.from(rows), ...inferred.map(({ row }) => declined[row]!)],
    labels: Float64Array.of(...labels, ...inferred.map(({ label }) => label)),
    weights: Float64Array.of(...ones, ...inferred.map(({ weight }) => weight)),
  };
}

/**
 * Fits trees on labelled rows, with the fairness mitigation and reject inference of the parameters.
 * @param rows - positions in the training set, each with a known label.
 * @throws PipelineError as `gradientBoosting.fit`.
 */
export async function fitTrees(
  set: TrainingSet,
  rows: ArrayLike<number>,
  context: FittingContext,
): Promise<GradientBoostingState> {
  const examples = { rows, labels: Float64Array.from(rows, (row) => set.labels[row]!), weights: null };
  if (set.params.rejectInference === 'none' || set.declined.length === 0) return fitExamples(set, examples, context);
  return fitExamples(set, withInferred(set, examples, await inferDeclined(set, examples, context)), context);
}
