import type { ProphetDesign } from './design.js';

/** Index of each parameter in the vector θ. */
export interface Layout {
  /** Of k; −1 for a flat trend. */
  readonly rate: number;
  /** Of m. */
  readonly offset: number;
  /** Of the first rate change. */
  readonly changes: number;
  readonly changeCount: number;
  /** Of the first feature coefficient. */
  readonly features: number;
  readonly size: number;
}

/** θ = (k, m, rate changes, feature coefficients); a flat trend has neither k nor changes. */
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

/** (n,) column max(0, t − c) for each changepoint c. */
export function hinges({ t, changepoints }: ProphetDesign): Float64Array[] {
  return changepoints.map((c) => t.map((time) => Math.max(0, time - c)));
}

/** Precision of the normal prior of each parameter; 0 for the rate changes, which have a Laplace prior. */
export function priorPrecision(design: ProphetDesign, layout: Layout): Float64Array {
  const precision = new Float64Array(layout.size);
  for (let j = 0; j < layout.changes; j++) precision[j] = 1 / 25;
  design.features.forEach(({ prior }, j) => (precision[layout.features + j] = 1 / prior ** 2));
  return precision;
}

/** Coefficient of |θⱼ| in the negative log posterior: 1/τ for rate changes, else 0. */
export function absolutePenalty({ tau }: ProphetDesign, layout: Layout): Float64Array {
  const penalty = new Float64Array(layout.size);
  return penalty.fill(1 / tau, layout.changes, layout.changes + layout.changeCount);
}

/** (n,) components of the model on the history, in units of the scale. */
export interface ModelParts {
  readonly trend: Float64Array;
  /** Derivative of the trend with respect to its linear argument: 1, or the slope of the logistic function. */
  readonly slope: Float64Array;
  /** 1 + shares of the multiplicative features. */
  readonly factor: Float64Array;
  readonly fitted: Float64Array;
}

/** k·t + m + changes; for logistic growth k·(t − m) + changes, Prophet's curve written as one continuous function. */
function linearArgument(design: ProphetDesign, layout: Layout, theta: Float64Array): Float64Array {
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
  const trend = linearArgument(design, layout, theta);
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
  let squares = 0;
  for (let i = 0; i < y.length; i++) squares += (y[i]! - fitted[i]!) ** 2;
  return squares;
}

/**
 * σ that maximises the posterior for given residuals: the root of 4σ⁴ + nσ² = RSS, from the prior σ ~ N(0, ½).
 * At least 1e-6, so that the log posterior of an exact fit is finite.
 */
export const bestSigma = (squares: number, n: number): number =>
  Math.sqrt(Math.max((-n + Math.sqrt(n * n + 16 * squares)) / 8, 1e-12));

/** Log posterior of Prophet's Stan model (prophet 1.1), without the constants that Stan drops. */
export function logPosterior(design: ProphetDesign, theta: Float64Array, sigma: number): number {
  const layout = layoutOf(design);
  const squares = residualSquares(design, modelParts(design, layout, theta).fitted);
  return -negativeLog(design, layout, { theta, sigma, squares });
}

/** Negative log posterior for given squared residuals. */
export function negativeLog(
  design: ProphetDesign,
  layout: Layout,
  { theta, sigma, squares }: { theta: Float64Array; sigma: number; squares: number },
): number {
  const precision = priorPrecision(design, layout);
  const penalty = absolutePenalty(design, layout);
  let total = design.y.length * Math.log(sigma) + squares / (2 * sigma ** 2) + 2 * sigma ** 2;
  theta.forEach((value, j) => (total += (precision[j]! * value ** 2) / 2 + penalty[j]! * Math.abs(value)));
  return total;
}
