import { mean } from './mean.js';

/** Standard errors by which a gain must exceed 0. */
const CERTAINTY = 2;

export interface PairedGain {
  readonly mean: number;
  readonly standardError: number;
  /** The mean lies above 0 by more than two standard errors of the paired differences. */
  readonly sure: boolean;
}

/** Mean of the paired differences `better − base`. @param better - (n,).  @param base - (n,) of the same rows. */
export function pairedGain(better: ArrayLike<number>, base: ArrayLike<number>): PairedGain {
  const differences = Array.from(better, (value, i) => value - base[i]!);
  const gain = mean(differences);
  const variance = mean(differences.map((value) => (value - gain) ** 2));
  const standardError = Math.sqrt(variance / differences.length);
  return { mean: gain, standardError, sure: gain > CERTAINTY * standardError };
}
