import { mean } from '../../../learning/numeric/statistics/mean.js';
import type { Detector } from './artefact.js';
import type { PartScores } from './scorer.js';

/** Number of confirmed frauds at which supervised and unsupervised score weigh the same. */
const EVEN_AT = 25;

/** Weight of the supervised score; rises with the number of confirmed frauds. */
export const supervisedWeight = (confirmed: number): number => confirmed / (confirmed + EVEN_AT);

/** Mean and standard deviation; a constant has deviation 1. */
export function standardOf(values: Float64Array): { readonly mean: number; readonly deviation: number } {
  const center = mean(values, 0);
  const variance = mean(
    values.map((value) => (value - center) ** 2),
    0,
  );
  return { mean: center, deviation: variance > 0 ? Math.sqrt(variance) : 1 };
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/**
 * One score a row, 0 to 1, higher = more suspicious. Without confirmed misuse it is the unsupervised score; with it, the
 * weighted mean of both scores after standardisation.
 */
export function blend(
  { unsupervised, supervised }: Pick<Detector, 'unsupervised' | 'supervised'>,
  scores: PartScores,
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
