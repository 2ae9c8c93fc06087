import type { Interval } from '../../../contracts/evaluation.js';
import { requireInteger } from '../../checks.js';

/** 1.96: the middle 95 % of a normal distribution. */
const Z = 1.959963984540054;
/** Probability beyond each end of a 95 % interval. */
const TAIL = 0.025;
/** With fewer rows on one side the exact interval is taken. */
const FEW = 10;

/** ln of the binomial coefficient for small k. O(k). */
function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
  return sum;
}

/** P(X ≤ k) for X ~ Binomial(n, p), 0 < p < 1. O(k²). */
function cumulative(k: number, n: number, p: number): number {
  let sum = 0;
  for (let i = 0; i <= k; i++) sum += Math.exp(logChoose(n, i) + i * Math.log(p) + (n - i) * Math.log1p(-p));
  return Math.min(1, sum);
}

/** The p at which P(X ≤ k) is `probability`; it falls as p grows. Bisection to the last bit. */
function probabilityAt(k: number, n: number, probability: number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (cumulative(k, n, middle) > probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Exact ends for the rarer outcome: the p that make as few, or as many, rows just improbable. */
const exactEnds = (k: number, n: number): [number, number] => [
  k === 0 ? 0 : probabilityAt(k - 1, n, 1 - TAIL),
  k === n ? 1 : probabilityAt(k, n, TAIL),
];

/**
 * Exact 95 % interval of a proportion (Clopper & Pearson 1934). O(rarer² · 60), rarer = rows of the rarer outcome.
 * @param hits - 0 … rows.  @param rows - ≥ 1.
 */
export function clopperPearson(hits: number, rows: number): Interval {
  const rarer = Math.min(hits, rows - hits);
  const [low, high] = exactEnds(rarer, rows);
  const ends = rarer === hits ? { low, high } : { low: 1 - high, high: 1 - low };
  return { ...ends, level: 0.95, method: 'Clopper-Pearson' };
}

function wilson(hits: number, rows: number): Interval {
  const p = hits / rows;
  const spread = Z * Math.sqrt((p * (1 - p)) / rows + (Z * Z) / (4 * rows * rows));
  const denominator = 1 + (Z * Z) / rows;
  const [low, high] = [-1, 1].map((side) => (p + (Z * Z) / (2 * rows) + side * spread) / denominator);
  return { low: Math.max(0, low!), high: Math.min(1, high!), level: 0.95, method: 'Wilson' };
}

/**
 * 95 % interval of a proportion: Wilson's, exact when fewer than ten rows lie on one side (see `Uncertainty`).
 * @param hits - 0 … rows.  @param rows - ≥ 1.  @throws PipelineError `INVALID_INPUT`.
 */
export function shareInterval(hits: number, rows: number): Interval {
  requireInteger('rows', rows, 1);
  return Math.min(hits, rows - hits) < FEW ? clopperPearson(hits, rows) : wilson(hits, rows);
}
