import { sum } from '../../numeric/statistics/sum.js';
import { chainBuffers, exponentiate, forward } from './lattice.js';
import type { ChainModel } from './forward-backward.js';

/** Scores of an encoder and of a conditional random field (CRF) for the same sentence. */
export interface SentenceOpinions {
  /** (tokens, labels) scores of the encoder, which has no transition weights. */
  readonly encoder: Float64Array;
  /** (tokens, labels) emission scores of the CRF. */
  readonly crf: Float64Array;
}

/** The scores of a sentence with its annotated labels. */
export interface PooledSentence extends SentenceOpinions {
  readonly labels: ArrayLike<number>;
}

/** Weights of a logarithmic opinion pool. */
export interface OpinionPool {
  readonly encoder: number;
  readonly crf: number;
}

/** Weighted sum of the scores. @returns (tokens, labels). */
export const poolScores = ({ encoder, crf }: SentenceOpinions, weights: OpinionPool): Float64Array =>
  encoder.map((score, i) => weights.encoder * score + weights.crf * crf[i]!);

/** The chain of a pool: the CRF's transition weights scaled by its pool weight. */
export const poolChain = (crf: ChainModel, weights: OpinionPool): ChainModel => ({
  ...crf,
  steps: crf.steps.map((step) => weights.crf * step),
});

/** Log-probability of the labels under the scores and the chain. */
function logProbability({ lattice: lat, steps }: ChainModel, scores: Float64Array, labels: ArrayLike<number>): number {
  const { labelCount, edgeOf } = lat;
  const tokens = labels.length;
  const step = (from: number, to: number): number => steps[edgeOf[from * (labelCount + 1) + to]!]!;
  let path = step(labels[tokens - 1]!, labelCount);
  for (let t = 0; t < tokens; t++)
    path += scores[t * labelCount + labels[t]!]! + step(t === 0 ? labelCount : labels[t - 1]!, labels[t]!);
  const buffers = chainBuffers(tokens, labelCount);
  buffers.emissions.set(scores);
  const maxima = exponentiate(buffers.emissions, tokens, labelCount);
  return path - maxima - forward(lat, steps.map(Math.exp), tokens, buffers);
}

const ENCODER_WEIGHTS = [0, 0.125, 0.25, 0.375, 0.5, 0.75, 1] as const;
const CRF_WEIGHTS = [0, 0.25, 0.5, 0.75, 1] as const;
/** Without sentences to choose by. */
const EQUAL_WEIGHTS: OpinionPool = { encoder: 0.5, crf: 0.5 };

/**
 * Fits a logarithmic opinion pool (Smith, Cohn & Osborne 2005): the weights of a grid with the highest likelihood of the
 * labels. Weights below 1 also reduce overconfidence.
 * @param sentences - sentences that neither scorer was fitted on.
 */
export function fitOpinionPool(crf: ChainModel, sentences: readonly PooledSentence[]): OpinionPool {
  const labelled = sentences.filter(({ labels }) => labels.length > 0);
  if (labelled.length === 0) return EQUAL_WEIGHTS;
  const grid = ENCODER_WEIGHTS.flatMap((encoder) =>
    CRF_WEIGHTS.map((weight): OpinionPool => ({ encoder, crf: weight })),
  );
  let best = { weights: EQUAL_WEIGHTS, likelihood: -Infinity };
  for (const weights of grid) {
    const chain = poolChain(crf, weights);
    const likelihood = sum(
      labelled.map((sentence) => logProbability(chain, poolScores(sentence, weights), sentence.labels)),
    );
    if (likelihood > best.likelihood) best = { weights, likelihood };
  }
  return best.weights;
}
