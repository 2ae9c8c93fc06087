import { z } from 'zod';
import type { ComputeContext } from '../../../contracts/model-definition.js';
import { requireLength } from '../../checks.js';
import { dualAscentPath, type LinearWeights, scoreRow } from './dual-ascent.js';
import { logisticLink, softmaxLink } from './link.js';
import { bayesWeights } from './naive-bayes.js';
import {
  createVectoriser,
  fitTextFeatures,
  type TextFeatures,
  textFeatureParams,
  vectoriseTexts,
} from './text-features.js';

/** Hyper-parameters of `fitLinearText`. */
export const linearTextParams = textFeatureParams.extend({
  /** `softmax`: one class per text; `logistic`: any number of classes, each a binary regression. @default 'softmax' */
  link: z.enum(['softmax', 'logistic']).default('softmax'),
  /** Inverse strength of the L2 penalty (scikit-learn's C). @default 30 */
  c: z.number().gt(0).default(30),
  /** Relative duality gap at which training stops; 0.005 costs up to 0.3 points of accuracy. @default 0.002 */
  tolerance: z.number().gt(0).default(0.002),
  /** Maximum number of epochs. @default 40 */
  maxEpochs: z.int().min(1).default(40),
  /** Weight of naive Bayes in the pool with the regression; 0 = regression only. Softmax only. @default 0.25 */
  bayesShare: z.number().min(0).lt(1).default(0.25),
});
export type LinearTextParams = z.infer<typeof linearTextParams>;

/** Learned state: the n-grams and one weight per n-gram and class. */
export interface LinearTextState {
  readonly schemaVersion: 1;
  readonly features: TextFeatures;
  readonly classes: number;
  /** (n-grams + 1, classes) row-major; the last row is the bias. */
  readonly weights: Float32Array;
  readonly epochs: number;
  /** Relative duality gap of the regression: an upper bound on its relative distance to the optimal objective. */
  readonly gap: number;
}

/**
 * Multinomial or per-class logistic regression on hashed word and letter n-grams weighted by TF-IDF, fitted by dual
 * coordinate ascent up to `tolerance`. The multinomial one is then pooled with naive Bayes. Deterministic given the seed.
 * @param texts - (n,), any text.
 * @param targets - (n, classes) row-major: the share of each class; under softmax each row sums to 1. Left unchanged.
 * @throws PipelineError `SHAPE_MISMATCH`.
 */
export function fitLinearText(
  context: ComputeContext,
  texts: readonly string[],
  targets: { readonly classes: number; readonly values: Float32Array },
  params: LinearTextParams,
): LinearTextState {
  return poolMembers(fitPoolMembers(context, texts, targets, params), { c: params.c, bayesShare: params.bayesShare });
}

/** The members of the pool, fitted on the same texts. */
export interface PoolMembers {
  readonly features: TextFeatures;
  readonly classes: number;
  /** The regression for each inverse penalty. */
  readonly regressions: ReadonlyMap<number, LinearWeights>;
  /** Weights of naive Bayes, (n-grams + 1, classes) row-major; null under the logistic link and with a share of 0. */
  readonly bayes: Float32Array | null;
}

/** What of the pool's members is taken. */
export type PoolSettings = Pick<LinearTextParams, 'c' | 'bayesShare'>;

/**
 * As `fitLinearText`, without pooling the members, and for several inverse penalties at less than a fit each.
 * @param penalties - ascending. @default [params.c]
 */
export function fitPoolMembers(
  context: ComputeContext,
  texts: readonly string[],
  targets: { readonly classes: number; readonly values: Float32Array },
  { penalties = [], ...params }: LinearTextParams & { readonly penalties?: readonly number[] },
): PoolMembers {
  const { classes, values } = targets;
  requireLength('targets', values.length, texts.length * classes);
  context.signal.throwIfAborted();
  const features = fitTextFeatures(texts, textFeatureParams.strip().parse(params));
  const rows = vectoriseTexts(features, texts);
  const { tolerance, maxEpochs, bayesShare } = params;
  const link = params.link === 'softmax' ? softmaxLink : logisticLink;
  const wanted = penalties.length === 0 ? [params.c] : penalties;
  const options = { classes, link, tolerance, maxEpochs, penalties: wanted };
  const fitted = dualAscentPath(context, rows, values.slice(), options);
  const regressions = new Map(wanted.map((c, i) => [c, fitted[i]!]));
  const pooled = params.link === 'softmax' && bayesShare > 0;
  return { features, classes, regressions, bayes: pooled ? bayesWeights(rows, values, features, classes) : null };
}

/** The pool of a regression and naive Bayes. The members are left unchanged. @throws Error for a C that was not fitted. */
export function poolMembers(
  { features, classes, regressions, bayes }: PoolMembers,
  { c, bayesShare: share }: PoolSettings,
): LinearTextState {
  const { weights, epochs, gap } = regressions.get(c)!;
  const pooled =
    bayes === null || share === 0 ? weights : weights.map((weight, i) => (1 - share) * weight + share * bayes[i]!);
  return { schemaVersion: 1, features, classes, weights: pooled, epochs, gap };
}

/** Scores (classes,) of each text under one table of weights. */
function scoreAll(features: TextFeatures, tables: readonly Float32Array[], texts: readonly string[]) {
  const vectorise = createVectoriser(features);
  const scored = tables.map((): Float64Array[] => []);
  for (const text of texts) {
    const { indices, values } = vectorise(text);
    const row = { indices, values, from: 0, to: indices.length };
    tables.forEach((weights, table) => {
      const scores = new Float64Array(weights.length / (features.hashes.length + 1));
      scoreRow(weights, scores.length, row, scores);
      scored[table]!.push(scores);
    });
  }
  return scored;
}

/** Class scores (logits) of texts, computed without the ONNX graph. @returns (classes,) per text. */
export const scoreTexts = ({ features, weights }: LinearTextState, texts: readonly string[]): Float64Array[] =>
  scoreAll(features, [weights], texts)[0]!;

/** Scores of the same texts by each member of the pool, (classes,) per text. */
export interface MemberScores {
  readonly regressions: ReadonlyMap<number, readonly Float64Array[]>;
  readonly bayes: readonly Float64Array[] | null;
}

/** As `scoreTexts`, for each member. */
export function scoreMembers({ features, regressions, bayes }: PoolMembers, texts: readonly string[]): MemberScores {
  const penalties = [...regressions.keys()];
  const tables = [...regressions.values()].map(({ weights }) => weights);
  const scored = scoreAll(features, bayes === null ? tables : [...tables, bayes], texts);
  return {
    regressions: new Map(penalties.map((c, i) => [c, scored[i]!])),
    bayes: bayes === null ? null : scored.at(-1)!,
  };
}

/** The pool's scores from those of its members. @returns (classes,) per text. */
export function pooledScores({ regressions, bayes }: MemberScores, { c, bayesShare }: PoolSettings): Float64Array[] {
  return regressions
    .get(c)!
    .map((scores, row) =>
      bayes === null || bayesShare === 0
        ? scores
        : scores.map((score, k) => (1 - bayesShare) * score + bayesShare * bayes[row]![k]!),
    );
}
