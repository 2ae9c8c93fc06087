import { z } from 'zod';

export const interval = z.strictObject({
  low: z.number(),
  high: z.number(),
  /** 0.95 for a 95 % interval. */
  level: z.number().gt(0).lt(1),
  method: z.string(),
});
export type Interval = z.infer<typeof interval>;

/** A named number with its direction, the number of rows behind it and its uncertainty. */
export const metric = z.strictObject({
  name: z.string(),
  value: z.number(),
  direction: z.enum(['higher', 'lower']),
  n: z.int().nonnegative(),
  interval: interval.optional(),
});
export type Metric = z.infer<typeof metric>;

/** A Vega-Lite 5 specification with inline data and the sentence that stands below it. */
export interface Plot {
  readonly title: string;
  readonly caption: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The same metrics on a part of the holdout, such as one income band or one protected group. */
export interface Slice {
  readonly name: string;
  readonly metrics: readonly Metric[];
}

export interface Evaluation {
  /** The primary metric first. */
  readonly metrics: readonly Metric[];
  readonly slices: readonly Slice[];
  readonly plots: readonly Plot[];
  /** Sentences that a reader of the numbers must know. */
  readonly notes: readonly string[];
}

/** Challenger minus other on the same rows, in the primary metric, positive = challenger better. */
export const comparison = z.strictObject({
  against: z.enum(['baseline', 'champion']),
  metric: z.string(),
  challenger: z.number(),
  other: z.number(),
  difference: z.number(),
  interval,
  n: z.int().nonnegative(),
});
export type Comparison = z.infer<typeof comparison>;

export const gateResult = z.strictObject({
  gate: z.string(),
  passed: z.boolean(),
  /** "auc 0.842 ≥ 0.80", always with what was found and wanted. */
  finding: z.string(),
});
export type GateResult = z.infer<typeof gateResult>;
