import { z } from 'zod';
import { featurePart, featureSetRef, viewReference } from './activities.js';
import { contentHash, lineName, sourceName } from './ids.js';

/** Past moments of one backfill: a year of days. */
export const MOST_MOMENTS = 366;
/** Moments that one step computes of a bucket, so that its result stays a small payload. */
export const MOMENTS_A_STEP = 30;

const milliseconds = z.number();
const range = z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() });

export const materializeFeaturesInput = z.strictObject({
  /** Null: the source in use. */
  source: sourceName.nullable().default(null),
  /** Null: a snapshot is taken; for a range of the past the newest one is read. */
  snapshotHash: contentHash.nullable().default(null),
  /** Names, or names with a version such as `user-financials@1`; empty: all that are needed. */
  views: z.array(z.string()).default([]),
  /** Computes the entities whose rows changed since the newest snapshot as of this moment; null: since the last run. */
  since: z.iso.datetime().nullable().default(null),
  /** Computes every entity, whatever changed. */
  whole: z.boolean().default(false),
  /** Each day of a range of the past, for the offline store alone; null: the present, for both stores. */
  asOf: range.nullable().default(null),
});
export type MaterializeFeaturesInput = z.input<typeof materializeFeaturesInput>;

/** A view, and the snapshot that its stored values are compared with. */
export const viewBase = viewReference.extend({
  /** Entities whose rows are the same there are left as they are; null: every entity is computed. */
  base: contentHash.nullable(),
});
export type ViewBase = z.infer<typeof viewBase>;

export const planMaterialisationInput = materializeFeaturesInput.omit({ since: true, whole: true });
export const materialisationPlan = z.strictObject({
  source: sourceName,
  line: lineName,
  views: z.array(viewReference),
  /** Null: the present. */
  moments: z.array(milliseconds).nullable(),
  /** Null: one is to be taken. */
  snapshotHash: contentHash.nullable(),
  heartbeatTimeoutMs: z.int(),
});
export type MaterialisationPlan = z.infer<typeof materialisationPlan>;

export const findChangesInput = z.strictObject({
  snapshotHash: contentHash,
  views: z.array(viewReference).min(1),
  since: z.iso.datetime().nullable(),
  whole: z.boolean(),
  /** The values of past moments have nothing to be compared with. */
  past: z.boolean(),
});
export const foundChanges = z.strictObject({
  views: z.array(viewBase),
  /** Buckets with a table that changed for one of the views. */
  buckets: z.array(z.int()),
  unchangedBuckets: z.int(),
  /** Why every entity is computed, where it is. */
  notes: z.array(z.string()),
});
export type FoundChanges = z.infer<typeof foundChanges>;

export const materializeBucketInput = z.strictObject({
  snapshotHash: contentHash,
  bucket: z.int(),
  views: z.array(viewBase).min(1),
  /** For the offline store alone; null: the present. */
  moments: z.array(milliseconds).max(MOMENTS_A_STEP).nullable(),
});
export const materializedBucket = z.strictObject({
  bucket: z.int(),
  /** Tables of the computed entities by view, for each moment; one for the present. */
  parts: z.array(featurePart),
});
export type MaterializedBucket = z.infer<typeof materializedBucket>;

export const finishMaterialisationInput = z.strictObject({
  snapshotHash: contentHash,
  views: z.array(viewBase).min(1),
  moments: z.array(milliseconds).nullable(),
  buckets: z.array(materializedBucket),
});
export const finishedMaterialisation = z.strictObject({
  store: z.enum(['redis', 'memory']).nullable(),
  sets: z.array(featureSetRef.extend({ asOf: milliseconds })),
});
export type FinishedMaterialisation = z.infer<typeof finishedMaterialisation>;

/** Steps of the workflow `materializeFeatures`. */
export interface MaterialisationActivities {
  /** @throws `SOURCE_NOT_FOUND`, `VIEW_NOT_FOUND`, `INVALID_INPUT`, `VIEW_CHANGED`. */
  planMaterialisation: (input: z.input<typeof planMaterialisationInput>) => Promise<MaterialisationPlan>;
  /** @throws `DATASET_NOT_FOUND` when there is no snapshot before `since`. */
  findChanges: (input: z.input<typeof findChangesInput>) => Promise<FoundChanges>;
  /** Computes the changed entities of a bucket and writes them online, unless moments of the past are wanted. */
  materializeBucket: (input: z.input<typeof materializeBucketInput>) => Promise<MaterializedBucket>;
  /** Puts the buckets together in the offline store, and records what the stores have now. */
  finishMaterialisation: (input: z.input<typeof finishMaterialisationInput>) => Promise<FinishedMaterialisation>;
}

export const materializeFeaturesResult = z.discriminatedUnion('status', [
  z.strictObject({
    /** `unchanged`: nothing changed since the last run, so nothing was written. */
    status: z.enum(['completed', 'unchanged']),
    source: sourceName,
    line: lineName,
    snapshotHash: contentHash,
    buckets: z.int(),
    unchangedBuckets: z.int(),
    /** Computed entities by view and moment. */
    views: z.array(z.strictObject({ name: z.string(), version: z.int(), asOf: milliseconds, computed: z.int() })),
    onlineStore: z.enum(['redis', 'memory']).nullable(),
    notes: z.array(z.string()),
  }),
  z.strictObject({
    status: z.literal('rejected'),
    source: sourceName,
    snapshotHash: contentHash,
    reasons: z.array(z.string()),
  }),
]);
export type MaterializeFeaturesResult = z.infer<typeof materializeFeaturesResult>;
