import { requireAtLeast, requireFinite, requireLength } from '../../checks.js';

/** Neighbouring values that were pooled. */
export interface Block {
  /** Weighted mean of the pooled values. */
  readonly value: number;
  readonly weight: number;
  /** First and last position that were pooled. */
  readonly from: number;
  readonly to: number;
}

/**
 * Pool adjacent violators: the non-decreasing sequence with the least weighted squared distance to `values`
 * (Ayer et al. 1955; the one-pass form with a stack). O(n).
 * @param values - (n,).  @param weights - (n,) > 0.
 * @returns blocks of equal value, in order; values strictly increase.
 * @throws PipelineError `SHAPE_MISMATCH`.
 */
export function poolAdjacentViolators(values: ArrayLike<number>, weights: ArrayLike<number>): Block[] {
  requireLength('weights', weights.length, values.length);
  const blocks: Block[] = [];
  for (let i = 0; i < values.length; i++) {
    let block: Block = { value: values[i]!, weight: weights[i]!, from: i, to: i };
    for (let last = blocks.at(-1); last && last.value >= block.value; last = blocks.at(-1)) {
      const weight = last.weight + block.weight;
      const value = (last.value * last.weight + block.value * block.weight) / weight;
      block = { value, weight, from: last.from, to: block.to };
      blocks.pop();
    }
    blocks.push(block);
  }
  return blocks;
}

/** Probability as a piecewise linear function of the margin: constant outside the first and the last knot. */
export interface IsotonicCalibration {
  readonly kind: 'isotonic';
  /** Strictly increasing. */
  readonly margins: readonly number[];
  /** Non-decreasing, inside (0, 1). */
  readonly probabilities: readonly number[];
}

/** Knots closer than this become one: a float32 graph could not tell on which side of a steep piece a margin lies. */
const CLOSEST_KNOTS = 1e-2;

interface Knot {
  readonly margin: number;
  readonly probability: number;
  readonly weight: number;
}

function mergeClose(knots: readonly Knot[]): Knot[] {
  const merged: Knot[] = [];
  for (const knot of knots) {
    const last = merged.at(-1);
    if (!last || knot.margin - last.margin >= CLOSEST_KNOTS) merged.push(knot);
    else {
      const weight = last.weight + knot.weight;
      const mean = (field: 'margin' | 'probability'): number =>
        (last[field] * last.weight + knot[field] * knot.weight) / weight;
      merged[merged.length - 1] = { margin: mean('margin'), probability: mean('probability'), weight };
    }
  }
  return merged;
}

/** A block's knot stands at its mean margin; the rule of succession keeps a pure block away from 0 and 1. */
function knotOf({ from, to, weight, value }: Block, margins: ArrayLike<number>, weights: ArrayLike<number>): Knot {
  let sum = 0;
  for (let i = from; i <= to; i++) sum += margins[i]! * weights[i]!;
  const [low, high] = [1 / (weight + 2), (weight + 1) / (weight + 2)];
  return { margin: sum / weight, probability: Math.min(high, Math.max(low, value)), weight };
}

/** Restores the order that the rule of succession can disturb between a small pure block and its neighbour. */
function increasing(knots: readonly Knot[]): Knot[] {
  const blocks = poolAdjacentViolators(
    knots.map(({ probability }) => probability),
    knots.map(({ weight }) => weight),
  );
  return blocks.flatMap(({ from, to, value }) =>
    knots.slice(from, to + 1).map(({ margin, weight }) => ({ margin, weight, probability: value })),
  );
}

/**
 * Isotonic calibration after Zadrozny & Elkan (KDD 2002) with knots at the centres of the blocks and straight lines
 * between them (centred isotonic regression, Oron & Flournoy 2017): a plain step function would tie most rows.
 * O(n log n). @param margins - (n,) finite, of rows the model was not fitted on.  @param labels - (n,) 0 or 1.
 * @param weights - (n,) > 0.  @throws PipelineError `TOO_FEW_ROWS`, `SHAPE_MISMATCH`, `NOT_FINITE`.
 */
export function fitIsotonic(
  margins: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights: ArrayLike<number>,
): IsotonicCalibration {
  requireLength('labels', labels.length, margins.length);
  requireFinite('margins', margins);
  requireAtLeast('rows to calibrate with', margins.length, 1);
  const order = Int32Array.from({ length: margins.length }, (_, i) => i).sort(
    (a, b) => margins[a]! - margins[b]! || a - b,
  );
  const sorted = (values: ArrayLike<number>): Float64Array => Float64Array.from(order, (row) => values[row]!);
  const [x, w] = [sorted(margins), sorted(weights)];
  const knots = poolAdjacentViolators(sorted(labels), w).map((block) => knotOf(block, x, w));
  const kept = mergeClose(increasing(knots));
  return {
    kind: 'isotonic',
    margins: kept.map(({ margin }) => margin),
    probabilities: kept.map(({ probability }) => probability),
  };
}

/** The calibrated probability of a margin. */
export function applyIsotonic({ margins, probabilities }: IsotonicCalibration, margin: number): number {
  let value = probabilities[0]!;
  for (let i = 1; i < margins.length && margin > margins[i - 1]!; i++) {
    const [from, to] = [margins[i - 1]!, margins[i]!];
    const share = (Math.min(margin, to) - from) / (to - from);
    value = probabilities[i - 1]! + share * (probabilities[i]! - probabilities[i - 1]!);
  }
  return value;
}
