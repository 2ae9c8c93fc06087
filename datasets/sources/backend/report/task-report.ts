import type { Customer } from '../generator/customer.js';

/** Difficulty of the generated data for one task. Scores and targets are fractions: 0.95 = 95 %. */
export interface TaskReport {
  readonly task: string;
  readonly metric: string;
  readonly direction: 'higher' | 'lower';
  readonly target: number;
  /** Score of a trivial baseline. */
  readonly trivial: { readonly name: string; readonly score: number };
  /** Score with full knowledge of the generator except its random draws and the label errors: an upper bound. */
  readonly oracle: { readonly name: string; readonly score: number };
  readonly trainRows: number;
  readonly holdoutRows: number;
  readonly holdout: string;
  /** True when the trivial baseline misses the target by at least 0.03 and the oracle exceeds it. */
  readonly asDesigned: boolean;
}

/** Collects every customer once and then computes the report. */
export interface TaskScorer {
  add(customer: Customer): void;
  report(): TaskReport;
}

/** Share of text groups or users in the holdout. */
export const heldOutShare = 0.3;
/** Salt of the hash that splits them. */
export const splitSalt = 'difficulty-report';

const minimumGap = 0.03;

/** Adds `asDesigned` to the scores. */
export function taskReport(figures: Omit<TaskReport, 'asDesigned'>): TaskReport {
  const sign = figures.direction === 'higher' ? 1 : -1;
  const missed = sign * (figures.target - figures.trivial.score) >= minimumGap;
  const exceeded = sign * (figures.oracle.score - figures.target) > 0;
  return { ...figures, asDesigned: missed && exceeded };
}
