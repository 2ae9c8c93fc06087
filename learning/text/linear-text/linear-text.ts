import { z } from 'zod';
import type { ComputeContext } from '../../../contracts/model-definition.js';
import { requireLength } from '../../checks.js';
import { dualAscent, scoreRow } from './dual-ascent.js';
import { logisticLink, softmaxLink } from './link.js';
import { poolWithBayes } from './naive-bayes.js';
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
  const { classes, values } = targets;
  requireLength('targets', values.length, texts.length * classes);
  context.signal.throwIfAborted();
  const features = fitTextFeatures(texts, textFeatureParams.strip().parse(params));
  const rows = vectoriseTexts(features, texts);
  const link = params.link === 'softmax' ? softmaxLink : logisticLink;
  const { c, tolerance, maxEpochs, bayesShare: share } = params;
  const { weights, epochs, gap } = dualAscent(context, rows, values.slice(), {
    classes,
    link,
    c,
    tolerance,
    maxEpochs,
  });
  const { wordCount } = features;
  if (params.link === 'softmax' && share > 0) poolWithBayes(weights, rows, values, { classes, wordCount, share });
  return { schemaVersion: 1, features, classes, weights, epochs, gap };
}

/** Class scores (logits) of texts, computed without the ONNX graph. @returns (classes,) per text. */
export function scoreTexts({ features, weights, classes }: LinearTextState, texts: readonly string[]): Float64Array[] {
  const vectorise = createVectoriser(features);
  return texts.map((text) => {
    const { indices, values } = vectorise(text);
    const scores = new Float64Array(classes);
    scoreRow(weights, classes, { indices, values, from: 0, to: indices.length }, scores);
    return scores;
  });
}
