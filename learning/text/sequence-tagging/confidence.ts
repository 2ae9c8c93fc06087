import { bestCandidates, candidateSpans } from './candidates.js';
import type { TokenSpan } from './labels.js';
import { passAlong, type ChainModel } from './forward-backward.js';

/** An entity with the log-odds that exactly this span and type is right. */
export interface ScoredTokenSpan extends TokenSpan {
  /** Uncalibrated; finite. */
  readonly margin: number;
}

/** Keeps margins finite when the model is as sure as floating point can be. */
const SUREST = 1e-9;

/** Log-odds of a probability, finite. */
export const marginOf = (probability: number): number => {
  const inside = Math.min(1 - SUREST, Math.max(SUREST, probability));
  return Math.log(inside / (1 - inside));
};

/**
 * The entities of a sentence, from left to right, each with how sure the model is of it.
 * @param scores - (tokens, labels), not changed.
 * @param threshold - in (0, 1): smallest probability of an entity that is worth reporting.
 */
export function decodeEntities(
  model: ChainModel,
  scores: Float64Array,
  tokens: number,
  threshold: number,
): ScoredTokenSpan[] {
  if (tokens === 0) return [];
  const candidates = candidateSpans(passAlong(model, scores, tokens), threshold);
  return bestCandidates(candidates, tokens, threshold).map(({ type, first, last, probability }) => ({
    type,
    first,
    last,
    margin: marginOf(probability),
  }));
}
