import type { ComputeContext } from '../../../contracts/model-definition.js';
import { minimise } from '../../numeric/optimize/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { swapMentions } from './augmentation.js';
import { fitClusters } from './clusters.js';
import { createFeatureExtractor, type FeatureExtractor, type FeatureResources } from './features.js';
import type { FeatureIndex } from './feature-index.js';
import type { LabelSet } from './labels.js';
import { lattice } from './lattice.js';
import { crfObjective, type Pairs } from './objective.js';
import type { ChainModel } from './forward-backward.js';
import { countWords, trainingLexicon, trainingSet, type LabelledSentence } from './training-set.js';

/** How a conditional random field (CRF) is fitted. */
export interface CrfSettings {
  /** Maximum iterations of L-BFGS; it stops earlier when the objective stalls. */
  readonly iterations: number;
  /** L2 penalty; smaller values fit the training sentences more closely. */
  readonly l2: number;
  /** Features with fewer occurrences are dropped. */
  readonly minimumCount: number;
  /** Number of copies of the sentences with replaced mentions (`swapMentions`). */
  readonly swaps: number;
}

export interface CrfTask {
  readonly set: LabelSet;
  readonly sentences: readonly LabelledSentence[];
  /** Names from outside the sentences: lower-case tokens joined with spaces → bit mask of types. */
  readonly names: ReadonlyMap<string, number>;
}

/** A fitted conditional random field. */
export interface CrfModel extends ChainModel {
  readonly resources: FeatureResources;
  readonly index: FeatureIndex;
  readonly pairs: Pairs;
  /** (pairs,) */
  readonly weights: Float64Array;
}

/** The optimiser stops when ten iterations together lower the objective by less than this share. */
const STALL_TOLERANCE = 2e-3;
/** Copies add to the likelihood, so the penalty grows with their number to keep its relative weight. */
const penalty = ({ l2, swaps }: CrfSettings): number => l2 * (1 + swaps / 2);

/**
 * Fits a linear-chain conditional random field by L-BFGS (see `crfObjective`). Deterministic given the seed.
 * @throws the reason of `context.signal` once it is aborted.
 */
export function fitCrf(task: CrfTask, settings: CrfSettings, context: ComputeContext): CrfModel {
  const { set, sentences, names } = task;
  const lower = sentences.map(({ words }) => words.map((word) => word.toLowerCase()));
  const clusters = fitClusters(lower, context.seed);
  const resources = { clusters, vocabulary: countWords(sentences), ...trainingLexicon(set, sentences, names) };
  const random = createRandom(context.seed).fork('swaps');
  const copies = Array.from({ length: settings.swaps }, () => swapMentions(set, sentences, random));
  const { data, index, pairs } = trainingSet(set, [...sentences, ...copies.flat()], resources, settings.minimumCount);
  const lat = lattice(set);
  const objective = crfObjective({ data, pairs, lattice: lat, l2: penalty(settings) });
  const { x } = minimise(objective, new Float64Array(pairs.labels.length + lat.from.length), {
    maxIterations: settings.iterations,
    stallTolerance: STALL_TOLERANCE,
    onIteration: ({ iteration, value }) => {
      context.signal.throwIfAborted();
      context.onLoss?.({ stage: 'penalised negative log-likelihood', step: Math.max(1, iteration), loss: value });
      context.onProgress({ stage: 'training', done: iteration, total: settings.iterations });
    },
  });
  const weights = x.slice(0, pairs.labels.length);
  return { set, lattice: lat, resources, index, pairs, weights, steps: x.slice(pairs.labels.length) };
}

/** Emission scores of a sentence: words in, (tokens, labels) row-major out. */
export type SentenceScorer = (words: readonly string[]) => Float64Array;

/** Scorer of a fitted field: sums the weights of each token's features. Its extractor caches words. */
export function crfScorer(
  model: CrfModel,
  extractor: FeatureExtractor = createFeatureExtractor(model.resources),
): SentenceScorer {
  const labels = model.set.labels.length;
  const { index, pairs, weights } = model;
  return (words) => {
    const { hashes, starts } = extractor.extract(words);
    const scores = new Float64Array(words.length * labels);
    for (let i = 0; i < words.length; i++)
      for (let k = starts[i]!; k < starts[i + 1]!; k++) {
        const feature = index.find(hashes[k]!);
        for (let pair = pairs.starts[feature]!; pair < pairs.starts[feature + 1]!; pair++)
          scores[i * labels + pairs.labels[pair]!]! += weights[pair]!;
      }
    return scores;
  };
}
