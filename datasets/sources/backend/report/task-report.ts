import type { Customer } from '../generator/customer.js';

/** How hard the generated data are for one task. Scores and targets are fractions: 0.95 = 95 %. */
export interface TaskReport {
  readonly task: string;
  readonly metric: string;
  readonly direction: 'higher' | 'lower';
  readonly target: number;
  /** What a program scores that knows nothing but the obvious. */
  readonly trivial: { readonly name: string; readonly score: number };
  /** What somebody scores who knows how the rows were made, but not chance and not the annotators' errors. */
  readonly oracle: { readonly name: string; readonly score: number };
  readonly trainRows: number;
  readonly holdoutRows: number;
  readonly holdout: string;
  /** The trivial model misses the target by at least three points and the oracle exceeds it. */
  readonly asDesigned: boolean;
}

/** Hears every customer once, then gives its verdict. */
export interface TaskJudge {
  add(customer: Customer): void;
  report(): TaskReport;
}

/** Share of groups or users that the report holds out, and the salt of its split. */
export const heldOutShare = 0.3;
export const splitSalt = 'difficulty-report';

const smallestMiss = 0.03;

/** Adds the verdict to the figures. */
export function judged(figures: Omit<TaskReport, 'asDesigned'>): TaskReport {
  const sign = figures.direction === 'higher' ? 1 : -1;
  const missed = sign * (figures.target - figures.trivial.score) >= smallestMiss;
  const exceeded = sign * (figures.oracle.score - figures.target) > 0;
  return { ...figures, asDesigned: missed && exceeded };
}
