import { z } from 'zod';
import { featureSetRef, storedTable } from '../../contracts/activities.js';
import { backendTables } from '../../contracts/backend.js';
import { snapshotPolicy } from '../../contracts/data-policy.js';
import { datasetDescription, dateOrder } from '../../contracts/dataset.js';
import { contentHash, sourceName } from '../../contracts/ids.js';

/** Schema of a snapshot's manifest. It is stored as canonical JSON (sorted keys), and its hash identifies the snapshot. */
export const snapshotManifest = z.strictObject({
  kind: z.literal('snapshot'),
  /** 1: parts in key order, without buckets. 2: parts by bucket. */
  schemaVersion: z.literal([1, 2]),
  /** Number of buckets by user, a power of two; absent in version 1, which is read as one bucket. */
  buckets: z.int().positive().optional(),
  source: sourceName,
  asOf: z.number(),
  /** The previous snapshot of the same source. */
  parent: contentHash.nullable(),
  codeVersion: z.string(),
  /** Read more than a day after `asOf`: what has no date of arrival is as it was when it was read. */
  retrospective: z.literal(true).optional(),
  /** IANA zone of the customers' clocks; absent in snapshots from before there was one. */
  timeZone: z.string().optional(),
  /** How dates in numbers are written in texts; absent: with the day first. */
  dateOrder: dateOrder.optional(),
  /** Columns that were changed as they were read; absent: none. */
  policy: snapshotPolicy.optional(),
  /** What validation left out of a snapshot, which this one stands for; absent: nothing. */
  quarantine: z
    .strictObject({
      /** The snapshot as it was extracted. */
      from: contentHash,
      /** Blob with one row a fault: table, key, rule, reason. */
      faults: contentHash,
      /** Blobs with the rows that were left out. */
      tables: z.array(z.strictObject({ table: z.enum(backendTables), rows: z.int(), hash: contentHash })),
    })
    .optional(),
  tables: z.array(storedTable),
});
/** See `snapshotManifest`. */
export type SnapshotManifest = z.infer<typeof snapshotManifest>;

/** Schema of a training table's manifest, which names one Parquet blob. Its hash identifies the dataset. */
export const datasetManifest = z.strictObject({
  kind: z.literal('dataset'),
  schemaVersion: z.literal(1),
  ref: datasetDescription,
  /** Hash of the DatasetSchema, which shows a changed definition. */
  schemaHash: contentHash,
  data: z.strictObject({ hash: contentHash, bytes: z.int() }),
});
/** See `datasetManifest`. */
export type DatasetManifest = z.infer<typeof datasetManifest>;

/** Schema of a feature set's manifest: the features of one snapshot, one Parquet blob for each view. */
export const featureSetManifest = z.strictObject({
  kind: z.literal('feature-set'),
  schemaVersion: z.literal(1),
  source: sourceName,
  snapshotHash: contentHash,
  asOf: z.number(),
  views: featureSetRef.shape.views,
  /**
   * Feature sets that hold the values of the entities that this one leaves out, because their rows had not changed; by
   * reference of the view. Absent: it holds all entities.
   */
  continues: z.record(z.string(), contentHash).optional(),
});
/** See `featureSetManifest`. */
export type FeatureSetManifest = z.infer<typeof featureSetManifest>;

/**
 * Schema of a state set's manifest: the states of one view as of one moment, in Parquet parts by hash of the entity's id.
 */
export const stateSetManifest = z.strictObject({
  kind: z.literal('state-set'),
  schemaVersion: z.literal(1),
  /** The data source, or the line of an imported file. */
  source: sourceName,
  asOf: z.number(),
  view: z.string(),
  version: z.int(),
  entity: z.enum(['user', 'counterparty']),
  entities: z.int(),
  /** Number of buckets; a bucket without entities has no part. */
  buckets: z.int().positive(),
  parts: z.array(z.strictObject({ bucket: z.int(), hash: contentHash, bytes: z.int(), entities: z.int() })),
});
/** See `stateSetManifest`. */
export type StateSetManifest = z.infer<typeof stateSetManifest>;
