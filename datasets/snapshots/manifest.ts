import { z } from 'zod';
import { extractedTable, featureSetRef } from '../../contracts/activities.js';
import { datasetRef } from '../../contracts/dataset.js';
import { contentHash, sourceName } from '../../contracts/ids.js';

/** What a snapshot is: the blob whose hash names it. Canonical JSON (sorted keys), so equal content has an equal name. */
export const snapshotManifest = z.strictObject({
  kind: z.literal('snapshot'),
  schemaVersion: z.literal(1),
  source: sourceName,
  asOf: z.number(),
  /** The source's snapshot before this one. */
  parent: contentHash.nullable(),
  codeVersion: z.string(),
  tables: z.array(extractedTable),
});
export type SnapshotManifest = z.infer<typeof snapshotManifest>;

/** A model's training table: one Parquet blob under a manifest whose hash is the dataset's name. */
export const datasetManifest = z.strictObject({
  kind: z.literal('dataset'),
  schemaVersion: z.literal(1),
  ref: datasetRef.omit({ hash: true }),
  /** Hash of the DatasetSchema's description, to notice a changed definition. */
  schemaHash: contentHash,
  data: z.strictObject({ hash: contentHash, bytes: z.int() }),
});
export type DatasetManifest = z.infer<typeof datasetManifest>;

/** Offline feature values of one snapshot: a Parquet blob a view. */
export const featureSetManifest = z.strictObject({
  kind: z.literal('feature-set'),
  schemaVersion: z.literal(1),
  source: sourceName,
  snapshotHash: contentHash,
  asOf: z.number(),
  views: featureSetRef.shape.views,
});
export type FeatureSetManifest = z.infer<typeof featureSetManifest>;
