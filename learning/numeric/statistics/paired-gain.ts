import { mean } from './mean.js';

/** Standard errors by which a gain must exceed 0. */
const CERTAINTY = 2;

export interface PairedGain {
  readonly mean: number;
  /** The mean lies above 0 by more than two standard errors of the paired differences. */
  readonly sure: boolean;
}

/** Mean of the paired differences `better − base`. @param better - (n,).  @param base - (n,) of the same rows. */
export function pairedGain(better: readonly number[], base: readonly number[]): PairedGain {
  const differences = better.map((value, i) => value - base[i]!);
  const gain = mean(differences);
  const variance = mean(differences.map((value) => (value - gain) ** 2));
  return { mean: gain, sure: gain > CERTAINTY * Math.sqrt(variance / differences.length) };
}
