import { z } from 'zod';
import { sourceName } from './ids.js';

/*
 * The comparison of what the prediction API read from the online store with what the point-in-time computation gives for
 * the same entity and moment.
 */

/** Logged reads of one check, at most. */
export const MOST_READS = 10_000;

export const checkParityInput = z.strictObject({
  /** Null: the source in use. */
  source: sourceName.nullable().default(null),
  /** Start of the window of the log, ISO 8601; null: a day before now. */
  since: z.iso.datetime().nullable().default(null),
  /** Answers that are drawn from the window. */
  sample: z.int().min(1).max(MOST_READS).default(500),
});
export type CheckParityInput = z.input<typeof checkParityInput>;

/**
 * Why a value differs. `schema`: another version or layout of the view; `stale`: an older value than the store should
 * have had; `time shift`: computed as of a moment some hours away; `default`: another value where nothing is known;
 * `value`: none of these.
 */
export const parityCauses = ['schema', 'stale', 'time shift', 'default', 'value'] as const;
export const parityCause = z.enum(parityCauses);
export type ParityCause = z.infer<typeof parityCause>;

const differingColumn = z.strictObject({
  name: z.string(),
  reads: z.int(),
  /** Largest |found − expected| / |expected|; null where one side is unknown. */
  worst: z.number().nullable(),
});

/** Reads of one view that differ for one reason. */
export const parityFinding = z.strictObject({
  cause: parityCause,
  reads: z.int(),
  /** In a sentence, without a value of a row. */
  finding: z.string(),
  /** Most often differing first; empty for a stale value that is right for its moment. */
  columns: z.array(differingColumn),
  /** Some of them: the answer's id, for `ml predictions show`, and the hash of the entity. */
  examples: z.array(z.strictObject({ predictionId: z.string(), at: z.iso.datetime(), entityHash: z.string() })),
});
export type ParityFinding = z.infer<typeof parityFinding>;

export const viewParity = z.strictObject({
  view: z.string(),
  /** That the reads name. */
  version: z.int(),
  compared: z.int(),
  differing: z.int(),
  /** Largest relative difference of a value; null: none differs in value, or one side is unknown wherever they do. */
  worst: z.number().nullable(),
  findings: z.array(parityFinding),
});
export type ViewParity = z.infer<typeof viewParity>;

export const parityResult = z.strictObject({
  /** `undecided`: nothing could be compared, so nothing is said. */
  status: z.enum(['sound', 'differs', 'undecided']),
  source: sourceName,
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  /** Answers of the sample. */
  answers: z.int(),
  views: z.array(viewParity),
  /** Reads that could not be computed again, by reason. */
  notCompared: z.array(z.strictObject({ reason: z.string(), reads: z.int() })),
});
export type ParityResult = z.infer<typeof parityResult>;

const milliseconds = z.number();

export const parityPlan = z.strictObject({
  source: sourceName,
  since: milliseconds,
  until: milliseconds,
  heartbeatTimeoutMs: z.int(),
});
export type ParityPlan = z.infer<typeof parityPlan>;

export const replayReadsInput = z.strictObject({
  /** First execution run id of the workflow; the sample follows from it. */
  runKey: z.string().min(1),
  source: sourceName,
  since: milliseconds,
  until: milliseconds,
  sample: z.int().min(1).max(MOST_READS),
});
export type ReplayReadsInput = z.infer<typeof replayReadsInput>;

export const recordParityInput = z.strictObject({ runKey: z.string().min(1), result: parityResult });

export interface ParityActivities {
  /** Resolves source and window. @throws `SOURCE_NOT_FOUND`; `INVALID_INPUT` for a window that begins after now. */
  planParity: (input: z.input<typeof checkParityInput>) => Promise<ParityPlan>;
  /** Draws logged reads and computes them again in a child process. */
  replayReads: (input: ReplayReadsInput) => Promise<ParityResult>;
  /** Stores the result under the run's key, and raises or resolves the alerts of its views. */
  recordParity: (input: z.infer<typeof recordParityInput>) => Promise<void>;
}
