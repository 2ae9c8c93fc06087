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

/** How a field is fitted. */
export interface CrfSettings {
  /** Most steps of L-BFGS; fewer when the objective stalls. */
  readonly iterations: number;
  /** L2 penalty; larger is smoother, smaller remembers more. */
  readonly l2: number;
  /** Rarer features are dropped. */
  readonly minimumCount: number;
  /** Copies of the sentences with swapped names (`swapMentions`). */
  readonly swaps: number;
}

export interface CrfTask {
  readonly set: LabelSet;
  readonly sentences: readonly LabelledSentence[];
  /** Names known from elsewhere: lower-case tokens joined with spaces → bits of the types. */
  readonly names: ReadonlyMap<string, number>;
}

/** A fitted field. */
export interface CrfModel extends ChainModel {
  readonly resources: FeatureResources;
  readonly index: FeatureIndex;
  readonly pairs: Pairs;
  /** (pairs,) */
  readonly weights: Float64Array;
}

/** Stops when ten steps together lower the objective by less than this share. */
const STALLED = 2e-3;
/** Each copy with swapped names counts, so the penalty grows with them to mean the same. */
const penalty = ({ l2, swaps }: CrfSettings): number => l2 * (1 + swaps / 2);

/**
 * Fits a linear-chain conditional random field. Deterministic given the seed.
 * @throws whatever `context.signal` was aborted with.
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
    stallTolerance: STALLED,
    onIteration: ({ iteration }) => {
      context.signal.throwIfAborted();
      context.onProgress({ stage: 'training', done: iteration, total: settings.iterations });
    },
  });
  const weights = x.slice(0, pairs.labels.length);
  return { set, lattice: lat, resources, index, pairs, weights, steps: x.slice(pairs.labels.length) };
}

/** Gives each token of a sentence a score a label. */
export type SentenceScorer = (words: readonly string[]) => Float64Array;

/** @returns a function that adds up weights; it keeps a cache of words. */
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
