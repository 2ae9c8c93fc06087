import { z } from 'zod';
import { type DatasetRef, datasetRef, frozenHoldout } from '../contracts/dataset.js';
import { PipelineError } from '../contracts/errors.js';
import { comparison, drift, gateResult, metric, partReport, resultTable } from '../contracts/evaluation.js';
import { contentHash, semanticVersion } from '../contracts/ids.js';
import { putJsonBlobWith } from '../datasets/snapshots/json-blob.js';
import type { BlobStore, StoredBlob } from '../platform/blobs/blob-store.js';

const plot = z.strictObject({ title: z.string(), caption: z.string(), spec: z.record(z.string(), z.unknown()) });
const slice = z.strictObject({ name: z.string(), metrics: z.array(metric) });

/** The complete evaluation, stored as the blob `evaluationHash`. The model card is rendered from it. */
export const evaluationDocument = z.strictObject({
  kind: z.literal('evaluation'),
  schemaVersion: z.literal(1),
  dataset: datasetRef,
  holdout: frozenHoldout,
  /** Start of the newest window, milliseconds; null without one. Training got no row of the window. */
  windowStart: z.number().nullable().default(null),
  /** Blob that tells which rows were trained on; null in evaluations from before it was recorded. */
  trainingRowsHash: contentHash.nullable().default(null),
  /** Frozen part, then newest window; [] in evaluations from before there were two parts. */
  parts: z.array(partReport).default([]),
  /** Null when one of the parts is not measurable or has no interval. */
  drift: drift.nullable().default(null),
  artefactHash: contentHash,
  signatureHash: contentHash,
  trainedRows: z.int(),
  holdoutRows: z.int(),
  evaluation: z.strictObject({
    metrics: z.array(metric).min(1),
    slices: z.array(slice),
    plots: z.array(plot),
    tables: z.array(resultTable).default([]),
    notes: z.array(z.string()),
  }),
  baselineName: z.string(),
  comparisons: z.array(comparison),
  gates: z.array(gateResult),
  championVersion: semanticVersion.nullable(),
  /** Parquet blob with label and prediction of each row, read by later comparisons on the same rows. */
  scoredHash: contentHash,
});
export type EvaluationDocument = z.infer<typeof evaluationDocument>;

/** @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT` when the blob is something else. */
export async function loadEvaluation(blobs: BlobStore, hash: string): Promise<EvaluationDocument> {
  const text = new TextDecoder().decode(await blobs.get(hash));
  const parsed = evaluationDocument.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new PipelineError('BLOB_CORRUPT', `blob ${hash} is not an evaluation: ${z.prettifyError(parsed.error)}`, {
    hash,
  });
}

/**
 * Stores the same evaluation as one of another data set of equal content.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function restateEvaluation(blobs: BlobStore, hash: string, dataset: DatasetRef): Promise<StoredBlob> {
  await loadEvaluation(blobs, hash);
  return putJsonBlobWith(blobs, hash, { dataset });
}
