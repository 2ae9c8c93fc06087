import type { Detector } from './artefact.js';
import type { GraphScores } from './scorer.js';

/** Confirmed frauds at which both opinions weigh the same. */
const EVEN_AT = 25;

/** Weight of the supervised opinion: the more misuse it has seen, the more it is worth. */
export const supervisedWeight = (confirmed: number): number => confirmed / (confirmed + EVEN_AT);

/** Mean and standard deviation; a constant has deviation 1. */
export function standardOf(values: Float64Array): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length);
  return { mean, deviation: variance > 0 ? Math.sqrt(variance) : 1 };
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/**
 * One score a row, 0 to 1, higher = more suspicious. Without confirmed misuse it is the forests' own; with it, the
 * weighted mean of both opinions in standard deviations, so that neither's scale decides.
 */
export function blend(
  { unsupervised, supervised }: Pick<Detector, 'unsupervised' | 'supervised'>,
  scores: GraphScores,
): Float64Array {
  const { margin } = scores;
  if (supervised === null || margin === null) return scores.unsupervised;
  const { weight } = supervised;
  return scores.unsupervised.map((score, row) => {
    const unusual = (score - unsupervised.mean) / unsupervised.deviation;
    const known = (margin[row]! - supervised.mean) / supervised.deviation;
    return sigmoid(weight * known + (1 - weight) * unusual);
  });
}
