import type { ColumnFinding, DriftLimits } from './drift.js';
import type { Table } from './table.js';

/** A value of a monitored column; null = missing. */
export type MonitoredValue = number | string | null;

/** An answer as the prediction log keeps it: the predictor's input, and its output (null when it abstained). */
export interface LoggedPair {
  readonly input: unknown;
  readonly output: unknown;
}

/** Held-out rows of a version with what it said about them; the two tables may have different rows. */
export interface HeldOutRows {
  /** Rows of the training table. */
  readonly rows: Table;
  /** The table of the model's `score`. */
  readonly scored: Table;
}

/** A column in which drift is looked for: how held-out rows have it, and how a logged answer does. */
export interface MonitoredColumn {
  readonly name: string;
  readonly kind: Exclude<ColumnFinding['kind'], 'missing'>;
  /** `time`: hour of the day (0 to 24), which explains faults and does not count as drifted. */
  readonly role: ColumnFinding['role'];
  /** Null: these rows do not have it, as on the line of another layout. Pure. */
  ofHeldOut(rows: HeldOutRows): ArrayLike<MonitoredValue> | null;
  /** Undefined: the answer cannot tell, so that it does not count. Several values where it has some. Pure. */
  ofAnswer(answer: LoggedPair): MonitoredValue | readonly MonitoredValue[] | undefined;
}

/** How performance is estimated without labels: from probabilities (CBPE). */
export interface ProbabilityOfAnswers {
  /** `calibrated`: the probability is that of the positive class; `confidence`: that the answer is right. */
  readonly kind: 'calibrated' | 'confidence';
  /** The estimated metric. */
  readonly metric: 'aucRoc' | 'accuracy';
  /** (n,) each: 1 = positive, or answered rightly, NaN = not known; and its probability. Pure. */
  readonly ofHeldOut: (scored: Table) => { readonly truth: Float64Array; readonly probability: Float64Array };
  /** Null: the answer has none. Pure. */
  ofAnswer(answer: LoggedPair): number | null;
}

/** What monitoring knows of a model: the export `monitoring` of `models/<name>/monitoring.ts`. */
export interface Monitoring {
  readonly columns: readonly MonitoredColumn[];
  /** Absent: performance is not estimated. */
  readonly probability?: ProbabilityOfAnswers;
  /** In place of the settings. */
  readonly limits?: Partial<DriftLimits>;
}
