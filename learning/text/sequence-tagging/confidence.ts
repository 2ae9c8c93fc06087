import { logOdds } from '../../numeric/statistics/odds.js';
import { bestCandidates, candidateSpans } from './candidates.js';
import type { TokenSpan } from './labels.js';
import { forwardBackward, type ChainModel } from './forward-backward.js';

/** An entity with the log-odds that both span and type are correct. */
export interface ScoredTokenSpan extends TokenSpan {
  /** Uncalibrated; finite. */
  readonly margin: number;
}

/** Keeps margins finite when a probability rounds to 0 or 1. */
const PROBABILITY_EPSILON = 1e-9;

/** Margin of an entity with this probability. */
export const marginOf = (probability: number): number => logOdds(probability, PROBABILITY_EPSILON);

/**
 * The entities of a sentence from left to right, each with its margin.
 * @param scores - (tokens, labels), left unchanged.
 * @param threshold - in (0, 1): smallest probability of a reported entity.
 */
export function decodeEntities(
  model: ChainModel,
  scores: Float64Array,
  tokens: number,
  threshold: number,
): ScoredTokenSpan[] {
  if (tokens === 0) return [];
  const candidates = candidateSpans(forwardBackward(model, scores, tokens), threshold);
  return bestCandidates(candidates, tokens, threshold).map(({ type, first, last, probability }) => ({
    type,
    first,
    last,
    margin: marginOf(probability),
  }));
}
