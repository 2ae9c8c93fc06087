import { chainBuffers, exponentiate, forward } from './lattice.js';
import type { ChainModel } from './forward-backward.js';

/** Two scorers' opinions on a sentence whose labels are known. */
export interface PooledSentence {
  /** (tokens, labels) of a scorer that sees words one by one. */
  readonly words: Float64Array;
  /** (tokens, labels) of a field, which also has weights for the steps from label to label. */
  readonly field: Float64Array;
  readonly labels: ArrayLike<number>;
}

/** How much each opinion counts. */
export interface OpinionPool {
  readonly words: number;
  readonly field: number;
}

/** w₁ · words + w₂ · field. */
export const poolScores = (
  { words, field }: Pick<PooledSentence, 'words' | 'field'>,
  pool: OpinionPool,
): Float64Array => words.map((score, i) => pool.words * score + pool.field * field[i]!);

/** The chain of a pool: the field's weights from label to label count as much as the field. */
export const poolChain = (field: ChainModel, pool: OpinionPool): ChainModel => ({
  ...field,
  steps: field.steps.map((step) => pool.field * step),
});

/** Log-probability of the labels. */
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

const WORD_WEIGHTS = [0, 0.125, 0.25, 0.375, 0.5, 0.75, 1] as const;
const FIELD_WEIGHTS = [0, 0.25, 0.5, 0.75, 1] as const;
/** Where there is nothing to choose by. */
const EVEN: OpinionPool = { words: 0.5, field: 0.5 };

/**
 * Weights of a logarithmic opinion pool (Smith, Cohn & Osborne 2005): those under which the labels of sentences that
 * neither scorer has seen are most likely, of a grid. Weights below 1 also take back what the scorers are too sure of.
 */
export function fitOpinionPool(field: ChainModel, sentences: readonly PooledSentence[]): OpinionPool {
  const judged = sentences.filter(({ labels }) => labels.length > 0);
  if (judged.length === 0) return EVEN;
  const pools = WORD_WEIGHTS.flatMap((words) => FIELD_WEIGHTS.map((weight): OpinionPool => ({ words, field: weight })));
  let best = { pool: EVEN, likelihood: -Infinity };
  for (const pool of pools) {
    const chain = poolChain(field, pool);
    const likelihood = judged.reduce(
      (sum, sentence) => sum + logProbability(chain, poolScores(sentence, pool), sentence.labels),
      0,
    );
    if (likelihood > best.likelihood) best = { pool, likelihood };
  }
  return best.pool;
}
