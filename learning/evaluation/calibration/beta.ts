/** logit p = a·ln s − b·ln(1 − s) + c of the uncalibrated probability s. */
export interface BetaCalibration {
  readonly kind: 'beta';
  /** ≥ 0 */
  readonly a: number;
  /** ≥ 0; a + b > 0, so that the order of rows stays. */
  readonly b: number;
  readonly c: number;
}

/** ln(1 + eˣ) without overflow: of a margin m, ln s = −softplus(−m) and −ln(1 − s) = softplus(m). */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** The calibrated log-odds of a margin. */
export const betaMargin = ({ a, b, c }: BetaCalibration, margin: number): number =>
  b * softplus(margin) - a * softplus(-margin) + c;

interface CalibrationRows {
  readonly margins: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
}

/** Mean logarithmic loss with its slope and curvature in (a, b, c). */
interface Loss {
  readonly value: number;
  readonly slope: Float64Array;
  /** (3, 3) row-major. */
  readonly curvature: Float64Array;
}

/**
 * Precision of a Gaussian prior around "no change": a row or so of evidence. It keeps a and b finite where the labels are
 * separable, and with them the steepness that a float32 graph must follow.
 */
const PRIOR = 1;

function lossAt({ margins, labels, weights }: CalibrationRows, [a, b, c]: Float64Array): Loss {
  const [slope, curvature] = [new Float64Array(3), new Float64Array(9)];
  const inputs = Float64Array.of(0, 0, 1);
  let [value, total] = [0, 0];
  for (let i = 0; i < margins.length; i++) {
    inputs[0] = -softplus(-margins[i]!);
    inputs[1] = softplus(margins[i]!);
    const z = a! * inputs[0] + b! * inputs[1] + c!;
    const probability = 1 / (1 + Math.exp(-z));
    const [weight, bend] = [weights[i]!, weights[i]! * probability * (1 - probability)];
    value += weight * (softplus(z) - labels[i]! * z);
    total += weight;
    for (let j = 0; j < 3; j++) {
      slope[j]! += weight * (probability - labels[i]!) * inputs[j]!;
      for (let k = 0; k < 3; k++) curvature[3 * j + k]! += bend * inputs[j]! * inputs[k]!;
    }
  }
  for (const [j, parameter] of [a!, b!].entries()) {
    value += (PRIOR * (parameter - 1) ** 2) / 2;
    slope[j]! += PRIOR * (parameter - 1);
    curvature[4 * j]! += PRIOR;
  }
  const mean = (values: Float64Array): Float64Array => values.map((sum) => sum / total);
  return { value: value / total, slope: mean(slope), curvature: mean(curvature) };
}

/** Added to the curvature's diagonal, so that a flat direction (all margins equal) is left where it is. */
const RIDGE = 1e-10;

/** Solves curvature · step = slope among the free parameters by elimination; the matrix is symmetric and positive. */
function newtonStep({ slope, curvature }: Loss, free: readonly number[]): Float64Array {
  const rows = free.map((j) => [...free.map((k) => curvature[3 * j + k]! + (j === k ? RIDGE : 0)), slope[j]!]);
  rows.forEach((pivot, j) => {
    const scale = pivot[j]!;
    for (let k = 0; k < pivot.length; k++) pivot[k]! /= scale;
    for (const row of rows) if (row !== pivot) eliminate(row, pivot, row[j]!);
  });
  const step = new Float64Array(3);
  free.forEach((j, at) => (step[j] = rows[at]!.at(-1)!));
  return step;
}

function eliminate(row: number[], pivot: readonly number[], factor: number): void {
  for (let k = 0; k < row.length; k++) row[k]! -= factor * pivot[k]!;
}

const MOST_STEPS = 100;
const MOST_HALVINGS = 40;
/** A step that gains less than this share of the loss is the last. */
const SMALLEST_GAIN = 1e-13;

/** Newton's method from `start`, moving the free parameters alone; a step that does not lower the loss is halved. */
function minimiseLoss(rows: CalibrationRows, start: Float64Array, free: readonly number[]): Float64Array {
  let at = start;
  let loss = lossAt(rows, at);
  for (let step = 0; step < MOST_STEPS; step++) {
    const direction = newtonStep(loss, free);
    let next = at.map((value, j) => value - direction[j]!);
    let nextLoss = lossAt(rows, next);
    for (let halving = 0; halving < MOST_HALVINGS && !(nextLoss.value <= loss.value); halving++) {
      next = next.map((value, j) => (value + at[j]!) / 2);
      nextLoss = lossAt(rows, next);
    }
    if (!(nextLoss.value < loss.value * (1 - SMALLEST_GAIN))) return nextLoss.value <= loss.value ? next : at;
    [at, loss] = [next, nextLoss];
  }
  return at;
}

/** a, b and c by position. */
const [A, B, C] = [0, 1, 2];

function fitFree(rows: CalibrationRows, start: Float64Array, free: readonly number[]): BetaCalibration {
  const [a, b, c] = minimiseLoss(rows, start, free);
  return { kind: 'beta', a: a!, b: b!, c: c! };
}

/**
 * Beta calibration of Kull, Silva Filho & Flach (AISTATS 2017): three parameters that can bend an S either way and
 * contain "no change" (a = b = 1, c = 0). As in the authors' reference implementation a negative a or b is set to 0 and
 * the rest fitted again, so the map never falls. When neither can be positive the margins carry no information about the labels:
 * the order is kept and only the level is corrected. A weak prior (a, b ~ N(1, 1)) is added to the authors' likelihood.
 *
 * @param margins - (n,) finite log-odds of rows the model was not fitted on.  @param labels - (n,) 0 or 1.
 * @param weights - (n,) ≥ 0.
 */
export function fitBeta(
  margins: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights: ArrayLike<number>,
): BetaCalibration {
  const rows = { margins, labels, weights };
  const both = fitFree(rows, Float64Array.of(1, 1, 0), [A, B, C]);
  if (both.a >= 0 && both.b >= 0 && both.a + both.b > 0) return both;
  const one =
    both.a < 0 ? fitFree(rows, Float64Array.of(0, 1, 0), [B, C]) : fitFree(rows, Float64Array.of(1, 0, 0), [A, C]);
  if (one.a + one.b > 0 && Math.min(one.a, one.b) >= 0) return one;
  return fitFree(rows, Float64Array.of(1, 1, 0), [C]);
}
