import type { GradientBoostingParams } from './params.js';

/** Sums of gradient and hessian over the rows of a node. */
export interface GradientSums {
  readonly gradient: number;
  readonly hessian: number;
}

/** The leaf values that monotone constraints of the ancestors leave open. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
}
export const FREE_RANGE: ValueRange = { low: -Infinity, high: Infinity };

type Penalties = Pick<GradientBoostingParams, 'lambda' | 'alpha' | 'minChildWeight'>;

/** Soft threshold: moves a gradient sum by α towards 0. */
export function shrink(gradient: number, alpha: number): number {
  if (gradient > alpha) return gradient - alpha;
  return gradient < -alpha ? gradient + alpha : 0;
}

/** Best value of a leaf, −shrink(G)/(H + λ), within its range (equation 5 of the paper, with α). */
export function leafValue({ gradient, hessian }: GradientSums, penalties: Penalties, range: ValueRange): number {
  if (hessian <= 0 || hessian < penalties.minChildWeight) return 0;
  const value = -shrink(gradient, penalties.alpha) / (hessian + penalties.lambda);
  return Math.min(range.high, Math.max(range.low, value));
}

/** Twice the loss that a leaf with its best free value removes, shrink(G)²/(H + λ). */
export function freeScore(gradient: number, hessian: number, { lambda, alpha }: Penalties): number {
  if (hessian <= 0) return 0;
  const shrunk = alpha === 0 ? gradient : shrink(gradient, alpha);
  return (shrunk * shrunk) / (hessian + lambda);
}

/** The same for a leaf whose value is bounded to this value: −(2·G·w + (H + λ)·w² + 2·α·|w|). */
export function scoreOfValue({ gradient, hessian }: GradientSums, value: number, { lambda, alpha }: Penalties): number {
  if (hessian <= 0) return 0;
  return -(2 * gradient * value + (hessian + lambda) * value * value + 2 * alpha * Math.abs(value));
}
