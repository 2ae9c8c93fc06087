import type { ProphetDesign } from './design.js';

/** Where each parameter stands in the vector θ. */
export interface Layout {
  /** Position of k; −1 for a flat trend. */
  readonly rate: number;
  readonly offset: number;
  /** Position of the first bend, and how many there are. */
  readonly changes: number;
  readonly changeCount: number;
  /** Position of the first coefficient beside the trend. */
  readonly features: number;
  readonly size: number;
}

/** θ = (k, m, bends, coefficients); a flat trend has no k and no bends. */
export function layoutOf({ growth, changepoints, features }: ProphetDesign): Layout {
  const changes = growth === 'flat' ? 1 : 2;
  const start = changes + changepoints.length;
  return {
    rate: growth === 'flat' ? -1 : 0,
    offset: changes - 1,
    changes,
    changeCount: changepoints.length,
    features: start,
    size: start + features.length,
  };
}

/** max(0, t − c) for each bend. */
export function hinges({ t, changepoints }: ProphetDesign): Float64Array[] {
  return changepoints.map((c) => t.map((time) => Math.max(0, time - c)));
}

/** Precision of the normal priors by parameter (0 for the bends, whose prior is Laplace's). */
export function priorPrecision(design: ProphetDesign, layout: Layout): Float64Array {
  const precision = new Float64Array(layout.size);
  for (let j = 0; j < layout.changes; j++) precision[j] = 1 / 25;
  design.features.forEach(({ prior }, j) => (precision[layout.features + j] = 1 / prior ** 2));
  return precision;
}

/** 1/τ for the bends, 0 for the others. */
export function absolutePenalty({ tau }: ProphetDesign, layout: Layout): Float64Array {
  const penalty = new Float64Array(layout.size);
  return penalty.fill(1 / tau, layout.changes, layout.changes + layout.changeCount);
}

/** The model's parts at each row of the history, in units of the scale. */
export interface ModelParts {
  readonly trend: Float64Array;
  /** Derivative of the trend by its straight argument: 1, or the logistic curve's slope. */
  readonly slope: Float64Array;
  /** 1 + shares of the multiplicative features. */
  readonly factor: Float64Array;
  readonly fitted: Float64Array;
}

/** k·t + m + bends; for logistic growth k·(t − m) + bends, which is Prophet's curve in one continuous piece. */
function straightArgument(design: ProphetDesign, layout: Layout, theta: Float64Array): Float64Array {
  const k = layout.rate < 0 ? 0 : theta[layout.rate]!;
  const m = theta[layout.offset]!;
  const start = design.growth === 'logistic' ? -k * m : m;
  const z = design.t.map((time) => start + k * time);
  design.changepoints.forEach((c, j) => {
    const change = theta[layout.changes + j]!;
    if (change === 0) return;
    for (let i = 0; i < z.length; i++) if (design.t[i]! > c) z[i]! += change * (design.t[i]! - c);
  });
  return z;
}

/** Evaluates the model on the history. Time O(n·p). */
export function modelParts(design: ProphetDesign, layout: Layout, theta: Float64Array): ModelParts {
  const trend = straightArgument(design, layout, theta);
  const slope = new Float64Array(trend.length).fill(1);
  if (design.growth === 'logistic') {
    for (let i = 0; i < trend.length; i++) {
      const share = 1 / (1 + Math.exp(-trend[i]!));
      trend[i] = design.cap * share;
      slope[i] = design.cap * share * (1 - share);
    }
  }
  const factor = new Float64Array(trend.length).fill(1);
  const added = new Float64Array(trend.length);
  design.features.forEach(({ values, mode }, j) => {
    const coefficient = theta[layout.features + j]!;
    const sum = mode === 'multiplicative' ? factor : added;
    for (let i = 0; i < sum.length; i++) sum[i]! += coefficient * values[i]!;
  });
  return { trend, slope, factor, fitted: trend.map((value, i) => value * factor[i]! + added[i]!) };
}

/** Σ (y − fitted)². */
export function residualSquares({ y }: ProphetDesign, fitted: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += (y[i]! - fitted[i]!) ** 2;
  return sum;
}

/**
 * σ that maximises the posterior for given residuals: the root of 4σ⁴ + nσ² = RSS, from the prior σ ~ N(0, ½).
 * Not below 1e-6: a perfect fit must not end the arithmetic.
 */
export const bestSigma = (squares: number, n: number): number =>
  Math.sqrt(Math.max((-n + Math.sqrt(n * n + 16 * squares)) / 8, 1e-12));

/** Logarithm of the posterior of Prophet's Stan model, up to the constants that Stan drops. */
export function logPosterior(design: ProphetDesign, theta: Float64Array, sigma: number): number {
  const layout = layoutOf(design);
  const squares = residualSquares(design, modelParts(design, layout, theta).fitted);
  return -negativeLog(design, layout, { theta, sigma, squares });
}

/** Minus `logPosterior` for residuals that are known already. */
export function negativeLog(
  design: ProphetDesign,
  layout: Layout,
  { theta, sigma, squares }: { theta: Float64Array; sigma: number; squares: number },
): number {
  const precision = priorPrecision(design, layout);
  const penalty = absolutePenalty(design, layout);
  let sum = design.y.length * Math.log(sigma) + squares / (2 * sigma ** 2) + 2 * sigma ** 2;
  theta.forEach((value, j) => (sum += (precision[j]! * value ** 2) / 2 + penalty[j]! * Math.abs(value)));
  return sum;
}
