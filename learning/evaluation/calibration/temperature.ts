/** How the scores are turned into probabilities: softmax (one class a row) or independent logistic classes. */
export type ScoreKind = 'softmax' | 'logistic';

/** Scores (classes,) of one row and which classes are right. */
export interface ScoredRow {
  readonly scores: ArrayLike<number>;
  readonly right: readonly number[];
}

/** Search of the logarithm of the temperature; 1/20 to 20 holds every model that has learned anything. */
const WIDEST = Math.log(20);
const STEPS = 60;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** ln Σ exp(factor · score), without overflow. */
export function logSumExp(scores: ArrayLike<number>, factor = 1): number {
  let top = -Infinity;
  for (let k = 0; k < scores.length; k++) top = Math.max(top, factor * scores[k]!);
  let sum = 0;
  for (let k = 0; k < scores.length; k++) sum += Math.exp(factor * scores[k]! - top);
  return top + Math.log(sum);
}

/** Probabilities at a temperature. */
export function probabilitiesAt(scores: ArrayLike<number>, temperature: number, kind: ScoreKind): Float64Array {
  if (kind === 'logistic') return Float64Array.from(scores, (score) => 1 / (1 + Math.exp(-score / temperature)));
  const total = logSumExp(scores, 1 / temperature);
  return Float64Array.from(scores, (score) => Math.exp(score / temperature - total));
}

function softmaxLoss({ scores, right }: ScoredRow, factor: number): number {
  return logSumExp(scores, factor) - factor * scores[right[0]!]!;
}

function logisticLoss({ scores, right }: ScoredRow, factor: number): number {
  let loss = 0;
  for (let k = 0; k < scores.length; k++) {
    const margin = (right.includes(k) ? factor : -factor) * scores[k]!;
    loss += Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(-margin, 0);
  }
  return loss;
}

/**
 * The temperature T for which probabilities from scores / T have the least log loss (Guo et al. 2017); above 1 for an
 * over-confident model. The loss is convex in 1/T, so golden-section search finds it. O(rows · classes · 60).
 * @param rows - held out from training. @returns 1 when there is none.
 */
export function fitTemperature(rows: readonly ScoredRow[], kind: ScoreKind): number {
  if (rows.length === 0) return 1;
  const loss = kind === 'softmax' ? softmaxLoss : logisticLoss;
  const total = (log: number): number => rows.reduce((sum, row) => sum + loss(row, Math.exp(-log)), 0);
  let [low, high] = [-WIDEST, WIDEST];
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [atLeft, atRight] = [total(left), total(right)];
  for (let step = 0; step < STEPS; step++) {
    if (atLeft <= atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - GOLDEN * (high - low);
      atLeft = total(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + GOLDEN * (high - low);
      atRight = total(right);
    }
  }
  return Math.exp((low + high) / 2);
}
