import type { Comparison, Interval } from '../../contracts/evaluation.js';

/** Inputs of a comparison of two models on the same rows. */
export interface ComparedScores {
  readonly against: Comparison['against'];
  /** Name of the metric. */
  readonly metric: string;
  readonly challenger: number;
  readonly other: number;
  /** Interval of the paired difference. */
  readonly interval: Interval;
  /** Number of rows. */
  readonly n: number;
}

/** A comparison with its difference, challenger − other. */
export const comparisonOf = ({ challenger, other, ...rest }: ComparedScores): Comparison => ({
  ...rest,
  challenger,
  other,
  difference: challenger - other,
});
