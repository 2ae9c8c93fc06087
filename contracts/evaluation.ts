import { z } from 'zod';

export const interval = z.strictObject({
  low: z.number(),
  high: z.number(),
  /** 0.95 for a 95 % interval. */
  level: z.number().gt(0).lt(1),
  method: z.string(),
});
export type Interval = z.infer<typeof interval>;

const metricFields = {
  name: z.string(),
  direction: z.enum(['higher', 'lower']),
  n: z.int().nonnegative(),
  interval: interval.optional(),
  /** Why there is no value ("no customer with a year of history"), or no interval. Required without a value. */
  remark: z.string().min(1).optional(),
};
interface MeasuredFields {
  readonly value: number | null;
  readonly interval?: unknown;
  readonly remark?: string | undefined;
}
const hasValueOrRemark = ({ value, remark }: MeasuredFields): boolean => value !== null || remark !== undefined;
const NO_REMARK = 'a metric without a value needs a remark';
const hasValueOrNoInterval = (found: MeasuredFields): boolean => found.value !== null || found.interval === undefined;
const NO_VALUE = 'a metric without a value has no interval';

/** A named number with its direction, the number of rows behind it and its uncertainty. */
export const metric = z
  /** Null = not measurable: no row (customer, group …) that it could be measured on. */
  .strictObject({ ...metricFields, value: z.number().nullable() })
  .refine(hasValueOrRemark, NO_REMARK)
  .refine(hasValueOrNoInterval, NO_VALUE);
export type Metric = z.infer<typeof metric>;

/** As the registry keeps it: also NaN and infinite, by which a training that diverged is found. JSON has neither. */
export const recordedMetric = z
  .strictObject({ ...metricFields, value: z.custom<number>((value) => typeof value === 'number').nullable() })
  .refine(hasValueOrRemark, NO_REMARK)
  .refine(hasValueOrNoInterval, NO_VALUE);

/** What is printed in place of a value that is null. */
export const NOT_MEASURABLE = 'not measurable';

/** `aucRoc 0.8421`, `mape not measurable`: one metric in a line of progress. */
export const metricSummary = ({ name, value }: Metric): string =>
  `${name} ${value === null ? NOT_MEASURABLE : value.toFixed(4)}`;

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

/** A table of the card beside metrics and slices; cells are text. */
export const resultTable = z.strictObject({
  title: z.string(),
  /** How the table is to be read. */
  caption: z.string(),
  columns: z.array(z.strictObject({ title: z.string(), numeric: z.boolean() })),
  rows: z.array(z.array(z.string())),
});
export type ResultTable = z.infer<typeof resultTable>;

export interface Evaluation {
  /** The primary metric first. */
  readonly metrics: readonly Metric[];
  readonly slices: readonly Slice[];
  readonly plots: readonly Plot[];
  /** Absent = none. */
  readonly tables?: readonly ResultTable[];
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

/** One part of the holdout judged by itself: the primary metric, and the comparison with the champion. */
export const partReport = z.strictObject({
  part: z.enum(['frozen', 'window']),
  rows: z.int(),
  /** Rows of the scored table that are of this part; the parts follow each other in it. */
  scoredRows: z.int(),
  /** Null when it is not measurable on these rows. */
  metric: metric.nullable(),
  /** Why it is not measurable. */
  remark: z.string().nullable(),
  comparison: comparison.nullable(),
});
export type PartReport = z.infer<typeof partReport>;

/** How the newest window differs from the frozen part, in the primary metric; negative = the window is worse. */
export const drift = z.strictObject({ metric: z.string(), difference: z.number(), disjoint: z.boolean() });
export type Drift = z.infer<typeof drift>;
