/** Odds p / (1 − p), with the probability clipped to [ε, 1 − ε], so that they are finite. */
export function odds(probability: number, epsilon: number): number {
  const clipped = Math.min(1 - epsilon, Math.max(epsilon, probability));
  return clipped / (1 - clipped);
}

/** Log-odds of a probability, clipped as in `odds`. */
export const logOdds = (probability: number, epsilon: number): number => Math.log(odds(probability, epsilon));
