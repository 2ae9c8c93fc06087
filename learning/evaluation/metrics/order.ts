import { PipelineError } from '../../../contracts/errors.js';
import { notBinary, notFinite, requireAtLeast, requireLength, requireSameRows } from '../../checks.js';

/** Truth and score of the same rows, (n,) each; labels are 0 or 1. */
export interface Scored {
  readonly labels: ArrayLike<number>;
  readonly scores: ArrayLike<number>;
}

/**
 * A measure of scores against 0/1 labels.
 * @param weights - (n,) ≥ 0; weight 2 means the row twice. @default all 1
 */
export type ScoreMetric = (labels: ArrayLike<number>, scores: ArrayLike<number>, weights?: ArrayLike<number>) => number;

function isAscending(scores: ArrayLike<number>): boolean {
  for (let i = 1; i < scores.length; i++) if (scores[i - 1]! > scores[i]!) return false;
  return true;
}

/** Row numbers by rising score; equal scores by rising row. O(n) when they already rise, which the bootstrap uses. */
export function ascendingOrder(scores: ArrayLike<number>): Int32Array {
  const order = Int32Array.from({ length: scores.length }, (_, i) => i);
  return isAscending(scores) ? order : order.sort((a, b) => scores[a]! - scores[b]! || a - b);
}

function requireLabel(label: number, row: number): void {
  if (label === 0 || label === 1) return;
  throw notBinary(`row ${row}`, { row });
}

/**
 * Checks a set of scores before it is measured.
 * @throws PipelineError `SHAPE_MISMATCH`, `TOO_FEW_ROWS` (none), `NOT_FINITE` (score), `INVALID_VALUE` (label).
 */
export function requireScored({ labels, scores }: Scored, weights?: ArrayLike<number>): void {
  requireLength('scores', scores.length, labels.length);
  if (weights) requireLength('weights', weights.length, labels.length);
  requireAtLeast('rows to measure', labels.length, 1);
  for (let row = 0; row < labels.length; row++) {
    requireLabel(labels[row]!, row);
    if (!Number.isFinite(scores[row])) {
      throw notFinite(`scores[${row}]`, scores[row]!, { row });
    }
  }
}

/** Walks the distinct scores from lowest to highest. */
export function forEachStep(
  { labels, scores }: Scored,
  weights: ArrayLike<number> | undefined,
  visit: (negatives: number, positives: number, score: number) => void,
): void {
  const order = ascendingOrder(scores);
  let i = 0;
  while (i < order.length) {
    const score = scores[order[i]!]!;
    let negatives = 0;
    let positives = 0;
    for (; i < order.length && scores[order[i]!] === score; i++) {
      const weight = weights ? weights[order[i]!]! : 1;
      if (labels[order[i]!] === 1) positives += weight;
      else negatives += weight;
    }
    visit(negatives, positives, score);
  }
}

/** Weight of each class. @throws PipelineError `SINGLE_CLASS` when one of them is 0. */
export function classWeights(labels: ArrayLike<number>, weights?: ArrayLike<number>): [number, number] {
  let negatives = 0;
  let positives = 0;
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === 1) positives += weights ? weights[i]! : 1;
    else negatives += weights ? weights[i]! : 1;
  }
  if (negatives > 0 && positives > 0) return [negatives, positives];
  throw new PipelineError(
    'SINGLE_CLASS',
    `wanted both classes, found ${negatives} negatives and ${positives} positives`,
  );
}

/** @throws PipelineError `SHAPE_MISMATCH` when two sets of scores are not of the same rows in the same order. */
export function requireSameLabels(a: ArrayLike<number>, b: ArrayLike<number>): void {
  let same = a.length === b.length;
  for (let row = 0; same && row < a.length; row++) same = a[row] === b[row];
  requireSameRows(same);
}
