import { z } from 'zod';
import { datasetRef } from './dataset.js';
import { contentHash, lineName, modelName, semanticVersion, sourceName } from './ids.js';

/** `default`: tests under Benjamini–Hochberg and an effect size; `evidently`: Evidently's published rules. */
export const driftModes = ['default', 'evidently'] as const;
export type DriftMode = (typeof driftModes)[number];

/** When drift is too much, and what it starts. */
export const driftLimits = z.strictObject({
  mode: z.enum(driftModes),
  /** Length of the window of the prediction log. */
  windowDays: z.int().positive(),
  /** Days after a retraining for drift in which further drift raises an alert only. */
  coolDownDays: z.number().nonnegative(),
  /** Largest share of columns that may have drifted. */
  mostShare: z.number().min(0).max(1),
  /** Most by which the estimated performance may be worse than on the held-out rows, in the metric's unit. */
  mostLoss: z.number().nonnegative(),
  /** Answers that are compared; of more a fixed sample is taken. */
  mostRows: z.int().positive(),
  /** False: drift raises an alert and starts nothing. */
  retrain: z.boolean(),
});
export type DriftLimits = z.infer<typeof driftLimits>;

const milliseconds = z.number();

/** A span of the prediction log; the end is excluded. */
export const driftWindow = z.strictObject({ from: milliseconds, to: milliseconds });
export type DriftWindow = z.infer<typeof driftWindow>;

/** Distribution of a column without any row of it: quantiles of numbers, shares of the most frequent categories. */
export const columnShape = z.strictObject({
  count: z.int().nonnegative(),
  missing: z.int().nonnegative(),
  /** 0 %, 5 %, …, 100 %; null for a column without numbers. */
  quantiles: z.array(z.number()).nullable(),
  /** Name and share, the most frequent first, at most 20; null for numbers. */
  categories: z.array(z.tuple([z.string(), z.number()])).nullable(),
});
export type ColumnShape = z.infer<typeof columnShape>;

export const columnRoles = ['feature', 'score', 'time'] as const;
export type ColumnRole = (typeof columnRoles)[number];

/** How a column of the window differs from the reference. */
export const columnFinding = z.strictObject({
  /** Unique; ` (missing)` stands behind the name for the share of missing values. */
  column: z.string(),
  /** The monitored column. */
  of: z.string(),
  kind: z.enum(['numeric', 'categorical', 'text', 'missing']),
  /** `time`: the hour of the day, which explains faults and is no feature. */
  role: z.enum(columnRoles),
  method: z.string(),
  statistic: z.number(),
  pValue: z.number().nullable(),
  adjustedPValue: z.number().nullable(),
  effect: z.strictObject({ name: z.string(), value: z.number() }).nullable(),
  threshold: z.number(),
  drifted: z.boolean(),
  /** False: it could not be compared, the note says why; it does not count. */
  decided: z.boolean(),
  note: z.string().nullable(),
  /** Share of the whole; null: the version keeps none for it. */
  importance: z.number().nullable(),
  /** 1 = the column whose drift matters most: by drift × importance. */
  rank: z.int().positive(),
  reference: columnShape,
  current: columnShape,
});
export type ColumnFinding = z.infer<typeof columnFinding>;

/** Performance on the window, estimated without labels. */
export const performanceEstimate = z.strictObject({
  method: z.enum(['CBPE', 'DLE']),
  metric: z.string(),
  direction: z.enum(['higher', 'lower']),
  estimated: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** On the held-out rows. */
  reference: z.number().nullable(),
  /** What the estimate rests on, and whether it was found to hold. */
  assumptions: z.array(z.string()),
});
export type PerformanceEstimate = z.infer<typeof performanceEstimate>;

export const sourceFault = z.strictObject({
  kind: z.enum(['missing-values', 'unit', 'time-shift']),
  column: z.string(),
  /** What was found and wanted; no value of a row. */
  finding: z.string(),
});
export type SourceFault = z.infer<typeof sourceFault>;

/** A window of the prediction log, or rows of a snapshot, compared with the rows that a version was judged on. */
export const driftFinding = z.strictObject({
  mode: z.enum(driftModes),
  version: semanticVersion,
  window: driftWindow,
  /** Answers of the line in the window, and how many were compared. */
  answers: z.int().nonnegative(),
  compared: z.int().nonnegative(),
  referenceRows: z.int().nonnegative(),
  columns: z.array(columnFinding),
  driftedShare: z.number().nullable(),
  /** Why nothing can be said; null: something can. */
  undecided: z.string().nullable(),
  performance: performanceEstimate.nullable(),
  faults: z.array(sourceFault),
});
export type DriftFinding = z.infer<typeof driftFinding>;

export const driftDecisions = ['none', 'undecided', 'retrain', 'cool-down', 'alert', 'source-fault'] as const;
export type DriftDecisionKind = (typeof driftDecisions)[number];

/** What a check has decided about one window of a line. */
export const driftDecision = z.strictObject({
  modelName,
  line: lineName,
  version: semanticVersion,
  window: driftWindow,
  decision: z.enum(driftDecisions),
  /** Sentences with what was found and wanted. */
  reasons: z.array(z.string()),
  /** Workflow id of the retraining; null: the decision starts none. */
  retrainingId: z.string().nullable(),
  /** When it was started; null: not yet. */
  startedAt: milliseconds.nullable(),
});
export type DriftDecision = z.infer<typeof driftDecision>;

/** Every field has a default, so that `{}` can be typed into the Temporal UI. */
export const checkDriftInput = z.strictObject({
  /** Null: the only model of the catalogue. */
  modelName: modelName.nullable().default(null),
  /** Null: every line of the model that has a champion. */
  line: lineName.nullable().default(null),
  /** ISO 8601; null: the last midnight (UTC). A window of a line is decided about once, by its end. */
  windowEnd: z.iso.datetime().nullable().default(null),
});
export type CheckDriftInput = z.input<typeof checkDriftInput>;

export const checkDriftResult = z.strictObject({ modelName, lines: z.array(driftDecision) });
export type CheckDriftResult = z.infer<typeof checkDriftResult>;

export const planDriftCheckInput = z.strictObject({
  modelName,
  line: lineName.nullable(),
  windowEnd: z.iso.datetime().nullable(),
});
const plannedLine = z.strictObject({
  line: lineName,
  /** Source of the line's rows; null: they come from files, which nothing reads anew. */
  source: sourceName.nullable(),
  version: semanticVersion,
  artefactHash: contentHash,
  evaluationHash: contentHash,
  window: driftWindow,
  limits: driftLimits,
});
export type PlannedDriftLine = z.infer<typeof plannedLine>;
export const driftCheckPlan = z.strictObject({
  modelName,
  heartbeatTimeoutMs: z.int(),
  lines: z.array(plannedLine),
});
export type DriftCheckPlan = z.infer<typeof driftCheckPlan>;

export const decideDriftInput = plannedLine.extend({ modelName });
export type DecideDriftInput = z.infer<typeof decideDriftInput>;

/** Names a decision. */
export const driftDecisionKey = z.strictObject({ modelName, line: lineName, windowEnd: milliseconds });
export type DriftDecisionKey = z.infer<typeof driftDecisionKey>;

export const newRowsInput = z.strictObject({ modelName, dataset: datasetRef });
/** How the rows since the champion's snapshot differ from the champion's. */
export interface NewRowsFinding {
  readonly notes: readonly string[];
  /** Why the rows must not be learned from: a fault of the source. */
  readonly faults: readonly string[];
}

export interface DriftActivities {
  /** The lines of a model to be checked, each with its champion and window. @throws `UNKNOWN_MODEL`, `INVALID_INPUT`. */
  planDriftCheck: (input: z.infer<typeof planDriftCheckInput>) => Promise<DriftCheckPlan>;
  /**
   * Compares the window, records the decision and raises or resolves the alert in one transaction. A window that was
   * decided about before keeps its decision, and nothing is computed.
   */
  decideDrift: (input: DecideDriftInput) => Promise<DriftDecision>;
  /**
   * Compares, before a training, the rows since the champion's snapshot with the champion's rows; without a champion
   * from a snapshot nothing is compared. A fault of the source raises an alert.
   */
  checkNewRows: (input: z.infer<typeof newRowsInput>) => Promise<NewRowsFinding>;
  /** Records that the retraining of a decision was started. */
  recordDriftRetraining: (input: DriftDecisionKey) => Promise<void>;
}
